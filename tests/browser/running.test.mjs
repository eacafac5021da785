// What an administrator changes in the years after joining: a task that runs already, and the key of the server, phase by phase.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";

let browser, site, hq, branch;
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  const away = await site.server("away");
  await site.join(hq, branch);
  await hq.call("POST", "secondaries", { group: "Managed devices", name: "away", direction: "secondary_dials", certificate: away.certificate.toString("base64") });
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("a task is edited, and what another administrator changed meanwhile is shown before anything is lost", async () => {
      const name = `Backup ${language}`;
      const task = await hq.call("POST", "tasks", { name, kind: "backup", schedule: "cron 30 3 * * *", settings: { folder: "backups", keep: 7, passphrase: "several words that nobody guesses" } });
      const olga = await browser.person({ language });
      const { page, t } = olga;
      await olga.enter(hq.url);
      await page.goto(`${hq.url}/tasks`);
      const open = async () => {
        await page.getByRole("button", { name: t("servers.actions_for", { name }) }).click();
        await page.locator('[data-action="edit"]').click();
        return page.getByRole("dialog");
      };
      let dialog = await open();
      await dialog.locator("#task-time").fill("22:15");
      await dialog.locator("#task-keep").fill("30");
      await olga.isClean("editing a task");
      await dialog.getByRole("button", { name: t("common.save") }).click();
      await dialog.waitFor({ state: "detached" });
      let now = await hq.call("GET", `tasks/${task.id}`);
      assert.equal(now.schedule, "cron 15 22 * * *");
      assert.equal(now.settings.keep, 30);
      await page.getByRole("row").filter({ hasText: name }).getByText(t("tasks.schedule_daily", { text: "22:15" })).waitFor();

      dialog = await open();
      await dialog.locator("#task-keep").fill("60");
      await hq.call("PATCH", `tasks/${task.id}`, { settings: { folder: "backups", keep: 14 } });
      await dialog.getByRole("button", { name: t("common.save") }).click();
      const both = dialog.locator('[data-field="keep"]');
      await both.waitFor();
      assert.equal(await both.locator('[data-side="theirs"]').textContent(), "14");
      assert.equal(await both.locator('[data-side="mine"]').textContent(), "60");
      await olga.isClean("conflict of a task");
      await dialog.getByRole("button", { name: t("conflict.keep_mine") }).click();
      await dialog.getByRole("button", { name: t("common.save") }).click();
      await dialog.waitFor({ state: "detached" });
      now = await hq.call("GET", `tasks/${task.id}`);
      assert.equal(now.settings.keep, 60);
      await olga.leave();
    });

    test("a wrong schedule is refused at its field and nothing is saved", async () => {
      const name = `Check ${language}`;
      const task = await hq.call("POST", "tasks", { name, kind: "link_check", schedule: "cron 0 3 * * mon" });
      const olga = await browser.person({ language });
      const { page, t } = olga;
      await olga.enter(hq.url);
      await page.goto(`${hq.url}/tasks`);
      await page.getByRole("button", { name: t("servers.actions_for", { name }) }).click();
      await page.locator('[data-action="edit"]').click();
      const dialog = page.getByRole("dialog");
      await dialog.locator("#task-cron").fill("0 25 * * *");
      await dialog.getByRole("button", { name: t("common.save") }).click();
      await dialog.locator('#task-cron[aria-invalid="true"]').waitFor();
      assert.equal((await hq.call("GET", `tasks/${task.id}`)).schedule, "cron 0 3 * * mon");
      await olga.leave();
    });
  });
}

test("a key is rolled over phase by phase: announced, confirmed live, taken back, and used without who is missing", async () => {
  const olga = await browser.person();
  const { page, t } = olga;
  await olga.enter(hq.url);
  await page.goto(`${hq.url}/properties/certificate`);
  const fingerprint = page.locator("dd .daikan-fingerprint").first();
  const before = await fingerprint.textContent();
  const press = async (what) => {
    await page.getByRole("button", { name: t(`roll_over.${what}`), exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(t(`roll_over.${what}_affects`)).waitFor();
    await olga.isClean(`roll-over: ${what}`);
    await dialog.getByRole("button", { name: t(`roll_over.${what}`), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  };
  const peer = (name, state) => page.getByRole("row").filter({ hasText: name }).filter({ hasText: t(`roll_over.peer_${state}`) });

  await press("begin");
  await page.getByText(t("roll_over.phase_announcing")).waitFor();
  await peer("branch", "confirmed").waitFor(); // nobody reloads the page
  await peer("away", "waiting").waitFor();
  await press("cancel");
  await page.getByText(t("roll_over.phase_none")).waitFor();
  assert.equal(await fingerprint.textContent(), before);

  await press("begin");
  await peer("branch", "confirmed").waitFor();
  await page.getByRole("button", { name: t("roll_over.finish"), exact: true }).click();
  const missing = page.getByRole("dialog").getByRole("grid");
  assert.match(await missing.textContent(), /away/);
  assert.doesNotMatch(await missing.textContent(), /branch/);
  await page.getByRole("dialog").getByRole("button", { name: t("common.cancel") }).click();
  await press("finish");
  await until(async () => (await fingerprint.textContent()) !== before, "the new certificate is shown");
  await until(async () => (await branch.call("GET", "primary")).state === "connected", "the link of branch stands with the new key");
  await olga.leave();
});
