// Policies by clicking: made from the application's schema, previewed before anything is saved, compared, restored, carried as files, and
// edited by two people at once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";

let browser, site, hq, branch, root, north;
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  root = (await hq.call("GET", "groups")).items[0];
  north = await hq.call("POST", "groups", { path: "Managed devices/North" });
  await site.join(hq, branch, "Managed devices/North");
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

const policies = async () => (await hq.call("GET", "policies")).items;
const named = async (name) => (await policies()).find((each) => each.name === name);
const clear = async () => {
  for (const each of await policies()) await hq.call("DELETE", `policies/${each.id}`);
};
const make = (name, settings, more = {}) => hq.call("POST", "policies", { name, active: true, settings, ...more });
const level = (value, locked = false) => ({ "log.level": { value, locked } });
const row = (person, path) => person.page.locator(`[data-setting="${path}"]`);

async function enter(language = "en") {
  const olga = await browser.person({ language });
  await olga.enter(hq.url);
  return olga;
}
const confirm = (person, key) => person.page.getByRole("dialog").getByRole("button", { name: person.t(key), exact: true }).click();
async function review(person) {
  await person.page.getByRole("button", { name: person.t("policies.review"), exact: true }).click();
  await person.page.locator("[data-preview]").waitFor();
}

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("a policy is made in a group: what will change and where is shown before it is saved, and in force after", async () => {
      await clear();
      const olga = await enter(language);
      await olga.page.goto(`${hq.url}/groups/${root.id}/policies`);
      await olga.page.getByText(olga.t("policies.none")).waitFor();
      await olga.isClean("no policies");
      await olga.page.getByRole("button", { name: olga.t("policies.add") }).first().click();
      await olga.page.locator("#policy-name").fill("Quiet logs");
      await row(olga, "log.level").locator('input[type="checkbox"]').first().check();
      await row(olga, "log.level").locator("select").selectOption("warning");
      await row(olga, "log.level").getByRole("switch").check({ force: true });
      await row(olga, "events.info_days").locator('input[type="checkbox"]').first().check();
      const days = row(olga, "events.info_days").locator('input[type="number"]');
      await days.fill("9999");
      await olga.page.getByText(olga.t("policies.wrong_bounds", { least: 1, most: 3650 })).waitFor();
      assert.ok(await olga.page.getByRole("button", { name: olga.t("policies.review") }).isDisabled(), "what is out of bounds is not sent");
      await olga.isClean("a policy, out of bounds");
      await days.fill("30");
      await review(olga);
      const changes = olga.page.locator('[data-preview="changes"]');
      assert.equal(await changes.locator('[data-place="hq"]').count(), 2);
      assert.equal(await changes.locator('[data-place="Managed devices/North"]').count(), 2);
      assert.match(await changes.locator('[data-place="Managed devices/North"]').first().textContent(), /branch/);
      await olga.isClean("preview of a policy");
      assert.deepEqual(await policies(), [], "nothing is saved before it is confirmed");
      await confirm(olga, "policies.make");
      await olga.page.locator("main h1").getByText("Quiet logs").waitFor();
      assert.deepEqual((await named("Quiet logs")).settings, { "events.info_days": { value: 30, locked: false }, "log.level": { value: "warning", locked: true } });
      await olga.isClean("a policy");

      await olga.page.goto(`${hq.url}/groups/${north.id}/settings`);
      const inForce = olga.page.locator('[data-effective="log.level"]');
      await inForce.waitFor();
      assert.match(await inForce.textContent(), new RegExp(`${olga.t("setting_names.choice_log_level_warning")}.*Quiet logs`, "s"));
      await olga.isClean("effective settings of a group");
      await olga.page.goto(`${hq.url}/groups/${north.id}/policies`);
      await olga.page.locator('[data-policy="Quiet logs"][data-inherited="true"]').waitFor();
      await olga.page.getByLabel(olga.t("policies.show_inherited")).uncheck();
      await olga.page.getByText(olga.t("policies.none")).waitFor();
      await olga.leave();
    });
  });
}

test("every setting has a name in Japanese", async () => {
  const { schema } = await hq.call("GET", "applications/daikan-server");
  const names = JSON.parse(readFileSync(new URL("../../web/src/i18n/ja/setting_names.json", import.meta.url), "utf8"));
  const missing = [];
  const walk = (node, path) => {
    for (const [name, inner] of Object.entries(node.properties ?? {})) {
      const at = path === "" ? name : `${path}.${name}`;
      const key = at.replaceAll(".", "_");
      if (inner.properties) {
        if (!names[`section_${key}`]) missing.push(`section_${key}`);
        walk(inner, at);
      } else if (!names[`title_${key}`]) missing.push(`title_${key}`);
    }
  };
  walk(schema, "");
  assert.deepEqual(missing, []);
});

