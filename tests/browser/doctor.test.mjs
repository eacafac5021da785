// The link doctor by clicking, in both languages: from a secondary, to the primary, through the tree, and of a link that does not work.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";

let browser, site, hq, branch, connected, dead;
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  const away = await site.server("away");
  await site.join(hq, branch);
  dead = await hq.call("POST", "secondaries", { group: "Managed devices", name: "dmz", direction: "primary_dials", address: away.ports.link, certificate: away.certificate.toString("base64") });
  await away.stop();
  connected = await until(async () => (await hq.call("GET", "secondaries")).items.find((each) => each.state === "connected"), "branch is connected");
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("a link that works is examined from both ends, and the report is a file", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      await olga.enter(hq.url);
      await page.goto(`${hq.url}/secondaries/${connected.id}`);
      await page.getByRole("button", { name: t("servers.actions_for", { name: "branch" }) }).click();
      await page.locator('[data-action="check"]').click();
      await page.locator('[data-found="ok"]').waitFor({ timeout: 80_000 });
      await page.locator('[data-end="hq"]').waitFor();
      await page.locator('[data-end="branch"]').waitFor();
      assert.equal(await page.locator(".pf-v6-c-progress-stepper__step").count(), 10);
      await olga.isClean("a link that works");
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: t("link_doctor.download") }).click()]);
      assert.match(file.suggestedFilename(), /^daikan-link-hq-branch-\d{8}T\d{6}Z\.json$/);
      const report = JSON.parse(readFileSync(await file.path(), "utf8"));
      assert.equal(report.ok, true);
      assert.equal(report.steps.length, 10);
      await olga.leave();
    });

    test("a link that does not work names the first failing step and what to do", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      await olga.enter(hq.url);
      await page.goto(`${hq.url}/link-doctor?secondary=${dead.id}`);
      await page.locator('[data-code="refused"]').first().waitFor({ timeout: 80_000 });
      assert.ok((await page.locator(".pf-v6-c-progress-stepper__step.pf-m-danger").first().textContent()).includes(t("link_doctor.step_tcp")));
      await page.getByRole("button", { name: t("link_doctor.again") }).waitFor();
      await olga.isClean("a link that does not work");
      await olga.leave();
    });
  });
}

test("a lower server is asked about its primary through the tree", async () => {
  const olga = await browser.person();
  const { page, t } = olga;
  await olga.enter(hq.url);
  await page.goto(`${hq.url}/servers/${connected.id}/properties/hierarchy`);
  await page.getByRole("link", { name: t("secondary.check_link") }).click();
  await page.locator('[data-found="ok"]').waitFor({ timeout: 80_000 });
  await olga.isClean("the link to the primary");
  await olga.leave();
});
