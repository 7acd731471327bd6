/** How a map shows a service: from what the service itself says of its place and layers. */
import type { Extent } from "../bindings/Extent";
import type { SharedOffering } from "../bindings/SharedOffering";
import type { MapLayer, StyledLayer } from "./mapStyle";

export interface Live {
  layers: MapLayer[];
  extent: Extent | null;
}

/** What a list of services shows of a layer: its entry in GetCapabilities. */
export interface Entry {
  name: string;
  title: string;
  abstract: string;
  keywords: string[];
  extent: Extent | null;
  crs: string[];
  styles: string[];
  /** The entry as it is written. */
  xml: string;
}

const base = (url: string) => (url.split("?")[0] ?? url).replace(/\/$/, "");

async function read(url: string): Promise<Response> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

const children = (of: Element, name: string) => [...of.children].filter((c) => c.localName === name);
const text = (of: Element, name: string) => children(of, name)[0]?.textContent?.trim() ?? "";
const deep = (of: Element, name: string) => [...of.getElementsByTagName("*")].filter((c) => c.localName === name);
const numbers = (words: string | undefined | null) => (words ?? "").trim().split(/\s+/).map(Number);

function extentOf(entry: Element): Extent | null {
  const box = children(entry, "EX_GeographicBoundingBox")[0];
  if (box) {
    const side = (name: string) => Number(text(box, name) || NaN);
    const extent: Extent = [side("westBoundLongitude"), side("southBoundLatitude"), side("eastBoundLongitude"), side("northBoundLatitude")];
    return extent.every(Number.isFinite) ? extent : null;
  }
  const corners = deep(entry, "WGS84BoundingBox")[0];
  if (!corners) return null;
  const [w, s] = numbers(text(corners, "LowerCorner"));
  const [e, n] = numbers(text(corners, "UpperCorner"));
  const extent = [w, s, e, n] as Extent;
  return extent.every((v) => Number.isFinite(v)) ? extent : null;
}

/** The entry of a layer (WMS, WMTS) or a feature type (WFS) in a service's capabilities. `layer` is its
 *  own name; a feature type may have it before or after the colon. */
export function entryIn(capabilities: string, layer: string): Entry | null {
  const page = new DOMParser().parseFromString(capabilities, "text/xml");
  const all = [...page.getElementsByTagName("*")].filter((e) => e.localName === "Layer" || e.localName === "FeatureType");
  const named = (e: Element) => text(e, "Name") || text(e, "Identifier");
  const own = all.find((e) => named(e) === layer) ?? all.find((e) => named(e).split(":").includes(layer));
  if (!own) return null;
  return {
    name: named(own),
    title: text(own, "Title"),
    abstract: text(own, "Abstract"),
    keywords: deep(own, "Keyword").map((k) => k.textContent.trim()).filter(Boolean),
    extent: extentOf(own),
    crs: [...children(own, "CRS"), ...children(own, "DefaultCRS"), ...children(own, "OtherCRS")].map((c) => c.textContent.trim().replace("urn:ogc:def:crs:EPSG::", "EPSG:")),
    styles: children(own, "Style").map((s) => text(s, "Title") || text(s, "Name") || text(s, "Identifier")),
    xml: new XMLSerializer().serializeToString(own),
  };
}

const asks = { WFS: "service=WFS&version=2.0.0", WMS: "service=WMS&version=1.3.0" };

/** What the service's own list says of the offering; nothing for those that have no such list. */
export async function entryOf(offering: SharedOffering): Promise<Entry | null> {
  const ask = offering.type === "WFS" ? asks.WFS : offering.type.startsWith("WMS") ? asks.WMS : null;
  const url = offering.urls[0]?.url;
  if (!ask || !url) return null;
  const said = await (await read(`${base(url)}?${ask}&request=GetCapabilities`)).text();
  return entryIn(said, offering.layer_name);
}

async function wms(offering: SharedOffering): Promise<Live> {
  const url = base(offering.urls[0]?.url ?? "");
  const said = await read(`${url}?${asks.WMS}&request=GetCapabilities`);
  const query = `service=WMS&version=1.3.0&request=GetMap&layers=${encodeURIComponent(offering.layer_name)}&styles=&format=image/png&transparent=true&crs=EPSG:3857&width=512&height=512`;
  return {
    extent: entryIn(await said.text(), offering.layer_name)?.extent ?? null,
    layers: [{ id: "live", kind: "image", tiles: `${url}?${query}&bbox={bbox-epsg-3857}`, tileSize: 512 }],
  };
}

const MOST_FEATURES = 2000;

/** The first features, in the JSON that the service itself says it writes. */
async function wfs(offering: SharedOffering): Promise<Live> {
  const url = base(offering.urls[0]?.url ?? "");
  const said = await (await read(`${url}?${asks.WFS}&request=GetCapabilities`)).text();
  const json = /<(?:ows:)?Value>([^<]*json[^<]*)<\/(?:ows:)?Value>/i.exec(said)?.[1] ?? "application/json";
  const names = offering.urls
    .map((u) => new URL(u.url).searchParams)
    .map((q) => [...q].find(([k]) => k.toLowerCase().startsWith("typename"))?.[1])
    .filter((n): n is string => n !== undefined);
  return {
    extent: entryIn(said, names[0] ?? offering.layer_name)?.extent ?? null,
    layers: names.map((name, at) => ({
      id: `live-${at}`,
      kind: "features",
      tiles: `${url}?${asks.WFS}&request=GetFeature&typeNames=${encodeURIComponent(name)}&count=${MOST_FEATURES}&srsName=EPSG:4326&outputFormat=${encodeURIComponent(json)}`,
    })),
  };
}

