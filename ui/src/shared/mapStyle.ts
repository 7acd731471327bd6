/** What the map draws: the background that needs no network, and the person's layers over it. */
import type * as maplibregl from "maplibre-gl";

/** A layer of a Mapbox style without its source: drawn in place of the plain look. */
export type StyledLayer = Record<string, unknown> & { id: string; type: string };

export interface MapLayer {
  id: string;
  /** With `{z}/{x}/{y}`, or a WMS request with `{bbox-epsg-3857}`; of features, where their GeoJSON is. */
  tiles: string;
  kind: "vector" | "image" | "features";
  /** Features that are at hand: a GeoJSON collection. */
  data?: object;
  /** Name of the layer in the vector tiles. */
  sourceLayer?: string;
  /** Name of the layer of polygons too small to be told apart: filled, without outlines. */
  squaresLayer?: string;
  tileSize?: number;
  minzoom?: number;
  maxzoom?: number;
  style?: StyledLayer[];
}

/** Told apart by eyes that see few colours (Okabe and Ito), dark enough on both backgrounds. */
export const COLORS = ["#c8571c", "#0072b2", "#009e73", "#b0508a", "#a8860b", "#4b79c9"];

export const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** What a map begins with: nothing that the first picture of the data would wait for. */
export const water = (): maplibregl.StyleSpecification => ({
  version: 8,
  sources: {},
  layers: [{ id: "water", type: "background", paint: { "background-color": css("--map-water") } }],
});

/** Lays the land under the data: outlines that need no network, and the Plan of IGN where it is allowed. */
export function addLand(map: maplibregl.Map, online: boolean): void {
  const under = map.getLayersOrder().find((id) => id !== "water");
  map.addSource("world", { type: "geojson", data: new URL("outlines-world.json", document.baseURI).href, attribution: "Natural Earth" });
  map.addSource("france", { type: "geojson", data: new URL("outlines-france.json", document.baseURI).href, attribution: "IGN" });
  const layers: Drawn[] = [
    { id: "land", type: "fill", source: "world", paint: { "fill-color": css("--map-land"), "fill-opacity": ["step", ["zoom"], 1, 6, 0.75], "fill-antialias": false } },
    { id: "departements", type: "fill", source: "france", paint: { "fill-color": css("--map-land"), "fill-antialias": false } },
    { id: "borders", type: "line", source: "world", maxzoom: 6, paint: { "line-color": css("--map-line"), "line-width": 0.6 } },
    { id: "limits", type: "line", source: "france", minzoom: 4, paint: { "line-color": css("--map-line"), "line-width": 0.8 } },
  ];
  if (online) {
    map.addSource("plan", {
      type: "raster",
      tiles: [
        "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&TILEMATRIXSET=PM&FORMAT=image/png&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
      ],
      tileSize: 256,
      maxzoom: 18,
      attribution: "Plan IGN",
    });
    layers.push({ id: "plan", type: "raster", source: "plan" });
  }
  layers.forEach((layer) => map.addLayer(layer, under));
}

const zooms = (layer: MapLayer) => ({
  ...(layer.minzoom === undefined ? {} : { minzoom: layer.minzoom }),
  ...(layer.maxzoom === undefined ? {} : { maxzoom: layer.maxzoom }),
});

type Source = maplibregl.SourceSpecification;
type Drawn = maplibregl.LayerSpecification;

function sourceOf(layer: MapLayer): Source {
  if (layer.kind === "image") return { type: "raster", tiles: [layer.tiles], tileSize: layer.tileSize ?? 256, ...zooms(layer) };
  if (layer.kind === "features") return { type: "geojson", data: (layer.data as GeoJSON.GeoJSON | undefined) ?? layer.tiles };
  return { type: "vector", tiles: [layer.tiles], ...zooms(layer) };
}

function drawn(layer: MapLayer, at: number): Drawn[] {
  if (layer.kind === "image") return [{ id: layer.id, type: "raster", source: layer.id }];
  const of = layer.kind === "features" ? { source: layer.id } : { source: layer.id, "source-layer": layer.sourceLayer ?? "" };
  if (layer.style) {
    // a person's own style holds for the squares too, all of it
    const parts = [of, ...(layer.squaresLayer ? [{ ...of, "source-layer": layer.squaresLayer }] : [])];
    return layer.style.flatMap((styled, n) => parts.map((part, m) => ({ ...styled, ...part, id: `${layer.id}-${n}${m ? "-squares" : ""}` }) as Drawn));
  }
  const color = COLORS[at % COLORS.length] ?? "#c8571c";
  const is = (kind: string): maplibregl.ExpressionSpecification => ["in", ["geometry-type"], ["literal", [kind, `Multi${kind}`]]];
  const afar: Drawn[] = layer.squaresLayer
    ? [{ id: `${layer.id}-squares`, type: "fill", source: layer.id, "source-layer": layer.squaresLayer, paint: { "fill-color": color, "fill-opacity": 0.7, "fill-antialias": false } }]
    : [];
  return [
    ...afar,
    // an outline of the fill's own: a line layer's would be drawn as triangles, four for each side
    { id: `${layer.id}-fill`, type: "fill", ...of, filter: is("Polygon"), paint: { "fill-color": `${color}4d`, "fill-outline-color": color } },
    { id: `${layer.id}-line`, type: "line", ...of, filter: is("LineString"), paint: { "line-color": color, "line-width": 1.3 } },
    {
      id: `${layer.id}-dot`, type: "circle", ...of, filter: is("Point"),
      paint: { "circle-color": color, "circle-radius": 4.5, "circle-stroke-color": "#fff", "circle-stroke-width": 1 },
    },
  ];
}

/** Draws a layer, over those there are. */
export function addLayer(map: maplibregl.Map, layer: MapLayer, at: number): void {
  map.addSource(layer.id, sourceOf(layer));
  drawn(layer, at).forEach((one) => map.addLayer(one));
}
