// A person at a real browser: signs in on the page at an address, agrees or not, and says where that
// led. Arguments: address, name, password, what to do (`yes`, `no`, `close`, `catch`).
// `catch` stops the browser at the door of the program and says what it would have brought there.
import { chromium } from 'playwright-core';

const [address, name, password, deed] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
const context = await browser.newContext({ ignoreHTTPSErrors: true });
const page = await context.newPage();
let caught;
if (deed === 'catch') {
  // beneath the page's own routes, which do not see redirects
  const network = await context.newCDPSession(page);
  network.on('Fetch.requestPaused', ({ requestId, request }) => {
    caught = request.url;
    network.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }).catch(() => {});
  });
  await network.send('Fetch.enable', { patterns: [{ urlPattern: 'http://127.0.0.1:*/callback?*' }] });
}
const settled = (act) => Promise.all([page.waitForLoadState('load').catch(() => {}), act]).catch(() => {});
await page.goto(address);
if (deed !== 'close') {
  const login = page.locator('input[name=login], input[name=username]');
  await login.fill(name);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button').first().click();
  // the question that follows, where there is one
  const agree = page.locator('#agree, form[autocomplete=off] button[type=submit]:not([name=login]), button:has-text("Continue")');
  await agree.first().waitFor({ timeout: 20000 }).catch(() => {});
  if (await agree.count()) {
    const refuse = page.locator('#refuse, a:has-text("Cancel")');
    await settled((deed === 'no' ? refuse : agree).first().click().catch(() => {}));
  }
  if (deed === 'catch') {
    for (let tries = 0; !caught && tries < 100; tries++) await page.waitForTimeout(100);
  } else {
    await page.waitForSelector('main', { timeout: 20000 }).catch(() => {});
  }
}
const text = deed === 'catch' ? '' : await page.locator('body').innerText().catch(() => '');
const html = deed === 'catch' ? '' : await page.content().catch(() => '');
console.log(JSON.stringify({ url: page.url(), caught, text, html }));
await browser.close();
