/**
 * A map drawn less finely until it is whole and while a hand moves it, and bare while it moves, where a processor plays
 * graphics card: a frame costs by the pixel there, what lies over the map is painted again with it, and the page waits for
 * both. Between two frames of a movement the page has its turn. Knows no data.
 */
import type * as maplibregl from "maplibre-gl";

declare global {
  interface Window {
    /** Told by the window that no graphics card draws. */
    quaiPaintsByProcessor?: boolean;
  }
}

/** A quarter of the pixels. */
const COARSE = 0.5;

/** How finely a map is drawn until all that it shows is there. */
export const firstRatio = () => window.devicePixelRatio * (window.quaiPaintsByProcessor ? COARSE : 1);

const REST_MS = 250;
/** Frames after which the page's engine has translated what draws them: the first ones take twice as long. */
const REHEARSAL = 30;
let rehearsed = 0;
/** What begins a gesture, heard before the map hears it: a size that changes ends the gesture in hand. */
const GESTURES = ["pointerdown", "wheel", "keydown"] as const;
const MOVES = /^(Arrow|[-+=])/;

/** Gives what to call when all that a map shows is there. */
export function coarseInMotion(map: maplibregl.Map): () => void {
  if (!window.quaiPaintsByProcessor) return () => undefined;
  const box = map.getCanvasContainer();
  let held = false;
  let coarse = map.getPixelRatio() < window.devicePixelRatio;
  let whole = !coarse;
  let timer = 0;
  const paint = map.triggerRepaint.bind(map);
  let turn = 0;
  map.triggerRepaint = () => {
    if (!coarse || !map.isMoving()) return paint();
    if (turn) return;
    turn = window.setTimeout(() => {
      turn = 0;
      paint();
    });
  };
  const bare = (wanted: boolean) => {
    const frame = map.getContainer();
    // what has the keyboard keeps it
    const used = frame.querySelector(".maplibregl-control-container")?.contains(document.activeElement) === true;
    frame.classList.toggle("bare", wanted && !used);
  };
  const settle = () => {
    if (held || map.isMoving()) return rest();
    bare(false);
    // until it is, whoever waits for its data waits for nothing else
    if (!whole) return;
    if (!map.areTilesLoaded()) return rest();
    // one frame at a time, each of which a hand may interrupt
    if (rehearsed < REHEARSAL) {
      rehearsed += 1;
      map.once("render", () => rest(0));
      return map.triggerRepaint();
    }
    coarse = false;
    map.setPixelRatio(window.devicePixelRatio);
  };
  const rest = (wait = REST_MS) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(settle, wait);
  };
  const begin = (event: Event) => {
    if (event instanceof KeyboardEvent && !MOVES.test(event.key)) return;
    held = event.type === "pointerdown" || held;
    if (!coarse && !map.isMoving()) {
      // not before: a size that changes is told as a movement
      map.setPixelRatio(firstRatio());
      coarse = true;
    }
    rest();
  };
  const release = () => {
    held = false;
  };
  for (const kind of GESTURES) box.addEventListener(kind, begin, { capture: true, passive: true });
  window.addEventListener("pointerup", release);
  window.addEventListener("pointercancel", release);
  map.on("move", () => {
    if (!coarse || !whole) return;
    bare(true);
    rest();
  });
  map.once("remove", () => {
    window.clearTimeout(timer);
    window.clearTimeout(turn);
    window.removeEventListener("pointerup", release);
    window.removeEventListener("pointercancel", release);
  });
  return () => {
    whole = true;
    if (coarse) rest();
  };
}
