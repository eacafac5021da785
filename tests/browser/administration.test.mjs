// Invitations, notifications, backups and a certificate of one's own by clicking, in both languages.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { daikan, Site, until } from "./support/servers.mjs";

let browser, site, hq, branch;
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  await hq.call("POST", "groups", { path: "Managed devices/Branches" });
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

async function invite(olga, name) {
  const { page, t } = olga;
  await page.goto(`${hq.url}/invitations`);
  await page.getByRole("button", { name: t("invitations.add"), exact: true }).first().click();
  await page.locator("#invitation-name").fill(name);
  await page.locator("#invitation-group").selectOption("Managed devices/Branches");
  await page.locator("#invitation-addresses").fill(hq.ports.link);
  await olga.isClean("inviting a server");
  await page.getByRole("button", { name: t("invitations.make"), exact: true }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: t("invitations.download") }).click()]);
  await olga.isClean("the file of an invitation");
  await page.getByRole("dialog").getByRole("button", { name: t("common.close"), exact: true }).click();
  return file;
}

/** The kernel's port, and what was posted there. */
async function hook() {
  const got = [];
  const server = createServer((asked, answer) => {
    let body = "";
    asked.on("data", (piece) => (body += piece));
    asked.on("end", () => {
      got.push({ body: JSON.parse(body), signature: asked.headers["daikan-signature"] });
      answer.writeHead(204).end();
    });
  });
  await new Promise((go) => server.listen(0, "127.0.0.1", go));
  return { url: `http://127.0.0.1:${server.address().port}/daikan`, got, stop: () => new Promise((go) => server.close(go)) };
}

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("a server is invited, joins with the file, and an invitation that nobody used is revoked", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      await olga.enter(hq.url);
      const file = await invite(olga, `branch-${language}`);
      assert.match(file.suggestedFilename(), /\.invitation$/);
      const there = await browser.person({ language });
      await there.enter(branch.url);
      await there.page.goto(`${branch.url}/properties/hierarchy`);
      const card = there.page.locator("form", { has: there.page.locator("#join-uses-proxy") });
      const chooser = card.locator('input[type="file"]');
      await chooser.setInputFiles({ name: "wrong.invitation", mimeType: "text/plain", buffer: Buffer.from("no invitation") });
      await there.page.getByRole("button", { name: t("join.join"), exact: true }).click();
      await card.getByText(language === "ja" ? t("problem.invitation_unreadable.sentence") : /invitation/i).last().waitFor();
      await there.isClean("a file that is no invitation");
      await chooser.setInputFiles({ name: "branch.invitation", mimeType: "text/plain", buffer: readFileSync(await file.path()) });
      await there.page.getByRole("button", { name: t("join.join"), exact: true }).click();
      await there.page.locator('main [data-state="connected"]').first().waitFor({ timeout: 60_000 });
      await there.isClean("joined by invitation");
      await page.locator('[data-invitation="used"]').first().waitFor({ timeout: 40_000 });
      await olga.isClean("invitations");

      await invite(olga, `other-${language}`);
      await page.getByRole("button", { name: t("invitations.revoke_one", { name: `other-${language}` }) }).click();
      await page.getByRole("dialog").getByRole("button", { name: t("invitations.revoke"), exact: true }).click();
      await page.locator('[data-invitation="revoked"]').first().waitFor();

      // For the next language the branch stands alone again.
      await branch.call("DELETE", "primary");
      await until(async () => (await hq.call("GET", "secondaries")).items.every((each) => each.state !== "connected"), "the branch has left");
      for (const each of (await hq.call("GET", "secondaries")).items) await hq.call("DELETE", `secondaries/${each.id}`);
      await there.leave();
      await olga.leave();
    });

    test("a webhook is added, tested, changed and deleted; a mail server that is not there is told", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      const receiver = await hook();
      await olga.enter(hq.url);
      await page.goto(`${hq.url}/properties/notifications`);
      await page.getByText(t("notifications.none"), { exact: true }).waitFor();
      await olga.isClean("no destinations");
      await page.getByRole("button", { name: t("notifications.add"), exact: true }).first().click();
      await olga.isClean("adding a mail destination");
      await page.locator("#destination-webhook").check();
      await page.locator("#destination-name").fill("ops");
      await page.locator("#destination-address").fill("nonsense");
      await page.getByRole("button", { name: t("common.add"), exact: true }).click();
      await page.locator('#destination-address[aria-invalid="true"]').waitFor();
      await olga.isClean("a wrong address");
      await page.locator("#destination-address").fill(receiver.url);
      await page.locator("#destination-secret").fill("a key of some length");
      await page.getByRole("button", { name: t("common.add"), exact: true }).click();
      await page.locator('[data-row="ops"]').waitFor();

      const choose = async (action) => {
        await page.locator('[data-row="ops"]').getByRole("button").last().click();
        await page.locator(`[data-action="${action}"]`).click();
      };
      await choose("test");
      await page.locator('[data-tested="true"]').waitFor();
      await until(() => receiver.got.length > 0, "the test arrived");
      assert.match(receiver.got[0].signature, /^t=\d+,v1=[0-9a-f]{64}$/);
      await olga.isClean("a test that was delivered");

      await receiver.stop();
      await choose("edit");
      await page.locator("#destination-severity").selectOption("critical");
      await olga.isClean("editing a destination");
      await page.getByRole("button", { name: t("common.save"), exact: true }).click();
      await page.locator('[data-row="ops"]').getByText(t("history.from_critical")).waitFor();
      await choose("test");
      await page.locator('[data-tested="false"]').waitFor();
      await olga.isClean("a test that was not delivered");
      await choose("delete");
      await page.getByRole("dialog").getByRole("button", { name: t("common.delete"), exact: true }).click();
      await page.getByText(t("notifications.none"), { exact: true }).waitFor();
      await olga.leave();
    });

    test("a backup is made and restored from", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      await olga.enter(hq.url);
      await page.goto(`${hq.url}/properties/backups`);
      await page.locator("#passphrase").fill("short");
      await page.locator("#passphrase-again").fill("other");
      await page.getByRole("button", { name: t("backups.make"), exact: true }).click();
      await page.getByText(t("backups.passphrase_short")).waitFor();
      await page.getByText(t("backups.passphrase_differs")).waitFor();
      await olga.isClean("a passphrase that is too short");
      const secret = "several words that nobody guesses";
      await page.locator("#passphrase").fill(secret);
      await page.locator("#passphrase-again").fill(secret);
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: t("backups.make"), exact: true }).click()]);
      assert.match(file.suggestedFilename(), /^hq-.*\.backup$/);
      await page.getByText(t("backups.made")).waitFor();
      await olga.isClean("backups");
      const kept = join(site.folder, `${language}.backup`), words = join(site.folder, `${language}.words`);
      await file.saveAs(kept);
      writeFileSync(words, secret);
      daikan(site.folder, ["restore", kept, "--data", join(site.folder, `restored-${language}`), "--passphrase-file", words]);
      await olga.leave();
    });

    test("a certificate of one's own is judged and used", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      const own = await site.server(`own-${language}`);
      const key = join(site.folder, `${language}.key`), certificate = join(site.folder, `${language}.crt`);
      execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate, "-days", "30", "-subj", "/CN=own"], { stdio: "ignore" });
      await olga.enter(own.url);
      await page.goto(`${own.url}/properties/certificate`);
      const form = page.locator("form", { has: page.locator("#own-key-passphrase") });
      const use = async (buffer) => {
        await form.locator('input[type="file"]').setInputFiles({ name: "own.pem", mimeType: "application/x-pem-file", buffer });
        await form.getByRole("button", { name: t("own_key.set"), exact: true }).click();
        await page.getByRole("dialog").getByRole("button", { name: t("own_key.set"), exact: true }).click();
        await page.getByRole("dialog").waitFor({ state: "hidden" });
      };
      await use(readFileSync(certificate)); // no key in it
      await form.locator("#own-key-help, .daikan-problem").first().waitFor();
      await olga.isClean("a file without a key");
      olga.expected.push(/ERR_/); // the port begins to present another certificate
      await use(Buffer.concat([readFileSync(key), readFileSync(certificate)]));
      await page.getByText(t("own_key.used")).waitFor({ timeout: 40_000 });
      await olga.isClean("a certificate of one's own");
      await olga.leave();
    });
  });
}
