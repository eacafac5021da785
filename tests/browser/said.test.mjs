// What servers write, in the Japanese console: events, audit, the link doctor, tasks and half-configured links, each with its English original.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";

let browser, site, hq, branch, group, dead, never, task;
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  const away = await site.server("away");
  await site.join(hq, branch);
  group = await hq.call("POST", "groups", { path: "Managed devices/北" });
  dead = await hq.call("POST", "secondaries", { group: "Managed devices", name: "dmz", direction: "primary_dials", address: away.ports.link, certificate: away.certificate.toString("base64") });
  await away.stop();
  const stranger = await site.server("stranger");
  never = await hq.call("POST", "secondaries", { group: "Managed devices", name: "later", direction: "secondary_dials", certificate: stranger.certificate.toString("base64") });
  task = await hq.call("POST", "tasks", { name: "Links", kind: "link_check", schedule: "manual" });
  await hq.call("POST", `tasks/${task.id}/start`);
  await until(async () => (await hq.call("GET", "tasks")).items.every((each) => each.last_run?.state === "failed"), "the task has failed, for a link is not there");
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

/** The text of a page's part that is not Japanese although it is words: what nobody told. */
const english = (page, within = "main") => page.locator(`${within} [lang="en"]`).allTextContents();

test("events are told in Japanese, with the English original, and the page says what the search looks in", async () => {
  const olga = await browser.person({ language: "ja" });
  const { page, t } = olga;
  await olga.enter(hq.url);
  await page.goto(`${hq.url}/events`);
  const added = page.getByText("olga が管理グループ「Managed devices/北」を追加しました。");
  await added.waitFor();
  assert.equal(await added.getAttribute("title"), "The group “Managed devices/北” was added by olga.");
  await page.getByText("セカンダリ「branch」とのリンクが接続されました", { exact: false }).first().waitFor();
  await page.getByText(t("history.search_hint")).waitFor();
  assert.deepEqual(await english(page), []);
  await olga.isClean("events in Japanese");

  await page.getByRole("textbox", { name: t("history.search") }).fill("was added by");
  await page.keyboard.press("Enter");
  await page.getByText("リンクが接続されました", { exact: false }).first().waitFor({ state: "detached" });
  await added.waitFor();
  await olga.leave();
});

test("audit records say in Japanese what they are about", async () => {
  const olga = await browser.person({ language: "ja" });
  const { page } = olga;
  await olga.enter(hq.url);
  await page.goto(`${hq.url}/audit`);
  await page.getByText(`管理グループ「Managed devices/北」(${group.id})`).waitFor();
  assert.equal(await page.getByText("管理グループの追加", { exact: true }).first().getAttribute("title"), "group.add");
  await olga.isClean("audit in Japanese");
  await olga.leave();
});

test("the link doctor says in Japanese what it saw, what failed and what to do", async () => {
  const olga = await browser.person({ language: "ja" });
  const { page } = olga;
  await olga.enter(hq.url);
  await page.goto(`${hq.url}/link-doctor?secondary=${dead.id}`);
  await page.locator('[data-code="refused"]').first().waitFor({ timeout: 80_000 });
  await page.getByText(/接続が拒否されました。/).first().waitFor();
  await page.getByText(/サーバーが動作していて、ポート \d+ が開いていますか/).first().waitFor();
  await page.getByText("前の段階が失敗しました。").first().waitFor();
  await olga.isClean("the link doctor in Japanese");
  await olga.leave();
});

test("the result of a task and the next step of a secondary are told in Japanese", async () => {
  const olga = await browser.person({ language: "ja" });
  const { page } = olga;
  await olga.enter(hq.url);
  await page.goto(`${hq.url}/tasks`);
  await page.getByText(/3 個のうち 2 個のリンクが接続されていません/).waitFor();
  await page.goto(`${hq.url}/secondaries/${never.id}`);
  await page.getByText(/^セカンダリで、このサーバーの証明書を使用して、このサーバーをプライマリに設定してください/).waitFor();
  assert.deepEqual(await english(page), []);
  await olga.leave();
});

test("in English everything is the server's own text", async () => {
  const olga = await browser.person();
  const { page, t } = olga;
  await olga.enter(hq.url);
  await page.goto(`${hq.url}/events`);
  await page.getByText("The group “Managed devices/北” was added by olga.").waitFor();
  assert.equal(await page.getByText(t("history.search_hint")).count(), 0);
  await olga.leave();
});
