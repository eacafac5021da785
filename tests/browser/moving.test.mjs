// A secondary moves to another primary by clicking, and comes back from one that is not there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { freePort, Site, until } from "./support/servers.mjs";

let browser, site, first, second, mid, leaf;
before(async () => {
  site = new Site();
  [browser, first, second, mid, leaf] = await Promise.all([Browser.start(), ...["first", "second", "mid", "leaf"].map((name) => site.server(name))]);
  await site.join(first, mid);
  await site.join(mid, leaf);
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

async function move(person, address, wait) {
  const { page, t } = person;
  await page.getByRole("button", { name: t("move.open"), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[type=file]").setInputFiles({ name: "second.cer", mimeType: "application/pkix-cert", buffer: second.certificate });
  await dialog.locator(`[data-fingerprint="${second.fingerprint}"]`).waitFor();
  await dialog.locator("#move-address").fill(address);
  await dialog.locator("#move-wait").fill(wait);
  await person.isClean("moving to another primary");
  await dialog.getByRole("button", { name: t("move.move"), exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

test("a secondary comes back from a primary that is not there, then moves with what is below it", async () => {
  const group = (await second.call("GET", "groups")).items[0].path;
  await second.call("POST", "secondaries", { group, name: "mid", direction: "secondary_dials", certificate: mid.certificate.toString("base64") });
  const since = (await leaf.call("GET", "primary")).since;

  const olga = await browser.person({ language: "ja" });
  await olga.enter(mid.url);
  await olga.page.goto(`${mid.url}/properties/hierarchy`);
  await move(olga, `127.0.0.1:${await freePort()}`, "5");
  await olga.page.locator('[data-move="undone"]').waitFor({ timeout: 60_000 });
  await until(async () => (await mid.call("GET", "primary")).state === "connected", "mid is with its primary again");
  assert.equal((await mid.call("GET", "primary")).name, "first");
  await olga.isClean("a move that was undone");
  await olga.leave();

  const ken = await browser.person();
  await ken.enter(mid.url);
  await ken.page.goto(`${mid.url}/properties/hierarchy`);
  await move(ken, second.ports.link, "60");
  await ken.page.locator('[data-move="done"]').waitFor({ timeout: 80_000 });
  await until(async () => (await second.call("GET", "secondaries")).items[0].state === "connected", "second sees mid");
  await ken.page.getByText("second", { exact: true }).first().waitFor();
  assert.equal((await leaf.call("GET", "primary")).since, since, "the link below stood all the time");
  await ken.leave();
});
