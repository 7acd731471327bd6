import type * as maplibregl from "maplibre-gl";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { coarseInMotion, firstRatio } from "./coarse";

/** As much of a map as moves. */
class Still {
  readonly box = document.createElement("div");
  readonly ratios: number[] = [];
  moving = false;
  loaded = true;
  readonly #heard: Record<string, () => void> = {};
  getCanvasContainer = () => this.box;
  ratio = 1;
  getPixelRatio = () => this.ratio;
  isMoving = () => this.moving;
  areTilesLoaded = () => this.loaded;
  setPixelRatio = (ratio: number) => this.ratios.push(ratio);
  on = (kind: string, hear: () => void) => (this.#heard[kind] = hear);
  once = this.on;
  say = (kind: string) => this.#heard[kind]?.();
}

const given = () => {
  const map = new Still();
  coarseInMotion(map as unknown as maplibregl.Map);
  return map;
};
const press = (map: Still) => map.box.dispatchEvent(new Event("pointerdown"));
const release = () => window.dispatchEvent(new Event("pointerup"));

beforeEach(() => {
  vi.useFakeTimers();
  window.quaiPaintsByProcessor = true;
});
afterEach(() => {
  vi.useRealTimers();
  delete window.quaiPaintsByProcessor;
});

test("a map is drawn less finely from the first touch to the moment it rests", () => {
  const map = given();
  press(map);
  expect(map.ratios).toEqual([0.5]);
  vi.advanceTimersByTime(5_000);
  expect(map.ratios).toEqual([0.5]);
  release();
  vi.advanceTimersByTime(300);
  expect(map.ratios).toEqual([0.5, 1]);
});

test("it stays so while it moves by itself, and until its tiles are there", () => {
  const map = given();
  map.box.dispatchEvent(new Event("wheel"));
  map.moving = true;
  vi.advanceTimersByTime(1_000);
  map.moving = false;
  map.loaded = false;
  vi.advanceTimersByTime(1_000);
  expect(map.ratios).toEqual([0.5]);
  map.loaded = true;
  vi.advanceTimersByTime(300);
  expect(map.ratios).toEqual([0.5, 1]);
});

test("a size is not changed in the middle of a movement, nor after the map is gone", () => {
  const map = given();
  map.moving = true;
  press(map);
  expect(map.ratios).toEqual([]);
  map.moving = false;
  press(map);
  map.say("remove");
  vi.advanceTimersByTime(5_000);
  expect(map.ratios).toEqual([0.5]);
});

test("the keys that move it count, and those that pass by do not", () => {
  const map = given();
  map.box.dispatchEvent(new KeyboardEvent("keydown", { key: "Tab" }));
  expect(map.ratios).toEqual([]);
  map.box.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
  expect(map.ratios).toEqual([0.5]);
});

test("a map begins less finely, and is drawn as it should be once, when all is there", () => {
  const map = new Still();
  map.ratio = firstRatio();
  const sharpen = coarseInMotion(map as unknown as maplibregl.Map);
  vi.advanceTimersByTime(5_000);
  expect([map.ratio, map.ratios]).toEqual([0.5, []]);
  for (let idle = 0; idle < 3; idle += 1) {
    sharpen();
    vi.advanceTimersByTime(300);
  }
  expect(map.ratios).toEqual([1]);
});

test("with a graphics card nothing is spared", () => {
  window.quaiPaintsByProcessor = false;
  const map = given();
  press(map);
  expect([map.ratios, firstRatio()]).toEqual([[], 1]);
});
