// What people type and paste: a link for an address, Enter for Next, a port behind the proxy's host, a file that is not the primary's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { freePort, Site } from "./support/servers.mjs";
import { setPrimary, Wizard } from "./support/wizard.mjs";

let browser, site, hq, branch, root;
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  root = (await hq.call("GET", "groups")).items[0].id;
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

async function administrator() {
  const olga = await browser.person();
  await olga.enter(hq.url);
  const wizard = new Wizard(olga);
  await wizard.open(hq.url, root);
  return [olga, wizard];
}
const inView = (found) => found.evaluate((node) => {
  const { top, bottom } = node.getBoundingClientRect();
  return top >= 0 && bottom <= window.innerHeight;
});

test("the link of a console, pasted and ended with Enter, is its address; the port for links is told from the console's", async () => {
  const [olga, wizard] = await administrator();
  const { page, t } = olga;
  await page.locator("#address").fill(branch.ports.link);
  await page.locator("#address").press("Enter");
  await page.getByText(t("add_secondary.is_link_port")).waitFor();
  assert.ok(await page.getByRole("button", { name: t("add_secondary.next"), exact: true }).isDisabled(), "there is nothing to go on with");
  await olga.isClean("wizard, the link port");
  await page.getByRole("button", { name: t("add_secondary.back"), exact: true }).click();
  await page.locator("#address").fill(`${branch.url}/`);
  await page.locator("#address").press("Enter");
  await wizard.compare(branch.fingerprint);
  await page.locator("#name").press("Enter");
  await page.locator("#uses-secondary-proxy").check();
  await page.locator("#secondary-proxy-host").fill("proxy");
  await page.locator("#secondary-proxy-port").fill("777777");
  await page.locator("#secondary-proxy-port").press("Enter");
  await page.getByText(t("proxy.port_range")).waitFor();
  await olga.isClean("wizard, no port");
  await olga.leave();
});

test("the certificate is downloaded under its server's name, which becomes the secondary's", async () => {
  const ken = await browser.person();
  await ken.enter(branch.url);
  await ken.page.goto(`${branch.url}/properties/certificate`);
  const [file] = await Promise.all([ken.page.waitForEvent("download"), ken.page.getByRole("button", { name: ken.t("certificate.download_der") }).click()]);
  assert.equal(file.suggestedFilename(), "branch.cer");
  const [olga, wizard] = await administrator();
  await wizard.next();
  await olga.page.locator('input[type="file"]').setInputFiles({ name: file.suggestedFilename(), mimeType: "application/pkix-cert", buffer: branch.certificate });
  await olga.page.locator(`[data-fingerprint="${branch.fingerprint}"]`).waitFor();
  await wizard.next();
  assert.equal(await olga.page.locator("#name").inputValue(), "branch");
  await ken.leave();
  await olga.leave();
});

test("in a long form, what is wrong is brought into view, and the state of the link after saving", async () => {
  const ken = await browser.person({ size: { width: 1024, height: 700 } });
  await setPrimary(ken, branch, hq.certificate, hq.ports.link);
  const { page, t } = ken;
  await page.locator("#primary-link").waitFor();
  await page.getByText(t("link_state.refused"), { exact: true }).first().waitFor(); // hq does not know it
  assert.ok(await inView(page.locator("#primary-link h2")), "the link's state is seen");
  const save = page.locator("form", { has: page.locator("#used") }).locator('button[type="submit"]');
  await page.locator("#primary-address").fill(`127.0.0.1:${await freePort()}`);
  await save.click();
  await page.locator("#primary-address-help").getByText("connection refused", { exact: false }).waitFor();
  assert.ok(await inView(page.locator("#primary-address")), "the field is seen");
  await page.locator("#primary-address").fill(hq.ports.link);
  await page.locator("form", { has: page.locator("#used") }).locator('input[type="file"]').setInputFiles({ name: "wrong.cer", mimeType: "application/pkix-cert", buffer: (await site.server("other")).certificate });
  await save.click();
  await page.locator("#certificate-help").getByText("the certificate is another one", { exact: false }).waitFor();
  await page.locator("#untested").waitFor();
  await ken.isClean("properties, the wrong file");
  await page.setViewportSize({ width: 390, height: 800 });
  const cut = await page.locator("main .pf-v6-c-card").evaluateAll((cards) => cards.filter((card) => card.scrollWidth > card.clientWidth).map((card) => card.textContent.slice(0, 40)));
  assert.deepEqual(cut, [], "nothing is cut off on a narrow screen");
  await ken.leave();
});
