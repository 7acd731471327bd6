// Pictures of a whole journey, in both languages and themes, through the bridge and a headless browser:
//   npm run screens -- BRIDGE_URL OUTPUT_FOLDER [WIDTHxHEIGHT] [LANGUAGES] [THEMES]
// The bridge is `quai bridge --ui ui/dist --grant FILE…`; what is published goes to its sandbox. States
// that an engine seldom shows are pictured by scripts/gallery.mjs.
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

const [url, out, size = "1280x800", languages = "fr,en", themes = "light,dark"] = process.argv.slice(2);
if (!url || !out) throw new Error("BRIDGE_URL OUTPUT_FOLDER");
const [width, height] = size.split("x").map(Number);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"] });
await mkdir(out, { recursive: true });

const rpc = (command, request) =>
  fetch(`${url}rpc/${command}`, { method: "POST", body: JSON.stringify(request), headers: { "content-type": "application/json" } });

const faults = [];
for (const language of languages.split(",")) {
  for (const theme of themes.split(",")) {
    await (await rpc("set_preferences", { language, theme, online_background: false, workers: null, reader_seconds: null, notify: true, upload_bytes_per_second: null, data_folder: null })).text();
    const page = await browser.newPage({ viewport: { width, height } });
    page.setDefaultTimeout(120_000);
    page.on("pageerror", (e) => faults.push(`${language} ${theme}: ${e.message}`));
    page.on("console", (m) => m.type() === "error" && faults.push(`${language} ${theme}: ${m.text()}`));
    const shot = async (name) => {
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${out}/${name}-${language}-${theme}.png` });
    };
    const on = (id) => page.getByTestId(id).first();
    const idle = (id) => page.waitForSelector(`[data-testid="${id}"][data-state="idle"]`).catch(() => faults.push(`${language} ${theme}: no ${id}`));
    await page.goto(url);
    await page.waitForSelector("html[data-ready]");
    await page.waitForTimeout(1500);
    await shot("1-home");
    await on("choose-files").click();
    await page.waitForSelector('[data-testid="inspect-map"][data-state="idle"], .note, .empty');
    await shot("2-inspect");
    await on("next").click();
    await on("verdict").waitFor();
    await shot("3-validate");
    if (await on("next").isEnabled()) {
      await on("next").click();
      await on("plan").waitFor();
      if (await on("service-tms").isEnabled()) await on("service-tms").check();
      await shot("4-package");
      await on("rehearse").click();
      await shot("5-preview-making");
      await page.waitForSelector('[data-testid="rehearsal"][data-state="ready"], [data-testid="failure"]');
      await idle("preview-map");
      // what of a map is below the fold is not drawn on the picture
      await on("preview-map").evaluate((map) => map.scrollIntoView({ block: "center" }));
      await page.waitForTimeout(300);
      await shot("5-preview");
      await on("publish").click();
      await shot("6-confirm");
      await on("confirm").click();
      // one that is done again may be over before it is seen
      await page.waitForSelector('[data-testid="delivery"], [data-testid="share"]');
      await shot("7-deliver");
      await on("share").waitFor();
      await idle("live-map");
      await on("probed").waitFor();
      await shot("8-share");
    }
    await on("settings").click();
    await shot("9-settings");
    await on("where").click();
    await shot("9-account");
    await page.close();
  }
}
await browser.close();
console.log(faults.length === 0 ? "no fault on the console" : faults.join("\n"));
