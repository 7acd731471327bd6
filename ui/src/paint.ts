/**
 * A page that nobody sees, in a process of its own: it draws every way there is to draw once, where a
 * processor plays graphics card. That one translates each way of painting at its first use and keeps
 * the translation for good, so the first files to be seen do not wait for it. Says by its title that it
 * has.
 */
import "./look/look";
import { paintAll } from "./shared/drawing";

// a page that is not seen is given no frames
window.requestAnimationFrame = (draw) => window.setTimeout(() => draw(performance.now()), 16);

/** The graphics library writes what it keeps a little after. */
const KEPT_MS = 1000;

paintAll().then(
  () => window.setTimeout(() => (document.title = "painted"), KEPT_MS),
  (fault: unknown) => {
    document.title = String(fault);
  },
);
