/** A map of data: vector or image tiles over outlines that need no network. Knows no step. */
import * as maplibregl from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import { useEffect, useRef } from "react";
import type { Extent } from "../bindings/Extent";
import { useWords } from "../platform/words";

maplibregl.setWorkerUrl(workerUrl);

export interface MapLayer {
  id: string;
  /** With `{z}/{x}/{y}`, or a WMS request with `{bbox-epsg-3857}`. */
  tiles: string;
  kind: "vector" | "image";
  /** Name of the layer in the vector tiles. */
  sourceLayer?: string;
  tileSize?: number;
  minzoom?: number;
  maxzoom?: number;
}

export interface MapPoint {
  longitude: number;
  latitude: number;
  label: string;
}

const mapWords = {
  map: ["Carte des données", "Map of the data"],
} as const;

const COLORS = ["#b4501f", "#0b6e7d", "#7a4fa3", "#2f7d32", "#b8860b", "#a81f5d"];

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function background(online: boolean): maplibregl.StyleSpecification {
  const style: maplibregl.StyleSpecification = {
    version: 8,
    sources: {
      world: { type: "geojson", data: new URL("outlines-world.json", document.baseURI).href, attribution: "Natural Earth" },
      france: { type: "geojson", data: new URL("outlines-france.json", document.baseURI).href, attribution: "IGN" },
    },
    layers: [
      { id: "water", type: "background", paint: { "background-color": css("--map-water") } },
      { id: "land", type: "fill", source: "world", paint: { "fill-color": css("--map-land"), "fill-opacity": ["step", ["zoom"], 1, 6, 0.4] } },
      { id: "departements", type: "fill", source: "france", paint: { "fill-color": css("--map-land") } },
      { id: "borders", type: "line", source: "world", maxzoom: 6, paint: { "line-color": css("--map-line"), "line-width": 0.6 } },
      { id: "limits", type: "line", source: "france", minzoom: 4, paint: { "line-color": css("--map-line"), "line-width": 0.8 } },
    ],
  };
  if (online) {
    style.sources["plan"] = {
      type: "raster",
      tiles: [
        "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&TILEMATRIXSET=PM&FORMAT=image/png&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
      ],
      tileSize: 256,
      maxzoom: 18,
      attribution: "Plan IGN",
    };
    style.layers.push({ id: "plan", type: "raster", source: "plan" });
  }
  return style;
}

function add(map: maplibregl.Map, layer: MapLayer, color: string): void {
  if (layer.kind === "image") {
    map.addSource(layer.id, { type: "raster", tiles: [layer.tiles], tileSize: layer.tileSize ?? 256, ...zooms(layer) });
    map.addLayer({ id: layer.id, type: "raster", source: layer.id });
    return;
  }
  map.addSource(layer.id, { type: "vector", tiles: [layer.tiles], ...zooms(layer) });
  const of = { source: layer.id, "source-layer": layer.sourceLayer ?? "features" };
  const is = (kind: string): maplibregl.FilterSpecification => ["==", ["geometry-type"], kind];
  map.addLayer({ id: `${layer.id}-fill`, type: "fill", ...of, filter: is("Polygon"), paint: { "fill-color": color, "fill-opacity": 0.32 } });
  map.addLayer({
    id: `${layer.id}-line`, type: "line", ...of, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": color, "line-width": 1.4 },
  });
  map.addLayer({
    id: `${layer.id}-dot`, type: "circle", ...of, filter: is("Point"),
    paint: { "circle-color": color, "circle-radius": 4.5, "circle-stroke-color": "#fff", "circle-stroke-width": 1 },
  });
}

const zooms = (layer: MapLayer) => ({
  ...(layer.minzoom === undefined ? {} : { minzoom: layer.minzoom }),
  ...(layer.maxzoom === undefined ? {} : { maxzoom: layer.maxzoom }),
});

export function Map(props: { layers: MapLayer[]; extent: Extent | null; points?: MapPoint[]; online: boolean; testId?: string }) {
  const { layers, extent, points, online } = props;
  const box = useRef<HTMLDivElement>(null);
  const words = useWords(mapWords);
  const layersKey = JSON.stringify(layers);
  const extentKey = JSON.stringify(extent);
  const pointsKey = JSON.stringify(points ?? []);

  useEffect(() => {
    if (!box.current) return;
    const holder = box.current;
    const wanted = JSON.parse(layersKey) as MapLayer[];
    const where = JSON.parse(extentKey) as Extent | null;
    let map: maplibregl.Map;
    try {
      map = new maplibregl.Map({
        container: holder,
        style: background(online),
        attributionControl: { compact: true },
        bounds: where ? [where[0], where[1], where[2], where[3]] : [-5.5, 41.2, 9.8, 51.3],
        fitBoundsOptions: { padding: 30, maxZoom: 16, animate: false },
        maxZoom: 20,
        fadeDuration: 0,
      });
    } catch (fault) {
      // no WebGL here: the facts beside say the same
      holder.dataset["state"] = "none";
      console.warn(fault);
      return;
    }
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibregl.ScaleControl({}), "bottom-right");
    let repaints = 0;
    let timer = 0;
    map.on("load", () => wanted.forEach((layer, at) => add(map, layer, COLORS[at % COLORS.length] ?? "#b4501f")));
    map.on("idle", () => {
      holder.dataset["state"] = "idle";
      // some web views do not show the last frame unless asked once more
      if (repaints < 2) {
        repaints += 1;
        timer = window.setTimeout(() => map.triggerRepaint(), 150 * repaints);
      }
    });
    map.on("error", (e) => console.info(e.error.message));
    const markers = (JSON.parse(pointsKey) as MapPoint[]).map((point) =>
      new maplibregl.Marker({ color: css("--blocks") })
        .setLngLat([point.longitude, point.latitude])
        .setPopup(new maplibregl.Popup({ offset: 20 }).setText(point.label))
        .addTo(map),
    );
    return () => {
      window.clearTimeout(timer);
      markers.forEach((m) => m.remove());
      map.remove();
    };
  }, [layersKey, extentKey, pointsKey, online]);

  return (
    <div className="map" role="region" aria-label={words.map}>
      <div ref={box} data-testid={props.testId ?? "map"} />
    </div>
  );
}