interface Metadata {
  bounds?: string | number[];
  minzoom?: string | number;
  maxzoom?: string | number;
  format?: string;
  vector_layers?: { id: string }[];
  json?: string;
}

async function tms(offering: SharedOffering, styles: Record<string, StyledLayer[]>): Promise<Live> {
  const url = base((offering.urls.find((u) => u.type.toUpperCase() === "TMS") ?? offering.urls[0])?.url ?? "");
  const metadata = (await (await read(`${url}/metadata.json`)).json()) as Metadata;
  const bounds = typeof metadata.bounds === "string" ? metadata.bounds.split(",").map(Number) : (metadata.bounds ?? []);
  const [w, s, e, n] = bounds;
  const inner = metadata.json ? (JSON.parse(metadata.json) as Metadata) : metadata;
  const extent: Extent | null = w === undefined || s === undefined || e === undefined || n === undefined ? null : [w, s, e, n];
  const zooms = { minzoom: Number(metadata.minzoom ?? 0), maxzoom: Number(metadata.maxzoom ?? 14) };
  const picture = /png|jpe?g|webp/i.exec(metadata.format ?? "")?.[0].replace("jpg", "jpeg");
  if (picture) {
    return { extent, layers: [{ id: "live", kind: "image", tiles: `${url}/{z}/{x}/{y}.${picture}`, ...zooms }] };
  }
  const layers = inner.vector_layers ?? metadata.vector_layers ?? [];
  return {
    extent,
    layers: layers.map(({ id }) => ({
      id: `live-${id}`,
      kind: "vector",
      tiles: `${url}/{z}/{x}/{y}.pbf`,
      sourceLayer: id,
      ...zooms,
      ...(styles[id] ? { style: styles[id] } : {}),
    })),
  };
}

/** The grid of tiles of images; nothing for tiles of features. */
function imageGrid(offering: SharedOffering): string | null {
  const source = offering.links.find((l) => l.purpose === "qgis" && l.url.includes("tileMatrixSet="));
  return source ? (/tileMatrixSet=([^&]*)/.exec(source.url)?.[1] ?? "") : null;
}

/** Tiles of images, in the format, the style and at the levels that the service itself gives. */
async function wmts(offering: SharedOffering): Promise<Live> {
  const url = base((offering.urls.find((u) => u.type.toUpperCase() === "WMTS") ?? offering.urls[0])?.url ?? "");
  const said = await (await read(`${url}?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetCapabilities`)).text();
  const page = new DOMParser().parseFromString(said, "text/xml");
  const own = [...page.getElementsByTagName("*")].find((e) => e.localName === "Layer" && text(e, "Identifier") === offering.layer_name);
  if (!own) throw new Error(`${url}: ${offering.layer_name}?`);
  const styles = children(own, "Style");
  const style = styles.find((s) => s.getAttribute("isDefault") === "true") ?? styles[0];
  const link = children(own, "TileMatrixSetLink")[0];
  const levels = link ? deep(link, "TileMatrix").map((m) => Number(m.textContent.trim())).filter(Number.isFinite) : [];
  const asked = {
    SERVICE: "WMTS", VERSION: "1.0.0", REQUEST: "GetTile", LAYER: offering.layer_name, STYLE: style ? text(style, "Identifier") : "",
    FORMAT: text(own, "Format") || "image/png", TILEMATRIXSET: link ? text(link, "TileMatrixSet") : (imageGrid(offering) ?? ""),
  };
  const query = Object.entries(asked).map(([key, said]) => `${key}=${encodeURIComponent(said)}`).join("&");
  return {
    extent: extentOf(own),
    layers: [
      {
        id: "live", kind: "image", tiles: `${url}?${query}&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}`,
        ...(levels.length > 0 ? { minzoom: Math.min(...levels), maxzoom: Math.max(...levels) } : {}),
      },
    ],
  };
}

/** Whether a map can show the offering: tiles of images only on the grid of web maps. */
export const drawable = (offering: SharedOffering) =>
  offering.open &&
  (offering.type === "WFS" || offering.type.startsWith("WMS") || (offering.type === "WMTS-TMS" && (imageGrid(offering)?.startsWith("PM") ?? true)));

/** `styles`: how to draw each table of vector tiles, which carry no look of their own. */
export const liveMap = (offering: SharedOffering, styles: Record<string, StyledLayer[]> = {}): Promise<Live> =>
  offering.type === "WFS" ? wfs(offering) : offering.type.startsWith("WMS") ? wms(offering) : imageGrid(offering) === null ? tms(offering, styles) : wmts(offering);

/** The same, asked anew: what was seen of these addresses before was something else. */
export const anew = (live: Live, mark: string): Live =>
  mark === "" ? live : { ...live, layers: live.layers.map((l) => ({ ...l, tiles: `${l.tiles}${l.tiles.includes("?") ? "&" : "?"}mark=${encodeURIComponent(mark)}` })) };
