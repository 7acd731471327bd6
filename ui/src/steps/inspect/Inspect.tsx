/** Inspect: what the files hold, on a map and in a table, before anything is judged. */
import { useState } from "react";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import type { Extent } from "../../bindings/Extent";
import type { Layer } from "../../bindings/Layer";
import type { SeenSource } from "../../bindings/SeenSource";
import { host } from "../../platform/host";
import { bytes, count, useLanguage, useWords } from "../../platform/words";
import { Map, type MapLayer } from "../../shared/Map";
import { Table } from "../../shared/Table";
import { inspectWords } from "./Inspect.locale";

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
      return [{ id: `${key}-0`, kind: "image" as const, tiles: host().tileUrl(key, 0), maxzoom: 20 }];
    }
    return inventory.layers
      .map((layer, at) => ({ layer, at }))
      .filter(({ layer }) => layer.extent_wgs84 !== null)
      .map(({ at }) => ({ id: `${key}-${at}`, kind: "vector" as const, tiles: host().tileUrl(key, at), sourceLayer: "features", maxzoom: 16 }));
  });
}

const nameOf = (path: string) => path.split(/[\\/]/).at(-1) ?? path;

export function Inspect({ sources, online }: { sources: SeenSource[]; online: boolean }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  const [chosen, choose] = useState<string | null>(null);
  const tables = sources.flatMap(({ key, inventory }) => inventory.layers.map((layer, at) => ({ id: `${key}/${at}`, key, at, layer })));
  const layers = mapLayersOf(sources);
  const current = chosen ?? tables[0]?.id ?? "";
  return (
    <div className="two">
      <div style={{ display: "grid", gap: 16, minWidth: 0 }}>
        {sources.map((source) => (
          <SourceCard key={source.key} source={source} />
        ))}
      </div>
      <div style={{ display: "grid", gap: 16, minWidth: 0 }}>
        {layers.length > 0 ? (
          <Map layers={layers} extent={extentOf(sources)} online={online} testId="inspect-map" />
        ) : (
          <div className="note degrades">{words.noPlace}</div>
        )}
        {tables.length > 0 && (
          <Tabs className="tabs" selectedKey={current} onSelectionChange={(key) => choose(String(key))}>
            <TabList aria-label={words.tables}>
              {tables.map((t) => (
                <Tab id={t.id} key={t.id}>
                  {t.layer.name} <span className="soft small">{t.layer.features === null ? "" : count(t.layer.features, language)}</span>
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

function SourceCard({ source: { inventory } }: { source: SeenSource }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  const raster = inventory.raster;
  return (
    <section className="card" data-testid="source">
      <div className="row spread">
        <h2 style={{ overflowWrap: "anywhere" }}>{nameOf(inventory.path)}</h2>
        <span className="tag">{words.kinds[inventory.kind]}</span>
      </div>
      <p className="soft small">
        {[inventory.driver, bytes(inventory.bytes, language), words.files(inventory.files.length)].filter(Boolean).join(" · ")}
      </p>
      {inventory.problem && <p className="note blocks">{inventory.problem.message}</p>}
      {raster && (
        <dl className="facts">
          <dt>{words.size}</dt>
          <dd>
            {count(raster.width, language)} × {count(raster.height, language)} px
          </dd>
          <dt>{words.bands}</dt>
          <dd>
            {raster.bands.map((b, at) => (
              <span key={at} className="tag plain" style={{ marginRight: 4 }}>
                {b.color} · {b.type}
                {b.nodata === null ? "" : ` · nodata ${b.nodata}`}
              </span>
            ))}
          </dd>
          <dt>{words.crs}</dt>
          <dd>{raster.crs?.code ?? raster.crs?.name ?? words.noCrs}</dd>
          {raster.resolution && (
            <>
              <dt>{words.resolution}</dt>
              <dd>{raster.resolution.map((r) => Math.abs(r)).join(" × ")}</dd>
            </>
          )}
          <dt>{words.overviews}</dt>
          <dd>{raster.overviews}</dd>
        </dl>
      )}
      {inventory.layers.map((layer) => (
        <LayerFacts key={layer.name} layer={layer} />
      ))}
    </section>
  );
}

function LayerFacts({ layer }: { layer: Layer }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  return (
    <div style={{ borderTop: "1px solid var(--line)", paddingTop: 12, display: "grid", gap: 8 }}>
      <h3>{layer.name}</h3>
      <dl className="facts">
        <dt>{words.features}</dt>
        <dd data-testid="features">{layer.features === null ? "?" : count(layer.features, language)}</dd>
        <dt>{words.geometry}</dt>
        <dd>{layer.geometry === "None" ? words.noGeometry : layer.geometry}</dd>
        {layer.geometry !== "None" && (
          <>
            <dt>{words.crs}</dt>
            <dd>
              {layer.crs ? (
                <>
                  <strong>{layer.crs.code ?? words.unidentified}</strong> <span className="soft">{layer.crs.name}</span>
                </>
              ) : (
                <span className="tag blocks">{words.noCrs}</span>
              )}
            </dd>
          </>
        )}
        {layer.encoding && (
          <>
            <dt>{words.encoding}</dt>
            <dd>{layer.encoding.name ?? layer.encoding.candidates.map((c) => c.name).join(" / ")}</dd>
          </>
        )}
      </dl>
      {layer.fields.length > 0 && (
        <details>
          <summary>{words.fields(layer.fields.length)}</summary>
          <ul className="small" style={{ columns: 2, paddingLeft: 18, margin: "8px 0 0" }}>
            {layer.fields.map((field) => (
              <li key={field.name}>
                <code>{field.name}</code> <span className="soft">{field.type}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
