/** How a map shows a service: from what the service itself says of its place and layers. */
import type { Extent } from "../../bindings/Extent";
import type { SharedOffering } from "../../bindings/SharedOffering";
import type { MapLayer } from "../../shared/Map";

export interface Live {
  layers: MapLayer[];
  extent: Extent | null;
}

const base = (url: string) => (url.split("?")[0] ?? url).replace(/\/$/, "");

async function read(url: string): Promise<Response> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

/** The box that a WMS's capabilities give for a layer. */
export function extentIn(capabilities: string, layer: string): Extent | null {
  const page = new DOMParser().parseFromString(capabilities, "text/xml");
  const all = [...page.getElementsByTagName("Layer")];
  const own = all.find((l) => [...l.children].some((c) => c.localName === "Name" && c.textContent === layer)) ?? all[0];
  const box = own?.getElementsByTagName("EX_GeographicBoundingBox")[0];
  if (!box) return null;
  const side = (name: string) => Number(box.getElementsByTagName(name)[0]?.textContent ?? NaN);
  const extent: Extent = [side("westBoundLongitude"), side("southBoundLatitude"), side("eastBoundLongitude"), side("northBoundLatitude")];
  return extent.every(Number.isFinite) ? extent : null;
}

async function wms(offering: SharedOffering): Promise<Live> {
  const url = base(offering.urls[0]?.url ?? "");
  const said = await read(`${url}?service=WMS&version=1.3.0&request=GetCapabilities`);
  const query = `service=WMS&version=1.3.0&request=GetMap&layers=${encodeURIComponent(offering.layer_name)}&styles=&format=image/png&transparent=true&crs=EPSG:3857&width=512&height=512`;
  return {
    extent: extentIn(await said.text(), offering.layer_name),
    layers: [{ id: "live", kind: "image", tiles: `${url}?${query}&bbox={bbox-epsg-3857}`, tileSize: 512 }],
  };
}

interface Metadata {
  bounds?: string | number[];
  minzoom?: string | number;
  maxzoom?: string | number;
  vector_layers?: { id: string }[];
  json?: string;
}

async function tms(offering: SharedOffering): Promise<Live> {
  const url = base((offering.urls.find((u) => u.type.toUpperCase() === "TMS") ?? offering.urls[0])?.url ?? "");
  const metadata = (await (await read(`${url}/metadata.json`)).json()) as Metadata;
  const bounds = typeof metadata.bounds === "string" ? metadata.bounds.split(",").map(Number) : (metadata.bounds ?? []);
  const [w, s, e, n] = bounds;
  const inner = metadata.json ? (JSON.parse(metadata.json) as Metadata) : metadata;
  const layers = inner.vector_layers ?? metadata.vector_layers ?? [];
  return {
    extent: w === undefined || s === undefined || e === undefined || n === undefined ? null : [w, s, e, n],
    layers: layers.map(({ id }) => ({
      id: `live-${id}`,
      kind: "vector",
      tiles: `${url}/{z}/{x}/{y}.pbf`,
      sourceLayer: id,
      minzoom: Number(metadata.minzoom ?? 0),
      maxzoom: Number(metadata.maxzoom ?? 14),
    })),
  };
}

export const liveMap = (offering: SharedOffering): Promise<Live> => (offering.type.startsWith("WMS") ? wms(offering) : tms(offering));
