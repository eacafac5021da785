// How the tree feels with many secondaries: measure.mjs [COUNT] [RUNS]. One line of JSON for each run; `./dev bench console` makes the table.
//
// `ready_ms`: from the beginning of the navigation until the tree is painted with every row (a session is there, the cache is cold).
// `key_ms`: from a press of End to the frame with the last row. Frame times are those of a scroll of 400 pixels a frame through everything.
// `search_ms`: from the last key of a search that found nothing until then to the frame with its result.
import { Browser } from "./support/browser.mjs";
import { addMany, nameOf, scrollThrough, watchTree } from "./support/many.mjs";
import { Site } from "./support/servers.mjs";

const [count, runs] = [Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 5)];

/** In the page: `untilRow` becomes the time from the next key press to the frame in which a row of this text is drawn. */
function watchRow(text) {
  window.untilRow = new Promise((go) => {
    addEventListener(
      "keydown",
      () => {
        const began = performance.now();
        const look = () => {
          if ([...document.querySelectorAll('[role="treeitem"]')].some((row) => row.textContent === text)) requestAnimationFrame(() => go(performance.now() - began));
          else requestAnimationFrame(look);
        };
        look();
      },
      { capture: true, once: true },
    );
  });
}

/** Presses the key once the page watches for it. */
async function timed(page, text, press) {
  await page.evaluate(watchRow, text);
  await press();
  return page.evaluate(() => window.untilRow);
}

const site = new Site();
let browser;
try {
  const [, hq] = [(browser = await Browser.start()), await site.server("hq")];
  await addMany(hq, count);
  for (let run = 0; run < runs; ++run) {
    const olga = await browser.person();
    await olga.enter(hq.url);
    const state = await olga.context.storageState();
    await olga.leave();
    // A window of its own: nothing is in the cache, nothing is open yet.
    const context = await browser.chromium.newContext({ ignoreHTTPSErrors: true, storageState: state, viewport: { width: 1440, height: 900 } });
    const fresh = await context.newPage();
    await fresh.addInitScript(watchTree, count);
    await fresh.goto(hq.url);
    await fresh.waitForFunction(() => window.treeAt !== undefined);
    const ready = await fresh.evaluate(() => window.treeAt);
    await fresh.locator('[role="treeitem"][tabindex="0"]').focus();
    const key = await timed(fresh, nameOf(count), () => fresh.keyboard.press("End"));
    const { times, gaps } = await fresh.evaluate(scrollThrough, 400);
    const text = nameOf(Math.floor(count / 2));
    const search = fresh.getByRole("textbox").first();
    await search.fill(`~${text}`);
    await fresh.waitForFunction(() => !document.querySelector('[data-kind="secondary"]'));
    await search.press("Home");
    const found = await timed(fresh, text, () => search.press("Delete"));
    const sorted = times.toSorted ? times.toSorted((a, b) => a - b) : [...times].sort((a, b) => a - b);
    const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
    console.log(JSON.stringify({ ready_ms: ready, key_ms: key, search_ms: found, frames: times.length, frame_p50_ms: at(0.5), frame_p95_ms: at(0.95), frame_worst_ms: at(1), late: times.filter((each) => each > 50).length, gaps }));
    await context.close();
  }
} finally {
  await browser?.stop();
  await site.stop();
}
