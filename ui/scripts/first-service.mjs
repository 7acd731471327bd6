// The first use, walked as a newcomer would: from nothing to a WFS that anybody can read, with each click
// counted and timed. Fails above 12 clicks or 3 minutes, or when the service does not serve the data.
//   node scripts/first-service.mjs BRIDGE_URL FEATURES [LANGUAGE]
// The bridge is `quai bridge --ui ui/dist --grant samples/canton/CANTON.shp`, over an empty data folder.
import { chromium } from "playwright-core";

const [url, features = "61", language = "fr"] = process.argv.slice(2);
if (!url) throw new Error("BRIDGE_URL FEATURES");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: language === "fr" ? "fr-FR" : "en-GB" });
page.setDefaultTimeout(180_000);
const start = Date.now();
const seconds = () => ((Date.now() - start) / 1000).toFixed(1);
let clicks = 0;
const walk = [];
async function click(id, what, until) {
  const text = (await page.getByTestId(id).first().innerText()).replace(/\s+/g, " ").trim();
  await page.getByTestId(id).first().click();
  clicks += 1;
  if (until) await page.locator(until).first().waitFor();
  walk.push([clicks, text, what, seconds()]);
}

await page.goto(url);
await page.waitForSelector("html[data-ready]");
await page.getByTestId("drop-zone").waitFor();
walk.push([0, "", "the window is open", seconds()]);
await click("choose-files", "the data are on the map", '[data-testid="inspect-map"][data-state="idle"]');
await click("next", "the findings are read", '[data-testid="verdict"]');
await click("next", "services and words are proposed", '[data-testid="plan"]');
await click("publish", "the point of no return is named", '[data-testid="no-return"]');
await click("confirm", "the services are live, and answer", '[data-testid="offering"][data-type="WFS"] [data-testid="probed"]');
const address = await page.locator('[data-testid="offering"][data-type="WFS"] .copy input').first().inputValue();
await page.locator('[data-testid="offering"][data-type="WFS"] [data-testid="copy-address"]').click();
clicks += 1;
walk.push([clicks, "Copier", "the address is in the clipboard", seconds()]);
await browser.close();

const base = address.split("?")[0];
const said = await (await fetch(`${base}?service=WFS&version=2.0.0&request=GetFeature&typeNames=canton:canton&resultType=hits`)).text();
const served = /numberMatched="(\d+)"/.exec(said)?.[1];
for (const [n, button, what, at] of walk) console.log(`${String(n).padStart(2)}  ${at.padStart(6)} s  ${button.padEnd(28)} ${what}`);
console.log(`${clicks} clicks, ${seconds()} s; the WFS serves ${served} features`);
if (clicks > 12 || Number(seconds()) > 180 || served !== features) process.exit(1);
