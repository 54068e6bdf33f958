// Drives the HTML report in a real browser. Arguments: the page, and optionally a folder for screenshots. Packages are found by
// NODE_PATH.
"use strict";
const assert = require("node:assert/strict");
const path = require("node:path");
const { chromium } = require("playwright-core");
const [page_file, folder] = process.argv.slice(2);

(async () => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => { if (!request.url().startsWith("file:")) said.push(`request of ${request.url()}`); });
    await page.goto(`file://${path.resolve(page_file)}`);
    const shown = () => page.locator(".finding:visible").count();
    const all = await page.locator(".finding").count();

    // What passed is left out at first, and comes when it is asked for.
    const first = await shown();
    assert.ok(first > 0 && first < all, `${first} of ${all} are shown at first`);
    await page.getByRole("checkbox", { name: /pass/ }).check();
    assert.ok((await shown()) > first);
    assert.equal(await page.locator("#count").textContent(), `${await shown()} of ${all} are shown`);

    // Topic, level and words each narrow it down.
    await page.getByLabel("Topic").selectOption("auth");
    const topics = await page.locator(".finding:visible").evaluateAll((rows) => rows.map((row) => row.dataset.topic));
    assert.ok(topics.length > 0 && topics.every((topic) => topic === "auth"), topics.join());
    await page.getByLabel("Topic").selectOption("");
    await page.getByLabel("Level").selectOption("SHOULD");
    const levels = await page.locator(".finding:visible").evaluateAll((rows) => rows.map((row) => row.dataset.levels));
    assert.ok(levels.length > 0 && levels.every((level) => level.includes("SHOULD")), levels.join());
    await page.getByLabel("Level").selectOption("");
    await page.getByLabel("Search").fill("duplicate-user-name taken");
    assert.ok((await shown()) >= 1 && (await shown()) < 5, `${await shown()} fit the words`);

    // With the keyboard alone: from the search to the finding, open it, and open its exchange.
    await page.getByLabel("Search").focus();
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => document.activeElement.closest("details")?.className);
    assert.equal(focused, "finding", "the next stop after the search is the first finding");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.ok(await page.locator(".exchange[open] pre").first().isVisible(), "the exchange is folded out");
    assert.match(await page.locator(".exchange[open]").first().innerText(), /POST .*\/Users/);
    if (folder) await page.screenshot({ path: path.join(folder, "light.png") });

    // Both schemes have enough contrast to read, as the browser computes the colours.
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const [text, behind] = await page.evaluate(() => {
        const style = getComputedStyle(document.body);
        return [style.color, style.backgroundColor];
      });
      const luminance = (colour) => {
        const [red, green, blue] = colour.match(/\d+/g).map((part) => Number(part) / 255)
          .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const [high, low] = [luminance(text), luminance(behind)].sort((left, right) => right - left);
      assert.ok((high + 0.05) / (low + 0.05) > 7, `${colorScheme}: ${text} on ${behind}`);
    }
    if (folder) await page.screenshot({ path: path.join(folder, "dark.png") });

    // On a narrow screen nothing is wider than the page, whatever is folded out.
    await page.setViewportSize({ width: 390, height: 800 });
    await page.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `the page is ${wide} pixels too wide`);
    if (folder) await page.screenshot({ path: path.join(folder, "narrow.png") });

    // Without scripts every finding can be read, and nothing is offered that would do nothing.
    const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await plain.goto(`file://${path.resolve(page_file)}`);
    assert.equal(await plain.locator(".finding:visible").count(), all);
    assert.ok(!(await plain.locator("#controls").isVisible()), "the choice of findings needs the script");
    assert.ok(await plain.locator("#picture svg.bar").first().isVisible(), "the picture is drawn");
    assert.ok((await plain.locator("#picture").boundingBox()).y < (await plain.locator("#findings").boundingBox()).y);
    if (folder) await plain.screenshot({ path: path.join(folder, "plain.png") });

    // A link to a finding opens it, though it passed.
    const id = await page.locator(".finding[data-verdict=pass]").first().getAttribute("id");
    await page.goto(`file://${path.resolve(page_file)}#${encodeURIComponent(id)}`);
    await page.reload();
    assert.ok(await page.locator(".finding[open]").first().isVisible());
    assert.equal(await page.locator(".finding[open]").first().getAttribute("id"), id);
    assert.deepEqual(said, [], "the page says nothing on the console and asks for nothing");
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.log(error.stack);
  process.exit(1);
});
