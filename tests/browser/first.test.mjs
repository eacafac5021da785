// Signing in and the first pages, in both languages.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { password, Site, until, user } from "./support/servers.mjs";

let browser, site, hq;
before(async () => {
  site = new Site();
  [browser, hq] = await Promise.all([Browser.start(), site.server("hq")]);
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

for (const language of ["en", "ja"]) {
  describe(language, () => {
    test("a person signs in and sees the server, and no page has a grave fault", async () => {
      const olga = await browser.person({ language });
      await olga.page.goto(hq.url);
      await olga.page.getByRole("button", { name: olga.t("sign_in.submit") }).waitFor();
      await olga.isClean("sign-in");
      await olga.signIn();
      await olga.page.getByText(olga.t("overview.first_title")).waitFor();
      await olga.isClean("overview");
      assert.deepEqual([...olga.asked], [hq.url], "the browser speaks to this server alone");
      await olga.leave();
    });

    test("a wrong password is told at the form, and the right one still works", async () => {
      const olga = await browser.person({ language });
      await olga.signIn(hq.url, "not the password");
      await olga.page.getByText(language === "en" ? "The user name or the password is wrong." : olga.t("problem.wrong_credentials.sentence")).waitFor();
      await olga.isClean("sign-in with a wrong password");
      await olga.signIn();
      await olga.page.getByText(olga.t("overview.first_title")).waitFor();
      await olga.leave();
    });
  });
}

test("the tab of the page that is open is in sight, also where not all of them fit", async () => {
  const olga = await browser.person();
  await olga.enter(hq.url);
  for (const width of [1280, 800]) {
    await olga.page.setViewportSize({ width, height: 800 });
    await olga.page.goto(`${hq.url}/properties`);
    const tab = olga.page.locator('.daikan-server-menu a[aria-current="page"]');
    await tab.waitFor();
    await until(async () => {
      const [box, list] = [await tab.boundingBox(), await olga.page.locator(".daikan-server-menu ul").boundingBox()];
      return box.x >= list.x - 1 && box.x + box.width <= list.x + list.width + 1;
    }, `the open tab is in sight at ${width} pixels`);
  }
  await olga.leave();
});

test("a server that ends and comes back is told live, without a reload", async () => {
  const olga = await browser.person();
  await olga.signIn(hq.url);
  await olga.page.getByText(olga.t("overview.first_title")).waitFor();
  await olga.page.evaluate(() => (window.stays = true));
  olga.expected.push(/ERR_CONNECTION_REFUSED|ERR_/);
  await hq.stop();
  await olga.page.getByText(olga.t("away.sentence")).waitFor({ timeout: 30_000 });
  await hq.start();
  await olga.page.getByText(olga.t("away.sentence")).waitFor({ state: "hidden", timeout: 30_000 });
  assert.equal(await olga.page.evaluate(() => window.stays), true);
  await olga.isClean("overview, the server back");
  await olga.leave();
});

test("the pages come packed, their assets stay in the cache, and the first load is small", async () => {
  const olga = await browser.person();
  const seen = new Map();
  let bytes = 0;
  const spy = await olga.context.newCDPSession(olga.page);
  await spy.send("Network.enable");
  spy.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  olga.page.on("response", (answer) => seen.set(new URL(answer.url()).pathname, answer.headers()));
  await olga.page.goto(hq.url);
  await olga.page.getByRole("button", { name: olga.t("sign_in.submit") }).waitFor();
  await until(() => seen.size > 3, "assets were loaded");
  assert.equal(seen.get("/")["cache-control"], "no-cache");
  assert.match(seen.get("/")["content-security-policy"], /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
  const scripts = [...seen].filter(([path]) => path.endsWith(".js"));
  assert.ok(scripts.length > 0);
  for (const [path, headers] of scripts) assert.match(headers["cache-control"], /immutable/, path);
  assert.equal(scripts.sort((a, b) => b[1]["content-length"] - a[1]["content-length"])[0][1]["content-encoding"], "br");
  console.log(`first load: ${(bytes / 1000).toFixed(0)} kB`);
  assert.ok(bytes < 600_000, `${bytes} bytes`);
  await olga.leave();
});

test("consoles on two ports of one host are open side by side in one browser", async () => {
  const branch = await site.server("branch");
  const olga = await browser.person();
  await olga.enter(hq.url);
  const other = await olga.context.newPage();
  await other.goto(branch.url);
  await other.getByLabel(olga.t("sign_in.user")).fill(user);
  await other.getByLabel(olga.t("sign_in.password")).fill(password);
  await other.getByRole("button", { name: olga.t("sign_in.submit") }).click();
  await other.locator(".daikan-brand-server").getByText("branch").waitFor();
  for (const [page, name] of [[olga.page, "hq"], [other, "branch"]]) {
    await page.reload();
    await page.locator(".daikan-brand-server").getByText(name).waitFor();
  }
  const names = (await olga.context.cookies()).map((each) => each.name).sort();
  assert.deepEqual(names, [hq, branch].map((each) => `daikan_session_${new URL(each.url).port}`).sort());
  await olga.leave();
});
