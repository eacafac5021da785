// Joining in each of the three ways by clicking, in English and in Japanese; what goes wrong on the way; a link that drops and returns.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { freePort, password, Site, until } from "./support/servers.mjs";
import { setPrimary, Wizard } from "./support/wizard.mjs";

let browser, site, hq, root;
before(async () => {
  site = new Site();
  [browser, hq] = await Promise.all([Browser.start(), site.server("hq")]);
  root = (await hq.call("GET", "groups")).items[0].id;
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

const named = async (name) => (await hq.call("GET", "secondaries")).items.find((each) => each.name === name);
const connected = (name) => until(async () => (await named(name))?.state === "connected", `${name} is connected`);

async function administrator(language) {
  const olga = await browser.person({ language });
  await olga.enter(hq.url);
  return [olga, new Wizard(olga)];
}

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("way 1: the console reaches both, and the wizard ends with the secondary connected; a wrong password is mended where it failed", async () => {
      const branch = await site.server(`branch-${language}`);
      const [olga, wizard] = await administrator(language);
      await wizard.open(hq.url, root);
      await olga.isClean("wizard, address");
      await olga.page.locator("#address").fill(branch.ports.console);
      await wizard.next();
      await olga.page.locator(`[data-fingerprint="${branch.fingerprint}"]`).waitFor();
      await olga.isClean("wizard, certificate");
      await wizard.compare(branch.fingerprint);
      await wizard.next();
      await olga.page.locator("#primary-address").fill(hq.ports.link);
      await olga.isClean("wizard, way to the primary");
      await wizard.next();
      await wizard.account("not the password");
      await wizard.begin();
      await olga.page.locator('[data-operation="failed"]').waitFor();
      assert.equal(await named(branch.name), undefined, "nothing is left behind");
      await olga.isClean("wizard, failed");
      await olga.page.locator("#secondary-password").fill(password);
      await olga.page.getByRole("button", { name: olga.t("add_secondary.resume") }).click();
      await olga.page.locator('[data-operation="done"]').waitFor({ timeout: 60_000 });
      await olga.isClean("wizard, done");
      assert.notEqual(await olga.page.evaluate(() => document.activeElement.tagName), "BODY", "the focus is where it goes on");
      assert.equal((await named(branch.name)).state, "connected");
      assert.deepEqual([...olga.asked], [hq.url], "the browser itself speaks to the primary alone");
      await olga.leave();
    });

    test("way 2: certificate files, the two sides set up apart; the waiting page turns to connected by itself", async () => {
      const office = await site.server(`office-${language}`);
      const [olga, wizard] = await administrator(language);
      await wizard.open(hq.url, root);
      await wizard.next();
      await wizard.file(office.certificate);
      await olga.page.locator(`[data-fingerprint="${office.fingerprint}"]`).waitFor();
      await olga.isClean("wizard, certificate file");
      await wizard.next();
      await olga.page.locator("#name").fill(office.name);
      await wizard.next();
      if (await olga.page.locator("#primary-address").isVisible()) await wizard.next();
      await wizard.begin();
      await olga.page.locator("[data-registered]").waitFor();
      await olga.isClean("wizard, handover");
      assert.equal((await named(office.name)).state, "never_connected");

      const ken = await browser.person({ language });
      await setPrimary(ken, office, hq.certificate, hq.ports.link);
      await connected(office.name);
      await olga.page.getByRole("button", { name: olga.t("add_secondary.open") }).waitFor({ timeout: 30_000 });
      await ken.isClean("properties, hierarchy");
      await ken.leave();
      await olga.leave();
    });

    test("way 3: the primary dials into a DMZ, the other side waits for it", async () => {
      const dmz = await site.server(`dmz-${language}`);
      const [olga, wizard] = await administrator(language);
      await wizard.open(hq.url, root);
      await olga.page.locator("#dmz").check();
      await olga.page.locator("#address").fill(dmz.ports.link);
      await wizard.next();
      await wizard.compare(dmz.fingerprint);
      await olga.page.locator("#name").fill(dmz.name);
      await wizard.next();
      await olga.page.locator("#sets-up").check();
      assert.equal(await olga.page.locator("#console").inputValue(), "127.0.0.1", "a guess, there before the field is entered");
      await olga.page.locator("#console").fill(dmz.ports.console);
      await wizard.account();
      await wizard.begin();
      await olga.page.locator('[data-operation="done"]').waitFor({ timeout: 60_000 });
      assert.equal((await named(dmz.name)).direction, "primary_dials");
      await olga.isClean("wizard, way 3 done");
      await olga.leave();
    });
  });
}

