/** A map of data: vector or image tiles over outlines that need no network. Knows no step. */
import * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import type { Extent } from "../bindings/Extent";
import { useWords } from "../platform/words";
import { addLayer, background, css, type MapLayer } from "./mapStyle";

export { COLORS, type MapLayer } from "./mapStyle";

maplibregl.setWorkerUrl(workerUrl);

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
}) {
  const { layers, extent, points, online } = props;
  const box = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<maplibregl.Map | null>(null);
  const [blind, setBlind] = useState(false);
  const words = useWords(mapWords);
  const now = useSyncExternalStore(onTheme, theme);
  const layersKey = JSON.stringify(layers);
  const extentKey = JSON.stringify(extent);
  const pointsKey = JSON.stringify(points ?? []);
  const choose = useRef(props.onChoose);
  useEffect(() => {
    choose.current = props.onChoose;
  });
  const said = JSON.stringify(words);

  useEffect(() => {
    if (!box.current) return;
    const holder = box.current;
    const wanted = JSON.parse(layersKey) as MapLayer[];
    const where = JSON.parse(extentKey) as Extent | null;
    const texts = JSON.parse(said) as typeof words;
    let made: maplibregl.Map;
    try {
      made = new maplibregl.Map({
        container: holder,
        style: background(online),
        attributionControl: false,
        bounds: where ? [where[0], where[1], where[2], where[3]] : [-5.5, 41.2, 9.8, 51.3],
        fitBoundsOptions: { padding: 36, maxZoom: 16, animate: false },
        maxZoom: 20,
        fadeDuration: 0,
        locale: {
          "NavigationControl.ZoomIn": texts.zoomIn,
          "NavigationControl.ZoomOut": texts.zoomOut,
          "AttributionControl.ToggleAttribution": texts.credits,
          "Popup.Close": texts.close,
          "Map.Title": texts.map,
        },
      });
    } catch (fault) {
      // no WebGL here: the facts beside say the same
      holder.dataset["state"] = "none";
      queueMicrotask(() => setBlind(true));
      console.warn(fault);
      return;
    }
    made.addControl(new maplibregl.AttributionControl({ compact: true }), "bottom-left");
    made.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    made.addControl(new maplibregl.ScaleControl({}), "bottom-right");
    let repaints = 0;
    let timer = 0;
    made.on("load", () => {
      wanted.forEach((layer, at) => addLayer(made, layer, at));
      holder.querySelector(".maplibregl-compact-show")?.classList.remove("maplibregl-compact-show");
    });
    made.on("idle", () => {
      holder.dataset["state"] = "idle";
      // some web views do not show the last frame unless asked once more
      if (repaints < 2) {
        repaints += 1;
        timer = window.setTimeout(() => made.triggerRepaint(), 150 * repaints);
      }
    });
    made.on("error", (e) => console.info(e.error.message));
    const own = new Set(wanted.map((l) => l.id));
    made.on("click", (e) => {
      const hit = made.queryRenderedFeatures(e.point).find((f) => own.has(f.source) && Object.keys(f.properties).length > 0);
      if (hit) new maplibregl.Popup({ maxWidth: "300px" }).setLngLat(e.lngLat).setDOMContent(rows(hit.properties)).addTo(made);
    });
    queueMicrotask(() => setMap(made));
    return () => {
      window.clearTimeout(timer);
      made.remove();
      setMap(null);
    };
  }, [layersKey, extentKey, online, now, said]);

  useEffect(() => {
    if (!map) return;
    const markers = (JSON.parse(pointsKey) as MapPoint[]).map((point, at) => {
      const marker = new maplibregl.Marker({ color: css(at === props.chosen ? "--cargo" : "--blocks"), scale: at === props.chosen ? 1.15 : 0.75 })
        .setLngLat([point.longitude, point.latitude])
        .setPopup(new maplibregl.Popup({ offset: 20 }).setText(point.label))
        .addTo(map);
      const pin = marker.getElement();
      pin.setAttribute("aria-label", point.label);
      pin.addEventListener("click", () => choose.current?.(at));
      return marker;
    });
    return () => markers.forEach((m) => m.remove());
  }, [map, pointsKey, props.chosen]);

  useEffect(() => {
    const all = JSON.parse(pointsKey) as MapPoint[];
    const at = props.chosen === null || props.chosen === undefined ? undefined : all[props.chosen];
    if (!map || !at) return;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const view = { center: [at.longitude, at.latitude] as [number, number], zoom: Math.max(map.getZoom(), 13) };
    if (still) map.jumpTo(view);
    else map.flyTo({ ...view, duration: 700 });
  }, [map, pointsKey, props.chosen]);

  return (
    <div className={`map ${props.size ?? ""}`} role="region" aria-label={props.label ?? words.map}>
      <div ref={box} data-testid={props.testId ?? "map"} />
      {blind && <p className="over soft small">{words.none}</p>}
      {props.over && <div className="over">{props.over}</div>}
    </div>
  );
}