test("what a server is set to itself is edited where it is in force; a lock above says why it is not", async () => {
  await clear();
  const olga = await enter();
  await olga.page.goto(`${hq.url}/policies/effective`);
  const setting = olga.page.locator('[data-effective="log.level"]');
  await setting.getByRole("button").click();
  await olga.page.locator("#local-value").selectOption("debug");
  await olga.page.getByRole("dialog").getByRole("button", { name: olga.t("common.save") }).click();
  await olga.page.locator('[data-effective="log.level"][data-origin="local"]').waitFor();
  await olga.isClean("effective settings of a server");
  await make("Strict", level("error", true));
  await olga.page.locator('[data-effective="log.level"][data-origin="policy"] [data-overrode="locked"]').waitFor({ timeout: 30_000 }); // by itself
  assert.equal(await setting.getByRole("button").count(), 0);
  await olga.isClean("effective settings with a lock");
  await hq.call("PATCH", `policies/${(await named("Strict")).id}`, { active: false });
  await hq.call("PATCH", "server/settings", { settings: { "log.level": null } });
  await olga.leave();
});

test("two administrators edit one policy: the second sees both values, decides, and loses nothing typed", async () => {
  await clear();
  const made = await make("Shared", level("info"));
  const [olga, ken] = [await enter(), await enter()];
  for (const person of [olga, ken]) {
    await person.page.goto(`${hq.url}/policies/${made.id}`);
    await row(person, "log.level").locator("select").waitFor();
  }
  await row(ken, "log.level").locator("select").selectOption("error");
  await row(ken, "sessions.idle_minutes").locator('input[type="checkbox"]').first().check();
  await review(ken);
  await confirm(ken, "common.save");
  await until(async () => (await named("Shared")).revision === 2, "ken's edit is saved");

  await row(olga, "log.level").locator("select").selectOption("debug");
  await olga.page.locator("#policy-name").fill("Shared by two");
  await review(olga);
  await confirm(olga, "common.save");
  const conflict = olga.page.getByRole("alert").filter({ hasText: olga.t("conflict.title") });
  await conflict.waitFor();
  const both = conflict.locator('[data-field="set:log.level"]');
  assert.match(await both.locator('[data-side="theirs"]').textContent(), /error/);
  assert.match(await both.locator('[data-side="mine"]').textContent(), /debug/);
  await olga.isClean("conflict of a policy");
  assert.equal(await olga.page.locator("#policy-name").inputValue(), "Shared by two");
  assert.equal(await row(olga, "log.level").locator("select").inputValue(), "debug");
  assert.equal((await named("Shared")).settings["log.level"].value, "error", "nothing is saved before the person decides");
  await conflict.getByRole("button", { name: olga.t("conflict.keep_mine") }).click();
  await review(olga);
  await confirm(olga, "common.save");
  const saved = await until(() => named("Shared by two"), "olga's edit is saved");
  assert.equal(saved.settings["log.level"].value, "debug");
  assert.ok("sessions.idle_minutes" in saved.settings, "what only ken changed stays");
  await ken.leave();
  await olga.leave();
});

test("two revisions are compared, and one is restored after its preview", async () => {
  await clear();
  const made = await make("Aged", level("warning", true));
  await hq.call("PATCH", `policies/${made.id}`, { settings: level("error"), name: "Aged more" });
  const olga = await enter();
  await olga.page.goto(`${hq.url}/policies/${made.id}/revisions`);
  const comparison = olga.page.locator('[data-comparison="differs"]');
  await comparison.waitFor();
  assert.deepEqual(await comparison.locator("[data-differs]").evaluateAll((rows) => rows.map((each) => each.dataset.differs)), ["name", "log.level"]);
  await olga.isClean("revisions");
  await olga.page.locator('[data-revision="1"]').getByRole("button", { name: olga.t("policies.restore") }).click();
  await olga.page.locator("[data-preview]").waitFor();
  await olga.isClean("restore");
  await confirm(olga, "policies.restore");
  await olga.page.locator('[data-revision="3"]').waitFor();
  assert.deepEqual((await named("Aged")).settings, level("warning", true));
  await olga.leave();
});

