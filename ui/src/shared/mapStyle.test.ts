/** What a layer becomes on the map: nothing of the data is left out, whatever the style. */
import type * as maplibregl from "maplibre-gl";
import { expect, it } from "vitest";
import { addLand, addLayer, water, type MapLayer } from "./mapStyle";

const parcels: MapLayer = { id: "parcels", kind: "vector", tiles: "quai://localhost/tiles/a/0/{z}/{x}/{y}", sourceLayer: "parcels", squaresLayer: "parcels#squares" };

function drawn(layer: MapLayer) {
  const layers: maplibregl.LayerSpecification[] = [];
  const map = { addSource: () => undefined, addLayer: (one: maplibregl.LayerSpecification) => layers.push(one) };
  addLayer(map as unknown as maplibregl.Map, layer, 0);
  return layers.map((l) => ({ id: l.id, type: l.type, of: "source-layer" in l ? l["source-layer"] : undefined }));
}

it("fills polygons too small to be told apart, without outlines", () => {
  const squares = drawn(parcels).filter((l) => l.of === "parcels#squares");
  expect(squares).toEqual([{ id: "parcels-squares", type: "fill", of: "parcels#squares" }]);
});

it("draws them in a person's own style, all of it", () => {
  const style = [{ id: "a", type: "fill" }, { id: "b", type: "line" }];
  const layers = drawn({ ...parcels, style });
  for (const of of ["parcels", "parcels#squares"]) expect(layers.filter((l) => l.of === of).map((l) => l.type)).toEqual(["fill", "line"]);
  expect(new Set(layers.map((l) => l.id)).size).toBe(layers.length);
});

/** What a map would show, from the bottom up. */
function order(act: (map: maplibregl.Map) => void) {
  const ids = water().layers.map((l) => l.id);
  const map = {
    addSource: () => undefined,
    getLayersOrder: () => ids,
    addLayer: ({ id }: maplibregl.LayerSpecification, before?: string) => ids.splice(before ? ids.indexOf(before) : ids.length, 0, id),
  };
  act(map as unknown as maplibregl.Map);
  return ids;
}

it("lays the land on the water and under the data, whichever came first", () => {
  const land = ["water", "land", "departements", "borders", "limits"];
  const data = drawn(parcels).map((l) => l.id);
  const after = order((map) => (addLayer(map, parcels, 0), addLand(map, false)));
  const before = order((map) => (addLand(map, false), addLayer(map, parcels, 0)));
  expect(after).toEqual([...land, ...data]);
  expect(before).toEqual(after);
  expect(order((map) => addLand(map, true))).toEqual([...land, "plan"]);
});
