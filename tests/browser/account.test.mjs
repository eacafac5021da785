// One's own account by clicking, in both languages: password, second factor with its recovery codes, API tokens, sessions, language and theme.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { Site } from "./support/servers.mjs";

let browser, site, hq;
before(async () => {
  site = new Site();
  [browser, hq] = await Promise.all([Browser.start(), site.server("hq")]);
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

/** RFC 6238 with SHA-1, six digits, 30 seconds: what an authenticator app shows. `later`: so many steps from now. */
function codeOf(secret, later = 0) {
  let bits = "";
  for (const letter of secret.replace(/[\s=]/g, "")) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const mac = createHmac("sha1", key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const first = "a few words that nobody guesses";
const second = "other words that nobody guesses";

async function enter(person, name, secret) {
  await person.page.goto(hq.url);
  await person.page.getByLabel(person.t("sign_in.user")).fill(name);
  await person.page.getByLabel(person.t("sign_in.password")).fill(secret);
  await person.page.getByRole("button", { name: person.t("sign_in.submit") }).click();
}

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("a person changes the password, sets up a second factor and signs in with a recovery code, and turns it off", async () => {
      const name = `ivan-${language}`;
      await hq.call("POST", "users", { name, password: first, assignments: [{ role: "viewer" }] });
      const ivan = await browser.person({ language });
      const { page, t } = ivan;
      await enter(ivan, name, first);
      await page.locator(".daikan-brand-server").waitFor();
      await page.getByRole("button", { name: t("shell.user_menu", { name }) }).click();
      await page.getByRole("menuitem", { name: t("shell.account") }).click();
      await page.locator("#current-password").fill("not the password");
      await page.locator("#new-password").fill(second);
      await page.locator("#new-password-again").fill("another");
      await page.getByRole("button", { name: t("account.change_password") }).click();
      await page.getByText(t("account.password_differs")).waitFor();
      await page.locator("#new-password-again").fill(second);
      await page.getByRole("button", { name: t("account.change_password") }).click();
      await page.locator("#current-password-help").waitFor();
      await ivan.isClean("a wrong current password");
      await page.locator("#current-password").fill(first);
      await page.getByRole("button", { name: t("account.change_password") }).click();
      await page.getByText(t("account.password_changed")).waitFor();

      await page.getByRole("button", { name: t("account.set_up") }).click();
      const secret = await page.locator("[data-secret]").getAttribute("data-secret");
      await page.getByRole("img", { name: t("account.enrol_qr") }).waitFor();
      await page.locator("#two-factor-code").fill("000000");
      await page.getByRole("button", { name: t("account.turn_on") }).click();
      await page.locator("#two-factor-code-help").getByText(/\S/).first().waitFor();
      await ivan.isClean("setting up the second factor");
      await page.locator("#two-factor-code").fill(codeOf(secret));
      await page.getByRole("button", { name: t("account.turn_on") }).click();
      await page.locator(".daikan-codes li").first().waitFor();
      const codes = await page.locator(".daikan-codes li").allTextContents();
      assert.equal(codes.length, 10);
      await ivan.isClean("recovery codes");
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: t("account.codes_save") }).click()]);
      for (const code of codes) assert.ok(readFileSync(await file.path(), "utf8").includes(code));
      await page.getByRole("button", { name: t("account.codes_kept") }).click();
      await page.locator('[data-two-factor="on"]').waitFor();

      const elsewhere = await browser.person({ language });
      await enter(elsewhere, name, second);
      await elsewhere.page.locator("#code").fill(codes[0]);
      await elsewhere.page.getByRole("button", { name: t("sign_in.submit") }).click();
      await elsewhere.page.locator(".daikan-brand-server").waitFor();

      await page.reload();
      await page.locator('[data-two-factor="on"]').waitFor();
      await page.getByRole("button", { name: t("account.turn_off") }).click();
      await page.locator("#two-factor-code").fill(codes[1]);
      await ivan.isClean("turning the second factor off");
      await page.getByRole("dialog").getByRole("button", { name: t("account.turn_off") }).click();
      await page.locator('[data-two-factor="off"]').waitFor();

      await page.getByRole("link", { name: t("account.section_sessions") }).click();
      await page.getByRole("button", { name: t("sessions.end"), exact: true }).first().click();
      await ivan.isClean("own sessions");
      await page.getByRole("dialog").getByRole("button", { name: t("sessions.end"), exact: true }).click();
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await elsewhere.page.reload();
      await elsewhere.page.getByRole("button", { name: t("sign_in.submit") }).waitFor();
      await elsewhere.leave();
      await ivan.leave();
    });

    test("a token is made with a scope, works as far as that goes, is shown once and revoked; language and theme change in place", async () => {
      const olga = await browser.person({ language });
      const { page, t } = olga;
      await olga.enter(hq.url);
      await page.goto(`${hq.url}/account/tokens`);
      await page.getByText(t("tokens.none"), { exact: true }).waitFor();
      await olga.isClean("no tokens");
      await page.getByRole("button", { name: t("tokens.add"), exact: true }).click();
      await page.locator("#token-name").fill("nightly report");
      await page.locator("#token-days").fill("400");
      await page.getByText(t("tokens.days_range", { most: 365 })).waitFor();
      assert.ok(await page.getByRole("button", { name: t("tokens.make") }).isDisabled());
      await page.locator("#token-days").fill("7");
      await olga.isClean("making a token");
      await page.getByRole("button", { name: t("tokens.make") }).click();
      const secret = await page.getByRole("dialog").getByLabel(t("tokens.secret"), { exact: true }).first().inputValue();
      assert.match(secret, /^dkt_/);
      await olga.isClean("the secret of a token");
      const asks = { authorization: `Bearer ${secret}` };
      assert.ok((await hq.call("GET", "groups", undefined, asks)).items.length > 0);
      await assert.rejects(hq.call("GET", "users", undefined, asks), /403/);
      await page.getByRole("button", { name: t("tokens.kept") }).click();
      await page.locator('[data-row="nightly report"]').waitFor();
      assert.equal(await page.getByText(secret).count(), 0);
      await page.getByRole("button", { name: t("tokens.revoke_one", { name: "nightly report" }) }).click();
      await page.getByRole("dialog").getByRole("button", { name: t("tokens.revoke"), exact: true }).click();
      await page.getByText(t("tokens.none"), { exact: true }).waitFor();
      await assert.rejects(hq.call("GET", "groups", undefined, asks), /401/);

      await page.getByRole("link", { name: t("account.section_appearance") }).click();
      await page.locator("#theme-dark").check();
      await page.locator("html.pf-v6-theme-dark").waitFor({ state: "attached" });
      await olga.isClean("dark");
      await page.locator(language === "en" ? "#language-ja" : "#language-en").click(); // checked once its texts are there
      await page.locator(`html[lang="${language === "en" ? "ja" : "en"}"]`).waitFor({ state: "attached" });
      await olga.isClean("the other language");
      await olga.leave();
    });
  });
}
