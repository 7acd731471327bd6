/** A map of data: vector or image tiles over outlines that need no network. Knows no step. */
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import type { Extent } from "../bindings/Extent";
import { useWords } from "../platform/words";
import { expectMap, FRANCE, load, takeMap, type MadeMap, type MapMake } from "./drawing";
import { addLand, addLayer, css, type MapLayer } from "./mapStyle";

export { COLORS, type MapLayer } from "./mapStyle";

export interface MapPoint {
  longitude: number;
  latitude: number;
  label: string;
}

const mapWords = {
  map: ["Carte des données", "Map of the data"],
  none: ["La carte ne peut pas s’afficher sur cette machine (pas de WebGL).", "The map cannot be shown on this machine (no WebGL)."],
  zoomIn: ["Agrandir", "Zoom in"],
  zoomOut: ["Réduire", "Zoom out"],
  credits: ["Crédits", "Credits"],
  close: ["Fermer", "Close"],
} as const;

const theme = () => document.documentElement.dataset["theme"] ?? "light";

function onTheme(hear: () => void): () => void {
  const watcher = new MutationObserver(hear);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => watcher.disconnect();
}

function rows(properties: Record<string, unknown>): HTMLElement {
  const list = document.createElement("dl");
  list.className = "facts";
  for (const [key, value] of Object.entries(properties).slice(0, 12)) {
    const term = document.createElement("dt");
    term.textContent = key;
    const said = document.createElement("dd");
    said.textContent = String(value);
    list.append(term, said);
  }
  return list;
}

const makeOf = (theme: string, texts: Record<keyof typeof mapWords, string>): MapMake => ({
  theme,
  locale: {
    "NavigationControl.ZoomIn": texts.zoomIn,
    "NavigationControl.ZoomOut": texts.zoomOut,
    "AttributionControl.ToggleAttribution": texts.credits,
    "Popup.Close": texts.close,
    "Map.Title": texts.map,
  },
});

/** Nobody waits for anything by then. */
const CALM_MS = 1500;

