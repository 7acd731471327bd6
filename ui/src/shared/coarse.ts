/**
 * A map drawn less finely until it is whole and while a hand moves it, where a processor plays graphics card: a frame costs by
 * the pixel there, and the page waits for it. Knows no data.
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
/** What begins a gesture, heard before the map hears it: a size that changes ends the gesture in hand. */
const GESTURES = ["pointerdown", "wheel", "keydown"] as const;
const MOVES = /^(Arrow|[-+=])/;

/** Gives what to call when all that a map shows is there. */
export function coarseInMotion(map: maplibregl.Map): () => void {
  if (!window.quaiPaintsByProcessor) return () => undefined;
  const box = map.getCanvasContainer();
  let held = false;
  let coarse = map.getPixelRatio() < window.devicePixelRatio;
  let timer = 0;
  const settle = () => {
    if (held || map.isMoving() || !map.areTilesLoaded()) return rest();
    coarse = false;
    map.setPixelRatio(window.devicePixelRatio);
  };
  const rest = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(settle, REST_MS);
  };
  const begin = (event: Event) => {
    if (event instanceof KeyboardEvent && !MOVES.test(event.key)) return;
    held = event.type === "pointerdown" || held;
    if (!coarse && !map.isMoving()) {
      coarse = true;
      map.setPixelRatio(firstRatio());
    }
    rest();
  };
  const release = () => {
    held = false;
  };
  for (const kind of GESTURES) box.addEventListener(kind, begin, { capture: true, passive: true });
  window.addEventListener("pointerup", release);
  window.addEventListener("pointercancel", release);
  map.on("move", () => coarse && rest());
  map.once("remove", () => {
    window.clearTimeout(timer);
    window.removeEventListener("pointerup", release);
    window.removeEventListener("pointercancel", release);
  });
  return () => void (coarse && rest());
}
