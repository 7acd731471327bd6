/** A set of images on the map: the outline of each, and from which zoom their pixels are drawn. Pure. */
import type { RasterSet } from "../../bindings/RasterSet";
import type { SeenSource } from "../../bindings/SeenSource";
import type { MapLayer } from "../../shared/mapStyle";
import { isFaulty } from "./SetFacts";

/** The engine leaves a tile empty that holds more images than this: with overviews, without. */
const MOST = { quick: 64, whole: 16 };

/** From this zoom on, a tile of the map holds few enough images to be drawn. */
export function firstZoom(set: RasterSet): number {
  const common = set.profiles[0];
  const most = common && (common.overviews > 0 || common.driver.startsWith("JP2")) ? MOST.quick : MOST.whole;
  const boxes = set.tiles.flatMap((t) => (t.extent_wgs84 ? [t.extent_wgs84] : []));
  if (boxes.length <= most) return 0;
  const mean = (side: (box: (typeof boxes)[number]) => number) => boxes.reduce((sum, box) => sum + side(box), 0) / boxes.length;
  const [wide, high, latitude] = [mean((b) => b[2] - b[0]), mean((b) => b[3] - b[1]), mean((b) => (b[1] + b[3]) / 2)];
  for (let zoom = 0; zoom < 22; zoom += 1) {
    const side = 360 / 2 ** zoom;
    const held = (side / wide + 1) * ((side * Math.cos((latitude * Math.PI) / 180)) / high + 1);
    if (held <= most) return zoom;
  }
  return 22;
}

const round = (n: number) => Math.round(n * 1e6) / 1e6;

/** The outlines of every set, those that cannot be read in red. */
export function footprintsOf(sources: SeenSource[]): MapLayer[] {
  return sources.flatMap(({ key, inventory }) => {
    const set = inventory.raster_set;
    if (!set) return [];
    const features = set.tiles.flatMap((tile) => {
      if (!tile.extent_wgs84) return [];
      const [w, s, e, n] = tile.extent_wgs84.map(round) as [number, number, number, number];
      const ring = [[w, s], [e, s], [e, n], [w, n], [w, s]];
      const faulty = isFaulty(tile);
      return [{ type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties: { image: tile.path, pixels: `${tile.width} × ${tile.height}`, ...(faulty ? { faulty } : {}) } }];
    });
    if (features.length === 0) return [];
    const color = ["case", ["has", "faulty"], "#c01c3c", "#c8571c"];
    return [
      {
        id: `${key}-outlines`,
        kind: "features" as const,
        tiles: "",
        data: { type: "FeatureCollection", features },
        style: [
          { id: "fill", type: "fill", paint: { "fill-color": color, "fill-opacity": ["case", ["has", "faulty"], 0.45, 0.06] } },
          { id: "line", type: "line", paint: { "line-color": color, "line-width": ["case", ["has", "faulty"], 2, 1] } },
        ],
      },
    ];
  });
}
