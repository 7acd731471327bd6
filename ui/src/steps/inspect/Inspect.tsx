/** Inspect: what the files hold, on a map and in a table, before anything is judged. */
import { FileQuestion, MapPinOff } from "lucide-react";
import { memo, useDeferredValue, useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import type { Extent } from "../../bindings/Extent";
import type { SeenSource } from "../../bindings/SeenSource";
import { host } from "../../platform/host";
import { count, useLanguage, useWords } from "../../platform/words";
import { COLORS, Map, type MapLayer } from "../../shared/Map";
import { Empty } from "../../shared/pieces";
import { Table } from "../../shared/Table";
import { inspectWords } from "./Inspect.locale";
import { firstZoom, footprintsOf } from "./footprints";
import { SourceCard } from "./SourceCard";

/** The box around all that has a place. */
export function extentOf(sources: SeenSource[]): Extent | null {
  const all = sources.flatMap(({ inventory }) => [
    ...inventory.layers.map((l) => l.extent_wgs84),
    inventory.raster?.extent_wgs84 ?? null,
  ]);
  return all.reduce<Extent | null>((a, b) => {
    if (!a || !b) return a ?? b;
    return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  }, null);
}

/** What can be drawn of the sources. */
export function mapLayersOf(sources: SeenSource[]): MapLayer[] {
  return sources.flatMap(({ key, inventory }): MapLayer[] => {
    if (inventory.raster?.extent_wgs84 && inventory.layers.length === 0) {
      const from = inventory.raster_set ? { minzoom: firstZoom(inventory.raster_set) } : {};
      return [{ id: `${key}-0`, kind: "image" as const, tiles: host().tileUrl(key, 0), maxzoom: 20, ...from }];
    }
    return inventory.layers
      .map((layer, at) => ({ layer, at }))
      .filter(({ layer }) => layer.extent_wgs84 !== null)
      .map(({ layer, at }) => ({ id: `${key}-${at}`, kind: "vector" as const, tiles: host().tileUrl(key, at), sourceLayer: layer.name, squaresLayer: `${layer.name}#squares`, maxzoom: 16 }));
  });
}

/** The colour of each layer on the map, by the map's own name for it. */
const colorOf = (layers: MapLayer[], id: string) => {
  const at = layers.findIndex((l) => l.id === id);
  return at < 0 ? undefined : COLORS[at % COLORS.length];
};

/** Drawn anew only when the sources are others: a set has thousands of outlines. */
const SourcesMap = memo(function SourcesMap({ sources, online, onDrawn }: { sources: SeenSource[]; online: boolean; onDrawn?: (() => void) | undefined }) {
  const words = useWords(inspectWords);
  const layers = [...mapLayersOf(sources), ...footprintsOf(sources)];
  if (layers.length === 0) {
    return (
      <Empty icon={MapPinOff} title={words.noPlace}>
        {words.noPlaceMore}
      </Empty>
    );
  }
  const zoomed = layers.some((l) => (l.minzoom ?? 0) > 0);
  return (
    <Map
      layers={layers}
      extent={extentOf(sources)}
      online={online}
      dataFirst
      onDrawn={onDrawn}
      over={zoomed ? <p className="small over-note">{words.zoomIn}</p> : null}
      testId="inspect-map"
    />
  );
});

const MANY = 8;

/** `reading`: every pixel and feature is still to be read. `onDrawn`: they are on the map. */
export function Inspect({ sources, online, reading, onDrawn }: { sources: SeenSource[]; online: boolean; reading: boolean; onDrawn?: () => void }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  const [chosen, choose] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  // the map first: what stands beside it takes as long to lay out
  const whole = useDeferredValue(true, false);
  if (sources.length === 0) {
    return (
      <Empty icon={FileQuestion} title={words.nothing}>
        {words.nothingMore}
      </Empty>
    );
  }
  const tables = sources.flatMap(({ key, inventory }) => inventory.layers.map((layer, at) => ({ id: `${key}/${at}`, key, at, layer })));
  const layers = mapLayersOf(sources);
  const current = chosen ?? tables[0]?.id ?? "";
  const many = sources.length > MANY;
  const shown = typed === "" ? sources : sources.filter((s) => s.inventory.path.toLowerCase().includes(typed.toLowerCase()));
  return (
    <div className="work">
      <div className="side">
        {many && (
          <div className="stack tight">
            <h2>{words.sources(sources.length)}</h2>
            <input className="plain" type="search" placeholder={words.search} aria-label={words.search} value={typed} onChange={(e) => setTyped(e.target.value)} />
          </div>
        )}
        {(whole ? shown.slice(0, 200) : []).map((source) => (
          <SourceCard key={source.key} source={source} colorOf={(at) => colorOf(layers, `${source.key}-${at}`)} folded={many} reading={reading} />
        ))}
      </div>
      <div className="stack">
        <SourcesMap sources={sources} online={online} onDrawn={onDrawn} />
        {whole && tables.length > 0 && (
          <Tabs className="tabs" selectedKey={current} onSelectionChange={(key) => choose(String(key))}>
            <TabList aria-label={words.tables}>
              {tables.map((t) => (
                <Tab id={t.id} key={t.id}>
                  {t.layer.name} <span className="tag plain num">{t.layer.features === null ? "?" : count(t.layer.features, language)}</span>
                </Tab>
              ))}
            </TabList>
            {tables.map((t) => (
              <TabPanel id={t.id} key={t.id}>
                <Table sourceKey={t.key} layer={t.at} label={t.layer.name} />
              </TabPanel>
            ))}
          </Tabs>
        )}
      </div>
    </div>
  );
}
