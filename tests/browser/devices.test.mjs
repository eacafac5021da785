// Devices that somebody's inventory tells: counted on the overview, of the server and of all below it, listed in a group, in the report.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";

let browser, site, hq, branch;
const tell = (server, devices) => server.call("PUT", "devices", { devices });
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  await site.join(hq, branch);
  await hq.call("POST", "groups", { path: "Managed devices/Shops" });
  await tell(
    hq,
    Array.from({ length: 120 }, (_, i) => ({ name: `till-${String(i).padStart(3, "0")}`, status: i === 7 ? "critical" : "ok", reason: i === 7 ? "no answer" : undefined, group: "Managed devices/Shops" })),
  );
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("their numbers follow what is told, here and below, without a reload; a group lists them; the report sums them up", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      const count = (where, status) => page.locator(`[data-devices="${where}"] [data-device-status="${status}"][data-count]`);
      const shows = (where, status, number) => page.locator(`[data-devices="${where}"] [data-device-status="${status}"][data-count="${number}"]`).waitFor();
      await olga.enter(hq.url);
      await shows("own", "critical", 1);
      const before = Number(await count("own", "unknown").getAttribute("data-count"));
      const below = Number(await count("below", "warning").getAttribute("data-count"));
      await tell(hq, [{ name: `new-${language}`, status: "unknown" }]);
      await shows("own", "unknown", before + 1);
      await tell(branch, [{ name: `pos-${language}`, status: "warning" }]);
      await shows("below", "warning", below + 1);
      await olga.isClean("the overview with devices");

      await page.getByRole("link", { name: t("devices.open") }).click();
      const table = page.getByRole("grid");
      await table.getByText(`new-${language}`, { exact: true }).waitFor();
      assert.equal(await table.locator("tbody tr").count(), 100);
      await page.getByRole("button", { name: t("devices.more") }).click();
      await table.getByText("till-119", { exact: true }).waitFor();
      await page.getByLabel(t("devices.status"), { exact: true }).selectOption("critical");
      await table.getByText("till-000", { exact: true }).waitFor({ state: "detached" });
      await table.getByText("no answer", { exact: true }).waitFor();
      assert.equal(await table.locator("tbody tr").count(), 1);
      await page.getByLabel(t("devices.status"), { exact: true }).selectOption("");
      await page.getByRole("textbox", { name: t("devices.search") }).fill("TILL-11");
      await page.keyboard.press("Enter");
      await table.getByText("till-007", { exact: true }).waitFor({ state: "detached" });
      await table.getByText("till-110", { exact: true }).waitFor();
      assert.equal(await table.locator("tbody tr").count(), 10);
      await olga.isClean("the devices of a group");
      await tell(hq, [{ name: "till-110", status: "warning" }]);
      await table.locator('[data-device-status="warning"]').waitFor();
      await tell(hq, [{ name: "till-110", status: "ok" }]);

      await page.goto(`${hq.url}/reports?kind=devices`);
      await page.getByRole("grid").getByText("hq > branch", { exact: true }).waitFor();
      await page.getByRole("grid").locator("tbody").getByText(t("reports.sum"), { exact: true }).waitFor();
      await olga.isClean("a report of devices");
      await olga.leave();
    });
  });
}

test("a server that is away is named where the sum is, and its numbers stay as they were told last", async () => {
  await until(async () => (await hq.call("GET", "reports/devices")).sum.complete, "all is of now");
  const whole = (await hq.call("GET", "reports/devices")).sum.total;
  await branch.stop();
  const olga = await browser.person();
  const { page, t } = olga;
  await olga.enter(hq.url);
  await page.locator("[data-incomplete]").waitFor();
  await page.getByRole("link", { name: t("devices.by_server") }).click();
  await page.locator('[data-missing="hq > branch"]').waitFor();
  await page.getByRole("grid").locator("tbody").getByText(t("reports.sum_known"), { exact: true }).waitFor();
  assert.equal((await hq.call("GET", "reports/devices")).sum.total, whole);
  await olga.leave();
});
