// Pictures of every screen, in both languages and themes, through the bridge and a headless browser:
//   npm run screens -- BRIDGE_URL OUTPUT_FOLDER [WIDTHxHEIGHT]
// The bridge is `quai bridge --ui ui/dist --grant FILE…`.
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

const [url, out, size = "1280x800"] = process.argv.slice(2);
if (!url || !out) throw new Error("BRIDGE_URL OUTPUT_FOLDER");
const [width, height] = size.split("x").map(Number);
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"] });
await mkdir(out, { recursive: true });

const rpc = (command, request) =>
  fetch(`${url}rpc/${command}`, { method: "POST", body: JSON.stringify(request), headers: { "content-type": "application/json" } });

const faults = [];
for (const language of ["fr", "en"]) {
  for (const theme of ["light", "dark"]) {
    await (await rpc("set_preferences", { language, theme, online_background: false, workers: null, reader_seconds: null, notify: true })).text();
    const page = await browser.newPage({ viewport: { width, height } });
    page.on("pageerror", (e) => faults.push(`${language} ${theme}: ${e.message}`));
    page.on("console", (m) => m.type() === "error" && faults.push(`${language} ${theme}: ${m.text()}`));
    const shot = (name) => page.screenshot({ path: `${out}/${name}-${language}-${theme}.png` });
    const on = (id) => page.getByTestId(id).first();
    await page.goto(url);
    await page.waitForSelector("html[data-ready]");
    await page.waitForTimeout(800);
    await shot("1-home");
    await on("choose-files").click();
    await page.waitForSelector('[data-testid="inspect-map"][data-state="idle"], .note');
    await page.waitForTimeout(600);
    await shot("2-inspect");
    await on("next").click();
    await on("verdict").waitFor();
    await page.waitForTimeout(300);
    await shot("3-validate");
    if (await on("next").isEnabled()) {
      await on("next").click();
      await on("plan").waitFor();
      await page.waitForTimeout(600);
      await shot("4-package");
      await on("publish").click();
      await page.waitForTimeout(500);
      await shot("5-confirm");
      await on("confirm").click();
      await on("delivery").waitFor();
      await page.waitForTimeout(700);
      await shot("6-deliver");
      await on("share").waitFor({ timeout: 120_000 });
      await page.waitForSelector('[data-testid="live-map"][data-state="idle"]', { timeout: 60_000 }).catch(() => faults.push("no live map"));
      await on("probe").click();
      await on("probed").waitFor({ timeout: 60_000 });
      await page.waitForTimeout(500);
      await shot("7-share");
      await page.evaluate(() => document.querySelector("main")?.scrollTo(0, 900));
      await page.waitForTimeout(300);
      await shot("7-share-below");
    }
    await on("settings").click();
    await page.waitForTimeout(400);
    await shot("8-settings");
    await page.close();
  }
}
await browser.close();
console.log(faults.length === 0 ? "no fault on the console" : faults.join("\n"));