test("a policy is exported, changed elsewhere, and taken in again from the file", async () => {
  await clear();
  const made = await make("Carried", level("warning"), { group: "Managed devices/North" });
  const olga = await enter();
  await olga.page.goto(`${hq.url}/policies`);
  await olga.page.getByRole("button", { name: olga.t("servers.actions_for", { name: "Carried" }) }).click();
  const [file] = await Promise.all([olga.page.waitForEvent("download"), olga.page.locator('[data-action="export"]').click()]);
  assert.equal(file.suggestedFilename(), "Managed_devices%2FNorth--Carried.json");
  const content = readFileSync(await file.path());
  await hq.call("PATCH", `policies/${made.id}`, { settings: level("error") });
  const loud = Buffer.from(JSON.stringify({ name: "Loud", group: "Managed devices", settings: level("debug") }));
  await olga.page.getByRole("button", { name: olga.t("policies.import") }).click();
  // One that the server refuses: the other is not applied either.
  const silent = Buffer.from(JSON.stringify({ name: "Silent", group: "Managed devices", settings: level("silent") }));
  await olga.page.getByRole("dialog").locator('input[type="file"]').setInputFiles([
    { name: "carried.json", mimeType: "application/json", buffer: content },
    { name: "silent.json", mimeType: "application/json", buffer: silent },
  ]);
  await olga.page.getByRole("dialog").getByRole("button", { name: olga.t("policies.apply_other", { count: 2 }) }).click();
  await olga.page.getByText(olga.t("policies.file_failed", { name: "silent.json" })).waitFor();
  assert.equal((await named("Carried")).settings["log.level"].value, "error");
  await olga.page.getByRole("dialog").getByRole("button", { name: olga.t("certificate.clear") }).click();
  await olga.page.getByRole("dialog").locator('input[type="file"]').setInputFiles([
    { name: "carried.json", mimeType: "application/json", buffer: content },
    { name: "loud.json", mimeType: "application/json", buffer: loud },
    { name: "wrong.json", mimeType: "application/json", buffer: Buffer.from('{"colour":"red"}') },
  ]);
  await olga.page.locator('[data-file="carried.json"][data-state="differs"]').waitFor();
  await olga.page.locator('[data-file="loud.json"][data-state="new"]').waitFor();
  await olga.page.locator('[data-file="wrong.json"][data-state="wrong"]').waitFor();
  await olga.isClean("import");
  await olga.page.getByRole("dialog").getByRole("button", { name: olga.t("policies.apply_other", { count: 2 }) }).click();
  await until(async () => (await named("Carried")).settings["log.level"].value === "warning" && (await named("Loud")), "both files are applied");
  await olga.leave();
});

test("a policy is made inactive and removed from the list, each after its preview", async () => {
  await clear();
  await make("Short", level("error"));
  const olga = await enter();
  await olga.page.goto(`${hq.url}/policies`);
  const menu = async (name) => {
    await olga.page.getByRole("button", { name: olga.t("servers.actions_for", { name: "Short" }) }).click();
    await olga.page.locator(`[data-action="${name}"]`).click();
    await olga.page.locator("[data-preview]").waitFor();
  };
  await menu("activate");
  await confirm(olga, "policies.deactivate");
  await until(async () => !(await named("Short")).active, "it is inactive");
  await menu("remove");
  await olga.isClean("removing a policy");
  await confirm(olga, "common.remove");
  await olga.page.getByText(olga.t("policies.none")).waitFor();
  assert.deepEqual(await policies(), []);
  await olga.leave();
});

test("what a secondary confirmed is shown: in force, behind while it is away, and in force again by itself", async () => {
  await clear();
  const made = await make("Proved", level("warning", true));
  const olga = await enter();
  await olga.page.goto(`${hq.url}/policies/status`);
  const row = (state) => olga.page.locator(`[data-server="branch"][data-state="${state}"]`);
  await row("in_force").waitFor({ timeout: 60_000 });
  assert.match(await row("in_force").textContent(), /Proved/);
  await olga.isClean("status of policies");
  await branch.stop();
  await hq.call("PATCH", `policies/${made.id}`, { settings: level("error", true) });
  await row("behind").waitFor({ timeout: 60_000 });
  await olga.isClean("status of policies, one behind");
  await branch.start();
  await row("in_force").waitFor({ timeout: 90_000 });
  await olga.page.goto(`${hq.url}/groups/${north.id}/servers`);
  await olga.page.locator('[data-secondary="branch"] [data-force="in_force"]').waitFor();

  // Below, the inherited one is shown with its owner, and is not to be changed.
  const { id } = (await hq.call("GET", "secondaries")).items[0];
  await olga.page.goto(`${hq.url}/servers/${id}/policies`);
  await olga.page.getByRole("link", { name: "Proved" }).click();
  await olga.page.locator('[data-read-only="inherited"]').waitFor();
  assert.ok(await olga.page.locator("#policy-name").isDisabled());
  await olga.isClean("an inherited policy");
  await olga.leave();
});
