/**
 * MapLibre, and a map ready before it is wanted: what takes its time (the library, its workers, a drawing
 * context, the outlines) is done while nobody waits. Knows the background, no data.
 */
import type * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { coarseInMotion } from "./coarse";
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

/** West, south, east, north: what is looked at without data, in degrees. */
export const FRANCE: [number, number, number, number] = [-5.5, 41.2, 9.8, 51.3];

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
  let map: maplibregl.Map;
  try {
    map = new drawing.Map({ container: holder, style: background(online), attributionControl: false, bounds: FRANCE, maxZoom: 20, fadeDuration: 0, locale });
  } catch (fault) {
    holder.remove();
    throw fault;
  }
  map.addControl(new drawing.AttributionControl({ compact: true }), "bottom-left");
  map.addControl(new drawing.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new drawing.ScaleControl({}), "bottom-right");
  map.on("error", (e) => console.info(e.error.message));
  coarseInMotion(map);
  const ready = new Promise<void>((done) => map.once("style.load", () => done()));
  return { library: drawing, map, holder, ready };
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

const PAINTED = "quai.painted";

const line = [[1, 46], [3, 46], [3, 48], [1, 46]];
/** One of each kind of shape. */
const SHAPES = {
  type: "FeatureCollection",
  features: [{ type: "Polygon", coordinates: [line] }, { type: "LineString", coordinates: line }, { type: "Point", coordinates: [2, 47] }].map(
    (geometry) => ({ type: "Feature", properties: {}, geometry }),
  ),
};

/**
 * Draws every kind of shape once, aside, where a processor plays graphics card: it translates each way of
 * painting at its first use and keeps that for good, so the first files to be seen do not wait for it.
 * Once a web view; gives back all that it took but the library.
 */
export async function paintOnce(wanted: MapMake): Promise<void> {
  if (!window.quaiPaintsByProcessor || localStorage.getItem(PAINTED) === navigator.userAgent) return;
  const { map, holder, ready } = make(await load(), wanted);
  await ready;
  addLayer(map, { id: "shapes", kind: "features", tiles: "", data: SHAPES }, 0);
  await map.once("idle");
  map.remove();
  holder.remove();
  localStorage.setItem(PAINTED, navigator.userAgent);
}
