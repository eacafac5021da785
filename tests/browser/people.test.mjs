// Users, roles and sessions by clicking, in both languages; what somebody may not do is not offered.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";

let browser, site, hq, branch;
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  await hq.call("POST", "groups", { path: "Managed devices/Branches" });
  await site.join(hq, branch, "Managed devices/Branches");
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

const secret = "a few words that nobody guesses";

/** `place`: the index of the group in the list, behind the server itself. */
async function addUser(olga, name, place) {
  const { page, t } = olga;
  await page.getByRole("button", { name: t("users.add"), exact: true }).click();
  await page.locator("#user-name").fill(name);
  await page.locator("#user-password").fill("short");
  await page.getByRole("button", { name: t("common.add"), exact: true }).click();
  await page.locator('#user-password[aria-invalid="true"]').waitFor(); // a password that is too short is told at the field
  await page.locator("#user-password").fill(secret);
  await page.getByRole("button", { name: t("users.add_role") }).click();
  await page.getByLabel(t("users.role_at", { number: 1 }), { exact: true }).selectOption({ label: t("roles.built_in_viewer") });
  await page.getByLabel(t("users.place_at", { number: 1 }), { exact: true }).selectOption({ index: place });
  await olga.isClean("adding a user");
  await page.getByRole("button", { name: t("common.add"), exact: true }).click();
  await page.locator(`[data-row="${name}"]`).waitFor();
}

async function choose(olga, row, action) {
  await olga.page.locator(`[data-row="${row}"]`).getByRole("button").last().click();
  await olga.page.locator(`[data-action="${action}"]`).click();
}

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("a user gets a role that was made of rights, signs in with it, is signed out from afar, disabled and deleted", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      const name = `ivan-${language}`, role = `keeper-${language}`;
      await olga.enter(hq.url);
      await page.getByRole("link", { name: t("menu.users"), exact: true }).click();
      await page.locator('[data-row="olga"]').waitFor();
      await olga.isClean("users");
      await addUser(olga, name, 2);
      assert.match(await page.locator(`[data-row="${name}"]`).textContent(), /Branches/);

      await page.getByRole("link", { name: t("roles.title"), exact: true }).click();
      await page.locator('[data-row="administrator"]').waitFor();
      await olga.isClean("roles");
      await page.getByRole("button", { name: t("roles.add"), exact: true }).click();
      await page.locator("#role-name").fill("viewer");
      await page.locator("#role-rights-configure_hierarchy").check();
      await page.getByRole("button", { name: t("common.add"), exact: true }).click();
      await page.locator("#role-name-help").waitFor();
      await olga.isClean("adding a role");
      await page.locator("#role-name").fill(role);
      await page.getByRole("button", { name: t("common.add"), exact: true }).click();
      await page.locator(`[data-row="${role}"]`).waitFor();

      // Somebody else changes it meanwhile: told, and nothing typed is lost.
      await choose(olga, role, "edit");
      await page.locator("#role-description").fill("mine");
      const seen = (await hq.call("GET", "roles")).items.find((each) => each.name === role);
      await hq.call("PUT", `roles/${seen.id}`, { name: role, description: "theirs", rights: seen.rights });
      await page.getByRole("button", { name: t("common.save"), exact: true }).click();
      await page.getByText(t("conflict.title")).waitFor();
      await olga.isClean("two people edit one role");
      await page.getByRole("button", { name: t("conflict.keep_mine") }).click();
      await page.getByRole("button", { name: t("common.save"), exact: true }).click();
      await page.locator(`[data-row="${role}"]`).getByText("mine").waitFor();

      await page.getByRole("link", { name: t("users.title"), exact: true }).last().click();
      await choose(olga, name, "assign");
      await page.getByRole("button", { name: t("users.add_role") }).click();
      await page.getByLabel(t("users.role_at", { number: 2 }), { exact: true }).selectOption({ label: role });
      await page.getByRole("button", { name: t("common.save"), exact: true }).click();
      await page.locator(`[data-row="${name}"]`).getByText(role).waitFor();
      assert.equal((await hq.call("GET", "users")).items.find((each) => each.name === name).assignments.length, 2);

      const ivan = await browser.person({ language });
      await ivan.page.goto(hq.url);
      await ivan.page.getByLabel(t("sign_in.user")).fill(name);
      await ivan.page.getByLabel(t("sign_in.password")).fill(secret);
      await ivan.page.getByRole("button", { name: t("sign_in.submit") }).click();
      await ivan.page.locator(".daikan-brand-server").waitFor();
      await ivan.page.getByRole("link", { name: t("menu.properties"), exact: true }).waitFor();
      assert.equal(await ivan.page.getByRole("link", { name: t("menu.users"), exact: true }).count(), 0, "what ivan may not do is not offered");

      await page.getByRole("link", { name: t("sessions.title"), exact: true }).click();
      await page.getByRole("button", { name: t("sessions.end_of", { name }) }).click();
      await olga.isClean("ending a session");
      await page.getByRole("dialog").getByRole("button", { name: t("sessions.end"), exact: true }).click();
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await ivan.page.reload();
      await ivan.page.getByRole("button", { name: t("sign_in.submit") }).waitFor();
      await ivan.leave();

      await page.getByRole("link", { name: t("users.title"), exact: true }).last().click();
      await choose(olga, name, "state");
      await page.getByRole("dialog").getByRole("button", { name: t("users.disable"), exact: true }).click();
      await page.locator(`[data-row="${name}"]`).getByText(t("users.is_disabled")).waitFor();
      await choose(olga, name, "delete");
      await page.getByRole("dialog").getByRole("button", { name: t("users.delete"), exact: true }).click();
      await page.locator(`[data-row="${name}"]`).waitFor({ state: "detached" });

      await page.getByRole("link", { name: t("roles.title"), exact: true }).click();
      await choose(olga, role, "delete");
      await page.getByRole("dialog").getByRole("button", { name: t("common.delete"), exact: true }).click();
      await page.locator(`[data-row="${role}"]`).waitFor({ state: "detached" });
      await olga.leave();
    });
  });
}

test("the users of a lower server are administered from the root", async () => {
  const olga = await browser.person();
  const { page } = olga;
  const [secondary] = await until(async () => {
    const { items } = await hq.call("GET", "secondaries");
    return items.every((each) => each.state === "connected") && items;
  }, "branch is connected");
  await olga.enter(hq.url);
  await page.goto(`${hq.url}/servers/${secondary.id}/users`);
  await page.locator('[data-row="olga"]').waitFor();
  await addUser(olga, "mara", 1);
  assert.ok((await branch.call("GET", "users")).items.some((each) => each.name === "mara"));
  assert.equal(await page.getByRole("link", { name: olga.t("sessions.title"), exact: true }).count(), 0, "sessions are no matter of those above");
  await olga.isClean("users of a lower server");
  await olga.leave();
});
