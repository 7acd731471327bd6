/**
 * MapLibre, and a map ready before it is wanted: what takes its time (the library, its workers, a drawing
 * context) is done while nobody waits. Knows no data.
 */
import type * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { coarseInMotion, firstRatio } from "./coarse";
import { addLand, addLayer, water } from "./mapStyle";

export type Drawing = typeof maplibregl;

/** What a map is made with and cannot change. */
export interface MapMake {
  theme: string;
  locale: Record<string, string>;
}

/** A map in an element of its own, to be put where it shows. */
export interface MadeMap {
  library: Drawing;
  map: maplibregl.Map;
  holder: HTMLElement;
  /** Layers may be added. */
  ready: Promise<void>;
  /** To be told when all that it shows is there. */
  sharpen: () => void;
}

/** West, south, east, north: what is looked at without data, in degrees. */
export const FRANCE: [number, number, number, number] = [-5.5, 41.2, 9.8, 51.3];

let library: Promise<Drawing> | null = null;

/** Has the library read: a tenth of a second that files on their way here need not wait for. */
export function load(): Promise<Drawing> {
  library ??= import("maplibre-gl").then((loaded) => {
    loaded.setWorkerUrl(workerUrl);
    loaded.prewarm();
    return loaded;
  });
  return library;
}

function make(drawing: Drawing, { locale }: MapMake): MadeMap {
  const holder = document.createElement("div");
  holder.className = "map-holder aside";
  holder.inert = true;
  document.body.append(holder);
  let map: maplibregl.Map;
  try {
    map = new drawing.Map({ container: holder, style: water(), attributionControl: false, bounds: FRANCE, maxZoom: 20, fadeDuration: 0, pixelRatio: firstRatio(), locale });
  } catch (fault) {
    holder.remove();
    throw fault;
  }
  map.addControl(new drawing.AttributionControl({ compact: true }), "bottom-left");
  map.addControl(new drawing.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new drawing.ScaleControl({}), "bottom-right");
  map.on("error", (e) => console.info(e.error.message));
  const sharpen = coarseInMotion(map);
  const ready = new Promise<void>((done) => map.once("style.load", () => done()));
  return { library: drawing, map, holder, ready, sharpen };
}

let spare: { key: string; made: Promise<MadeMap> } | null = null;

const drop = (made: Promise<MadeMap>) => void made.then(({ map, holder }) => (map.remove(), holder.remove()), () => undefined);

/** A map comes next: files are above the window. */
export function expectMap(wanted: MapMake): void {
  const key = JSON.stringify(wanted);
  if (spare?.key === key) return;
  if (spare) drop(spare.made);
  const made = load().then((drawing) => make(drawing, wanted));
  // whoever takes the map hears of what failed
  made.catch(() => undefined);
  spare = { key, made };
}

/** The map that was expected, or a new one. */
export async function takeMap(wanted: MapMake): Promise<MadeMap> {
  const key = JSON.stringify(wanted);
  const kept = spare;
  spare = null;
  if (kept?.key === key) return kept.made;
  if (kept) drop(kept.made);
  return make(await load(), wanted);
}

const line = [[1, 46], [3, 46], [3, 48], [1, 46]];
/** One of each kind of shape. */
const SHAPES = {
  type: "FeatureCollection",
  features: [{ type: "Polygon", coordinates: [line] }, { type: "LineString", coordinates: line }, { type: "Point", coordinates: [2, 47] }].map(
    (geometry) => ({ type: "Feature", properties: {}, geometry }),
  ),
};

/** Draws every way there is to draw once. */
export async function paintAll(): Promise<void> {
  const { map, ready } = make(await load(), { theme: "light", locale: {} });
  await ready;
  addLayer(map, { id: "shapes", kind: "features", tiles: "", data: SHAPES }, 0);
  addLand(map, false);
  await map.once("idle");
}