test("an address where nothing listens, and a proxy that refuses, are told at the certificate page with what to do", async () => {
  const [olga, wizard] = await administrator("en");
  const port = await freePort();
  await wizard.open(hq.url, root);
  await olga.page.locator("#address").fill(`127.0.0.1:${port}`);
  await wizard.next();
  await olga.page.getByText(`127.0.0.1:${port}: connection refused.`, { exact: false }).first().waitFor();
  await olga.isClean("wizard, nothing listens");
  await wizard.open(hq.url, root);
  await olga.page.locator("#dmz").check();
  await olga.page.locator("#address").fill("dmz.invalid:13000");
  await olga.page.locator("#uses-proxy").check();
  await olga.page.locator("#proxy-host").fill("127.0.0.1");
  await olga.page.locator("#proxy-port").fill(String(port));
  await wizard.next();
  await olga.page.getByText("proxy", { exact: false }).first().waitFor();
  await olga.isClean("wizard, the proxy is away");
  await olga.leave();
});

test("a session that ends in the middle of the wizard loses nothing typed", async () => {
  const [olga, wizard] = await administrator("en");
  await wizard.open(hq.url, root);
  await olga.page.locator("#address").fill((await site.server("typed")).ports.console);
  const tokens = await hq.call("GET", "tokens");
  for (const each of tokens.items.filter((one) => one.name === "console" || one.client === "console")) await hq.call("DELETE", `tokens/${each.id}`);
  await olga.page.getByLabel(olga.t("sign_in.password")).waitFor({ timeout: 60_000 }); // by itself: the live events end with the session
  await olga.isClean("wizard, session over");
  await olga.page.getByLabel(olga.t("sign_in.password")).fill(password);
  await olga.page.getByRole("button", { name: olga.t("sign_in.submit") }).click();
  await wizard.next();
  await olga.page.locator("[data-fingerprint]").first().waitFor();
  await olga.page.getByRole("button", { name: olga.t("add_secondary.back") }).click();
  assert.match(await olga.page.locator("#address").inputValue(), /^127\.0\.0\.1:\d+$/);
  await olga.leave();
});

test("a link that drops and returns is shown live, without a reload", async () => {
  const branch = site.parts.find((part) => part.name === "branch-en");
  const record = await named("branch-en");
  const [olga] = await administrator("en");
  await olga.page.goto(`${hq.url}/secondaries/${record.id}`);
  const state = (name) => olga.page.locator("main").getByText(olga.t(`link_state.${name}`), { exact: true }).first();
  await state("connected").waitFor();
  await olga.page.evaluate(() => (window.stays = true));
  await branch.stop();
  await state("disconnected").waitFor({ timeout: 30_000 });
  await branch.start();
  await state("connected").waitFor({ timeout: 60_000 });
  assert.equal(await olga.page.evaluate(() => window.stays), true);
  await olga.isClean("secondary, back again");
  await olga.leave();
});

test("a third-level server is opened and edited from the root", async () => {
  const shop = await site.server("shop");
  const branch = site.parts.find((part) => part.name === "branch-en");
  await site.join(branch, shop);
  const first = (await named("branch-en")).id;
  const second = (await hq.call("GET", `servers/${first}/relay/secondaries`)).items[0].id;
  const [olga] = await administrator("en");
  await olga.page.goto(`${hq.url}/servers/${first}/servers/${second}/properties`);
  await olga.page.locator("main h1").getByText("shop").waitFor();
  await olga.isClean("third level, properties");
  await hq.call("POST", `servers/${first}/relay/servers/${second}/relay/groups`, { path: "Managed devices/Tills" });
  assert.ok((await shop.call("GET", "groups")).items.some((each) => each.path === "Managed devices/Tills"));
  await olga.leave();
});

