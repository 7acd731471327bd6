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
  readonly frame = document.createElement("div");
  readonly zoom = document.createElement("button");
  constructor() {
    const controls = document.createElement("div");
    controls.className = "maplibregl-control-container";
    controls.append(this.zoom);
    this.frame.append(this.box, controls);
  }
  getContainer = () => this.frame;
  getCanvasContainer = () => this.box;
  ratio = 1;
  getPixelRatio = () => this.ratio;
  isMoving = () => this.moving;
  areTilesLoaded = () => this.loaded;
  setPixelRatio = (ratio: number) => this.ratios.push(ratio);
  on = (kind: string, hear: () => void) => (this.#heard[kind] = hear);
  once = this.on;
  painted = 0;
  triggerRepaint = () => {
    this.painted += 1;
    this.say("render");
  };
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

test("what draws a map is rehearsed once, before it is drawn as it should be", () => {
  const map = new Still();
  map.ratio = firstRatio();
  const sharpen = coarseInMotion(map as unknown as maplibregl.Map);
  map.say("move");
  vi.advanceTimersByTime(300);
  expect([map.painted, map.ratios]).toEqual([0, []]);
  sharpen();
  vi.advanceTimersByTime(300);
  expect([map.painted, map.ratios]).toEqual([30, [1]]);
  press(map);
  release();
  vi.advanceTimersByTime(300);
  expect([map.painted, map.ratios]).toEqual([30, [1, 0.5, 1]]);
});

test("the page has its turn between two frames of a movement", () => {
  const map = given();
  map.triggerRepaint();
  expect(map.painted).toBe(1);
  press(map);
  map.moving = true;
  map.triggerRepaint();
  map.triggerRepaint();
  expect(map.painted).toBe(1);
  vi.advanceTimersByTime(1);
  expect(map.painted).toBe(2);
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

test("what lies over a map is away while it moves, and back as soon as it rests", () => {
  const map = given();
  const isBare = () => map.frame.classList.contains("bare");
  press(map);
  expect(isBare()).toBe(false);
  map.say("move");
  expect(isBare()).toBe(true);
  map.loaded = false;
  release();
  vi.advanceTimersByTime(300);
  expect(isBare()).toBe(false);
});

test("what has the keyboard stays over the map", () => {
  const map = given();
  document.body.append(map.frame);
  map.zoom.focus();
  map.box.dispatchEvent(new Event("wheel"));
  map.say("move");
  expect(map.frame.classList.contains("bare")).toBe(false);
  map.frame.remove();
});

test("with a graphics card nothing is spared", () => {
  window.quaiPaintsByProcessor = false;
  const map = given();
  press(map);
  expect([map.ratios, firstRatio()]).toEqual([[], 1]);
});
