// Reports over the tree: on the page, as a file and for the printer; what is missing is named.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";

let browser, site, hq, branch;
before(async () => {
  site = new Site();
  let shop;
  [browser, hq, branch, shop] = await Promise.all([Browser.start(), ...["hq", "branch", "shop"].map((name) => site.server(name))]);
  const away = await site.server("away");
  await site.join(hq, branch);
  await site.join(branch, shop);
  await hq.call("POST", "secondaries", { group: "Managed devices", name: "dmz", direction: "primary_dials", address: away.ports.link, certificate: away.certificate.toString("base64") });
  await away.stop();
  // Warnings and above rise by themselves.
  await assert.rejects(shop.call("POST", "sessions", { user: "mallory", password: "a guess that is wrong" }));
  await until(async () => (await hq.call("GET", "rolled_up/servers")).items.some((each) => each.name === "shop" && each.current), "hq has heard of shop");
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("a report names every server and what is missing, counts their events, and is a file and a page to print", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      await olga.enter(hq.url);
      await page.getByRole("link", { name: t("menu.reports"), exact: true }).click();
      const table = page.getByRole("grid");
      await table.getByText("hq > branch > shop", { exact: true }).waitFor();
      await page.locator('[data-missing$="dmz"]').waitFor();
      assert.equal(await page.locator("[data-missing]").count(), 1);
      await olga.isClean("a report of servers");

      await page.getByLabel(t("reports.depth"), { exact: true }).fill("1");
      await table.getByText("hq > branch > shop", { exact: true }).waitFor({ state: "detached" });
      await table.getByText("hq > branch", { exact: true }).waitFor();
      await page.getByLabel(t("reports.depth"), { exact: true }).fill("65");
      await page.getByText(t("reports.depth_bounds")).waitFor();
      await page.getByLabel(t("reports.depth"), { exact: true }).fill("");

      await page.getByLabel(t("reports.kind"), { exact: true }).selectOption("events");
      await table.getByText(t("reports.column_critical"), { exact: true }).waitFor();
      await page.getByLabel(t("reports.details"), { exact: true }).check();
      await table.getByText("login_refused", { exact: true }).first().waitFor();
      await olga.isClean("a report of events");

      const [file] = await Promise.all([page.waitForEvent("download"), page.locator('[data-format="csv"]').click()]);
      assert.equal(file.suggestedFilename(), "events.csv");
      const lines = readFileSync(await file.path(), "utf8").split("\r\n");
      assert.equal(lines[0], "server,at,severity,kind,message,origin_sequence");
      assert.ok(lines.some((line) => line.startsWith("hq > branch > shop,")));
      const [printed] = await Promise.all([olga.context.waitForEvent("page"), page.locator('[data-format="html"]').click()]);
      await printed.getByText("hq > branch > shop").first().waitFor();
      assert.ok((await printed.locator("body").textContent()).includes("hq > dmz"), "what is missing is named on paper too");
      await olga.leave();
    });
  });
}

test("the picture of the hierarchy tells what was below a server that is away", async () => {
  await branch.stop();
  await until(async () => (await hq.call("GET", "secondaries")).items.every((each) => each.state !== "connected"), "branch is away");
  const olga = await browser.person();
  await olga.enter(hq.url);
  await olga.page.goto(`${hq.url}/hierarchy`);
  await olga.page.locator(".daikan-card").filter({ hasText: "branch" }).focus();
  await olga.page.locator("[data-last-known]").getByText("shop").waitFor();
  await olga.isClean("what was below a server that is away");
  await olga.leave();
});
