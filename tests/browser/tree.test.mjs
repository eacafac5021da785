// 2,000 secondaries in the tree: all are there, and scrolling, searching and the keyboard reach every one. How fast is measured by
// `./dev bench console`, on a release build.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { addMany, nameOf, scrollThrough, watchTree } from "./support/many.mjs";
import { Site } from "./support/servers.mjs";

const count = 2000;
let browser, site, hq;
before(async () => {
  site = new Site();
  [browser, hq] = await Promise.all([Browser.start(), site.server("hq")]);
  await addMany(hq, count);
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

test("2,000 secondaries are scrolled through, found and opened; only what is seen is drawn", async () => {
  const olga = await browser.person();
  await olga.enter(hq.url);
  await olga.page.addInitScript(watchTree, count);
  await olga.page.goto(hq.url);
  await olga.page.waitForFunction(() => window.treeAt !== undefined, undefined, { timeout: 60_000 });
  const rows = olga.page.locator('[role="treeitem"]');
  assert.ok((await rows.count()) < 100, "the rest is not drawn");
  const { times } = await olga.page.evaluate(scrollThrough, 800);
  assert.ok(times.length > 50, `${times.length} frames`);
  await olga.page.getByRole("treeitem", { name: nameOf(count) }).waitFor();

  await olga.page.getByLabel(olga.t("tree.search")).fill(nameOf(1234));
  await olga.page.getByRole("treeitem", { name: nameOf(1234) }).click();
  await olga.page.locator("main h1").getByText(nameOf(1234)).waitFor();
  await olga.isClean("one of 2,000");
  await olga.page.getByLabel(olga.t("tree.search")).fill("");
  await olga.page.waitForFunction((rows) => document.querySelector('[role="tree"]').clientHeight >= rows * 32, count);
  await olga.page.getByRole("treeitem", { name: nameOf(1234) }).focus();
  await olga.page.keyboard.press("End");
  await olga.page.getByRole("treeitem", { name: nameOf(count) }).waitFor();
  await olga.page.waitForFunction((name) => document.activeElement.textContent === name, nameOf(count));
  await olga.leave();
});
