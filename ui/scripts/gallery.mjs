// Every state of the page in a headless browser: checked for access by axe-core, and pictured when a
// folder is named. Fails on a serious or critical fault, on a scene that does not come up, and on a
// word that leaves its box.
//   npm run access                                    both themes in French; 200 % zoom in both languages
//   npm run gallery -- OUTPUT_FOLDER [WIDTHxHEIGHT] [SCENE…]   pictures too, both languages
import { readFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const [out, size = "1280x800", ...only] = process.argv.slice(2);
const [width, height] = size.split("x").map(Number);
const folder = fileURLToPath(new URL("../dist-gallery/", import.meta.url));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const kinds = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url, "http://x").pathname);
  if (path.startsWith("/no-tile/")) return response.writeHead(204).end();
  try {
    const body = await readFile(join(folder, path));
    response.writeHead(200, { "content-type": kinds[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://127.0.0.1:${server.address().port}/gallery.html`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"],
});
if (out) await mkdir(out, { recursive: true });

const RULES = { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] } };
const faults = [];
let checked = 0;

async function scene(page, name, language, theme) {
  const where = `${name} (${language}, ${theme}, ${size})`;
  await page.goto(`${url}?scene=${name}&language=${language}&theme=${theme}`);
  await page.waitForSelector("html[data-ready]");
  const { press = [], until } = await page.evaluate((n) => ({ press: window.scenes[n].press, until: window.scenes[n].until }), name);
  try {
    for (const id of press) await page.getByTestId(id).first().click({ timeout: 5_000 });
    if (until) {
      await page.getByTestId(until).first().waitFor({ timeout: 5_000 });
      await page.getByTestId(until).first().scrollIntoViewIfNeeded({ timeout: 5_000 });
    }
  } catch (fault) {
    faults.push(`${where}: does not come up: ${fault.message.split("\n")[0]}`);
    return;
  }
  await page.waitForTimeout(out ? 500 : 80);
  if (out) await page.screenshot({ path: `${out}/${name}-${language}-${theme}.png` });
  await fits(page, where);
  if (out) {
    if (language === "fr") await reach(page, where);
    return;
  }
  await reach(page, where);
  // the other theme and the other language are words on the page: nothing is loaded again for them
  await page.evaluate(() => { document.documentElement.dataset.theme = "dark"; });
  await page.waitForTimeout(80);
  await reach(page, `${name} (${language}, dark, ${size})`);
  await zoomed(page, `${name} (${language}, 200 %)`);
  await page.evaluate(() => window.speak("en"));
  await page.waitForSelector("html[lang=en]");
  await page.waitForTimeout(80);
  await fits(page, `${name} (en, ${size})`);
  await zoomed(page, `${name} (en, 200 %)`);
}

/** 200 % zoom of the usual window: half as many pixels. */
async function zoomed(page, where) {
  await page.setViewportSize({ width: width / 2, height: height / 2 });
  await page.waitForTimeout(80);
  await fits(page, where);
  await page.setViewportSize({ width, height });
}

async function reach(page, where) {
  const found = await page.evaluate((rules) => window.axe.run(document, rules), RULES);
  for (const v of found.violations.filter((v) => v.impact === "serious" || v.impact === "critical")) {
    const nodes = v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 140)} ${n.any[0]?.message ?? ""}`);
    faults.push(`${where}: ${v.id} (${v.impact}): ${v.help}\n    ${nodes.join("\n    ")}`);
  }
  checked += 1;
}

async function fits(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) faults.push(`${where}: the page is ${wide} px wider than the window`);
  checked += 1;
}

const names = only.length > 0 ? only : await (async () => {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForSelector("html[data-ready]");
  const all = await page.evaluate(() => Object.keys(window.scenes));
  await page.close();
  return all;
})();
const looks = out ? ["light", "dark"].flatMap((theme) => ["fr", "en"].map((language) => [language, theme])) : [["fr", "light"]];
const jobs = looks.flatMap(([language, theme]) => names.map((name) => [name, language, theme]));

// a page does one thing at a time, a machine several
async function work() {
  // what is not looked at is painted coarsely: sizes and colours are those of the page, whatever the screen
  const looked = out ? {} : { deviceScaleFactor: 0.25, reducedMotion: "reduce" };
  const page = await browser.newPage({ viewport: { width, height }, ...looked });
  await page.addInitScript({ content: axe });
  page.on("pageerror", (e) => faults.push(e.message));
  for (let job = jobs.shift(); job; job = jobs.shift()) await scene(page, ...job);
  await page.close();
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
await browser.close();
server.close();
for (const fault of faults) console.error(fault);
console.log(`${checked} passed, ${faults.length} failed`);
process.exit(faults.length === 0 && checked > 0 ? 0 : 1);