/** Has what draws maps read while nobody waits. Shows nothing. */
export function MapLibrary() {
  useEffect(() => {
    const timer = window.setTimeout(() => load().catch((fault: unknown) => console.info(fault)), CALM_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return null;
}

/** Has a map made ready for the view that may come next: not before, since it weighs as much as the page. Shows nothing. */
export function MapAhead() {
  const make = JSON.stringify(makeOf(useSyncExternalStore(onTheme, theme), useWords(mapWords)));
  useEffect(() => expectMap(JSON.parse(make) as MapMake), [make]);
  return null;
}

/** Where the data come first, the land is under them no later than this. */
const LAND_MS = 1500;

/** Puts a map in its place, looking at an extent; features of these layers tell what they are. */
function show({ map, library, holder }: MadeMap, box: HTMLElement, layers: MapLayer[], extent: Extent | null): void {
  holder.classList.remove("aside");
  holder.inert = false;
  box.append(holder);
  map.resize();
  map.fitBounds(extent ? [extent[0], extent[1], extent[2], extent[3]] : FRANCE, { padding: 36, maxZoom: 16, animate: false });
  const own = new Set(layers.map((l) => l.id));
  map.on("click", (e) => {
    const hit = map.queryRenderedFeatures(e.point).find((f) => own.has(f.source) && Object.keys(f.properties).length > 0);
    if (hit) new library.Popup({ maxWidth: "300px" }).setLngLat(e.lngLat).setDOMContent(rows(hit.properties)).addTo(map);
  });
}

export function Map(props: {
  layers: MapLayer[];
  extent: Extent | null;
  points?: MapPoint[];
  /** The point that is looked at now. */
  chosen?: number | null;
  onChoose?: (at: number) => void;
  online: boolean;
  size?: "tall" | "short";
  over?: ReactNode;
  label?: string;
  testId?: string;
  /** The layers are at hand: they are drawn before the land under them. */
  dataFirst?: boolean;
  /** The layers are there, or cannot be. */
  onDrawn?: (() => void) | undefined;
}) {
  const { layers, extent, points, online, dataFirst = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<MadeMap | null>(null);
  const [blind, setBlind] = useState(false);
  const words = useWords(mapWords);
  const now = useSyncExternalStore(onTheme, theme);
  const layersKey = JSON.stringify(layers);
  const extentKey = JSON.stringify(extent);
  const pointsKey = JSON.stringify(points ?? []);
  const choose = useRef(props.onChoose);
  const drawn = useRef(props.onDrawn);
  useEffect(() => {
    choose.current = props.onChoose;
    drawn.current = props.onDrawn;
  });
  const said = JSON.stringify(words);

  useEffect(() => {
    if (!box.current) return;
    const place = box.current;
    let left = false;
    let made: MadeMap | null = null;
    let timer = 0;
    const see = (taken: MadeMap) => {
      const { map, holder, ready, sharpen } = taken;
      const wanted = JSON.parse(layersKey) as MapLayer[];
      if (left) {
        map.remove();
        holder.remove();
        return;
      }
      made = taken;
      show(taken, place, wanted, JSON.parse(extentKey) as Extent | null);
      let landed = false;
      let repaints = 0;
      const land = () => {
        if (left || landed) return;
        landed = true;
        addLand(map, online);
        // credits fold once all that is credited is there
        map.once("idle", () => holder.querySelector(".maplibregl-compact-show")?.classList.remove("maplibregl-compact-show"));
      };
      void ready.then(() => {
        if (left) return;
        if (dataFirst) timer = window.setTimeout(land, LAND_MS);
        else land();
        wanted.forEach((layer, at) => addLayer(map, layer, at));
        map.once("idle", () => drawn.current?.());
        // not before: what the map was without its layers is no map of them
        map.on("idle", () => {
          place.dataset["state"] = landed ? "idle" : "drawn";
          if (!landed) return land();
          sharpen();
          // some web views do not show the last frame unless asked once more
          if (repaints < 2) {
            repaints += 1;
            timer = window.setTimeout(() => map.triggerRepaint(), 150 * repaints);
          }
        });
      });
      setShown(taken);
    };
    takeMap(makeOf(now, JSON.parse(said) as typeof words))
      .then(see)
      .catch((fault: unknown) => {
        // no WebGL here: the facts beside say the same
        if (left) return;
        place.dataset["state"] = "none";
        drawn.current?.();
        setBlind(true);
        console.warn(fault);
      });
    return () => {
      left = true;
      delete place.dataset["state"];
      window.clearTimeout(timer);
      made?.map.remove();
      made?.holder.remove();
      setShown(null);
    };
  }, [layersKey, extentKey, online, now, said, dataFirst]);

  useEffect(() => {
    if (!shown) return;
    const { map, library } = shown;
    const markers = (JSON.parse(pointsKey) as MapPoint[]).map((point, at) => {
      const marker = new library.Marker({ color: css(at === props.chosen ? "--cargo" : "--blocks"), scale: at === props.chosen ? 1.15 : 0.75 })
        .setLngLat([point.longitude, point.latitude])
        .setPopup(new library.Popup({ offset: 20 }).setText(point.label))
        .addTo(map);
      const pin = marker.getElement();
      pin.setAttribute("aria-label", point.label);
      pin.addEventListener("click", () => choose.current?.(at));
      return marker;
    });
    return () => markers.forEach((m) => m.remove());
  }, [shown, pointsKey, props.chosen]);

  useEffect(() => {
    const all = JSON.parse(pointsKey) as MapPoint[];
    const at = props.chosen === null || props.chosen === undefined ? undefined : all[props.chosen];
    if (!shown || !at) return;
    const { map } = shown;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const view = { center: [at.longitude, at.latitude] as [number, number], zoom: Math.max(map.getZoom(), 13) };
    if (still) map.jumpTo(view);
    else map.flyTo({ ...view, duration: 700 });
  }, [shown, pointsKey, props.chosen]);

  return (
    <div className={`map ${props.size ?? ""}`} role="region" aria-label={props.label ?? words.map}>
      <div ref={box} data-testid={props.testId ?? "map"} />
      {blind && <p className="over soft small">{words.none}</p>}
      {props.over && <div className="over">{props.over}</div>}
    </div>
  );
}
