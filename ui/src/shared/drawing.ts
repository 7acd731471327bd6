/**
 * MapLibre, and a map ready before it is wanted: what takes its time (the library, its workers, a drawing
 * context, its programs, the outlines) is done while nobody waits. Knows the background, no data.
 */
import type * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { addLayer, background } from "./mapStyle";

export type Drawing = typeof maplibregl;

/** What a map is made with and cannot change. */
export interface MapMake {
  online: boolean;
  theme: string;
  locale: Record<string, string>;
}

/** A map in an element of its own, to be put where it shows. */
export interface MadeMap {
  library: Drawing;
  map: maplibregl.Map;
  holder: HTMLElement;
  /** Its background is there: layers may be added. */
  ready: Promise<void>;
}

let library: Promise<Drawing> | null = null;

function load(): Promise<Drawing> {
  library ??= import("maplibre-gl").then((loaded) => {
    loaded.setWorkerUrl(workerUrl);
    loaded.prewarm();
    return loaded;
  });
  return library;
}

function make(drawing: Drawing, { online, locale }: MapMake): MadeMap {
  const holder = document.createElement("div");
  holder.className = "map-holder aside";
  holder.inert = true;
  document.body.append(holder);
  const map = new drawing.Map({
    container: holder,
    style: background(online),
    attributionControl: false,
    bounds: [-5.5, 41.2, 9.8, 51.3],
    maxZoom: 20,
    fadeDuration: 0,
    locale,
  });
  map.addControl(new drawing.AttributionControl({ compact: true }), "bottom-left");
  map.addControl(new drawing.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new drawing.ScaleControl({}), "bottom-right");
  map.on("error", (e) => console.info(e.error.message));
  const ready = new Promise<void>((done) => map.once("style.load", () => done()));
  return { library: drawing, map, holder, ready };
}

let spare: { key: string; made: Promise<MadeMap> } | null = null;

const drop = (made: Promise<MadeMap>) => void made.then(({ map, holder }) => (map.remove(), holder.remove()), () => undefined);

/** One of each kind of shape, drawn once so that the programs that draw them are there. */
const SHAPES = {
  type: "GeometryCollection",
  geometries: [
    { type: "Point", coordinates: [2, 47] },
    { type: "Polygon", coordinates: [[[2, 47], [2.1, 47], [2, 47.1], [2, 47]]] },
  ],
};

/** A map comes next: files are above the window. */
export function expectMap(wanted: MapMake): void {
  const key = JSON.stringify(wanted);
  if (spare?.key === key) return;
  if (spare) drop(spare.made);
  const made = load().then(async (drawing) => {
    const one = make(drawing, wanted);
    await one.ready;
    addLayer(one.map, { id: "shapes", kind: "features", tiles: `data:application/json,${encodeURIComponent(JSON.stringify(SHAPES))}` }, 0);
    return one;
  });
  // whoever takes the map hears of what failed
  made.catch(() => undefined);
  spare = { key, made };
}

/** The map that was expected, or a new one. */
export async function takeMap(wanted: MapMake): Promise<MadeMap> {
  const key = JSON.stringify(wanted);
  const kept = spare;
  spare = null;
  if (kept?.key !== key) {
    if (kept) drop(kept.made);
    return make(await load(), wanted);
  }
  const one = await kept.made;
  for (const layer of one.map.getStyle().layers.filter((l) => "source" in l && l.source === "shapes")) one.map.removeLayer(layer.id);
  one.map.removeSource("shapes");
  return one;
}
