// What goes wrong in the hands of people, and what they do then: another server's certificate, a proxy that refuses, two administrators on one
// record, a session that ends late in the wizard; and a third-level server reached by clicking alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { refusingProxy } from "./support/refusing_proxy.mjs";
import { password, Site, until } from "./support/servers.mjs";
import { Wizard } from "./support/wizard.mjs";

let browser, site, hq, branch, shop, root;
before(async () => {
  site = new Site();
  [browser, hq, branch, shop] = await Promise.all([Browser.start(), ...["hq", "branch", "shop"].map((name) => site.server(name))]);
  root = (await hq.call("GET", "groups")).items[0].id;
  await site.join(hq, branch);
  await site.join(branch, shop);
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

const named = async (name) => (await hq.call("GET", "secondaries")).items.find((each) => each.name === name);
async function enter() {
  const olga = await browser.person();
  await olga.enter(hq.url);
  return olga;
}

test("with another server's certificate the link is refused, and the page shows both fingerprints and what to do", async () => {
  const dmz = await site.server("dmz");
  const olga = await enter();
  const wizard = new Wizard(olga);
  await wizard.open(hq.url, root);
  await olga.page.locator("#dmz").check();
  await olga.page.locator("#address").fill(dmz.ports.link);
  await wizard.next();
  await olga.page.locator("#source-file").check();
  await wizard.file(shop.certificate);
  await olga.page.locator(`[data-fingerprint="${shop.fingerprint}"]`).waitFor();
  await wizard.next();
  await olga.page.locator("#name").fill("dmz");
  await wizard.next();
  await olga.page.locator("#by-file").check();
  await wizard.next();
  await wizard.begin();
  await olga.page.locator("[data-registered]").waitFor();
  const problem = olga.page.locator('[data-code="certificate_mismatch"]'); // live, as soon as the link was tried
  await problem.waitFor({ timeout: 60_000 });
  const text = await problem.textContent();
  for (const each of [dmz, shop]) assert.ok(text.replaceAll(":", "").includes(each.fingerprint.replaceAll(":", "")), `${each.name}'s fingerprint is told: ${text}`);
  await olga.isClean("wizard, another server's certificate");
  assert.equal((await named("dmz")).state, "refused");
  await olga.page.goto(`${hq.url}/secondaries/${(await named("dmz")).id}`);
  await problem.waitFor();
  await olga.leave();
});

test("a proxy that refuses is named where its address was typed, with what to do", async () => {
  const proxy = await refusingProxy();
  const olga = await enter();
  const wizard = new Wizard(olga);
  await wizard.open(hq.url, root);
  await olga.page.locator("#dmz").check();
  await olga.page.locator("#address").fill("dmz.example:13000");
  await olga.page.locator("#uses-proxy").check();
  await olga.page.locator("#proxy-host").fill("127.0.0.1");
  await olga.page.locator("#proxy-port").fill(String(proxy.port));
  await wizard.next();
  await olga.page.locator('[data-code="proxy_denied"]').waitFor();
  assert.match(await olga.page.locator('[data-code="proxy_denied"]').textContent(), new RegExp(`127\\.0\\.0\\.1:${proxy.port}`));
  assert.deepEqual(proxy.asked, ["dmz.example:13000"], "the proxy was asked for the server, by its name");
  await olga.isClean("wizard, the proxy refuses");
  await olga.leave();
  await proxy.stop();
});

test("two administrators edit one secondary: the second sees both values, keeps what was typed, and decides", async () => {
  await hq.call("POST", "groups", { path: "Managed devices/North" });
  const record = await named("branch");
  const [olga, ken] = [await enter(), await enter()];
  for (const person of [olga, ken]) {
    await person.page.goto(`${hq.url}/secondaries/${record.id}`);
    await person.page.getByRole("button", { name: person.t("servers.actions_for", { name: "branch" }) }).click();
    await person.page.locator('[data-action="edit"]').click();
    await person.page.locator("#edit-name").waitFor();
  }
  const save = (person) => person.page.getByRole("dialog").getByRole("button", { name: person.t("common.save"), exact: true }).click();
  await ken.page.locator("#edit-name").fill("branch of Ken");
  await ken.page.locator("#edit-group").selectOption("Managed devices/North");
  await save(ken);
  await until(() => named("branch of Ken"), "ken's edit is saved");
  await olga.page.locator("#edit-name").fill("branch of Olga");
  await save(olga);
  const name = olga.page.locator('[data-field="name"]');
  await name.waitFor();
  assert.equal(await name.locator('[data-side="theirs"]').textContent(), "branch of Ken");
  assert.equal(await name.locator('[data-side="mine"]').textContent(), "branch of Olga");
  await olga.isClean("conflict of a secondary");
  assert.equal(await olga.page.locator("#edit-name").inputValue(), "branch of Olga");
  assert.equal(await olga.page.locator("#edit-group").inputValue(), "Managed devices/North", "what only Ken changed is taken over");
  await olga.page.getByRole("button", { name: olga.t("conflict.keep_mine") }).click();
  await save(olga);
  const kept = await until(() => named("branch of Olga"), "olga's edit is saved");
  assert.equal(kept.group, "Managed devices/North");
  await hq.call("PATCH", `secondaries/${record.id}`, { name: "branch", group: "Managed devices" });
  await ken.leave();
  await olga.leave();
});

test("a third-level server is opened in the tree and edited there, by clicking alone", async () => {
  const olga = await enter();
  const row = (kind, text, within = "") => olga.page.locator(`[role="treeitem"][data-kind="${kind}"]${within}`).filter({ hasText: text });
  const twist = async (found) => {
    await found.waitFor();
    if ((await found.getAttribute("aria-expanded")) === "false") await found.locator(".daikan-tree-twist").click();
  };
  // Down to the third level: folder, server, its root group, its folder, server.
  await twist(row("group", olga.t("group.root")).first());
  await twist(row("folder", olga.t("tree.folder")).first());
  await twist(row("secondary", "branch"));
  await twist(row("group", olga.t("group.root")).nth(1));
  await twist(row("folder", olga.t("tree.folder")).nth(1).or(row("folder", olga.t("tree.folder")).last()).last());
  await row("secondary", "shop").click();
  await olga.page.locator("main h1").getByText("shop").waitFor();
  assert.match(olga.page.url(), /\/servers\/[^/]+\/servers\/[^/]+$/);
  await olga.isClean("third level, overview");
  await twist(row("secondary", "shop"));
  await row("group", olga.t("group.root")).nth(2).click();
  await olga.page.getByRole("button", { name: olga.t("servers.actions_for", { name: olga.t("group.root") }) }).click();
  await olga.page.locator('[data-action="add"]').click();
  await olga.page.locator("#group-name").fill("Tills");
  await olga.page.getByRole("dialog").getByRole("button", { name: olga.t("common.add"), exact: true }).click();
  await olga.page.locator("main").getByRole("link", { name: "Tills", exact: true }).waitFor();
  await twist(row("group", olga.t("group.root")).nth(2));
  await row("group", "Tills").waitFor();
  assert.ok((await shop.call("GET", "groups")).items.some((each) => each.path === "Managed devices/Tills"));
  await olga.isClean("third level, group added");
  await olga.leave();
});

test("a session that ends on the wizard's last page loses neither names nor the password that was typed", async () => {
  const office = await site.server("office");
  const olga = await enter();
  const wizard = new Wizard(olga);
  await wizard.open(hq.url, root);
  await olga.page.locator("#address").fill(office.ports.console);
  await wizard.next();
  await wizard.compare(office.fingerprint);
  await olga.page.locator("#name").fill("remote office");
  await wizard.next();
  await olga.page.locator("#primary-address").fill(hq.ports.link);
  await wizard.next();
  await wizard.account();
  for (const each of (await hq.call("GET", "tokens")).items.filter((one) => one.name === "console")) await hq.call("DELETE", `tokens/${each.id}`);
  const again = olga.page.getByRole("dialog").getByLabel(olga.t("sign_in.password"));
  await again.waitFor({ timeout: 60_000 });
  await olga.isClean("last page of the wizard, session over");
  await again.fill(password);
  await olga.page.getByRole("dialog").getByRole("button", { name: olga.t("sign_in.submit") }).click();
  await again.waitFor({ state: "hidden" });
  await wizard.begin();
  await olga.page.locator('[data-operation="done"]').waitFor({ timeout: 60_000 });
  assert.equal((await named("remote office")).state, "connected");
  await olga.leave();
});
