/** One scene of the page in a browser: `gallery.html?scene=…&language=…&theme=…`. Never part of the
 *  product: it is built apart, for pictures and for the checks of access. */
import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import "../look/look";
import { setHost } from "../platform/host";
import { keys, queryClient } from "../platform/queries";
import { App } from "../views/App";
import * as data from "./data";
import { FakeHost } from "./fake";
import { SCENES } from "./scenes";

const asked = new URLSearchParams(location.search);
const scene = SCENES[asked.get("scene") ?? ""] ?? {};
const preferences = { ...data.preferences, language: asked.get("language") ?? "fr", theme: asked.get("theme") ?? "light" };
setHost(new FakeHost({ ...scene.answers, preferences: () => preferences }));
/** The same state in another language, nothing loaded again. */
const speak = (language: string) => void queryClient.setQueryData(keys.preferences, { ...preferences, language });
Object.assign(window, { scenes: SCENES, speak });

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>,
  );
}
