// Every page of the console in both languages and both themes, of real servers: screenshots.mjs [FOLDER] (build/screenshots).
//
// A new page of web/src/routes.tsx belongs into `pages`. "hq" has a connected secondary, one that never connected, and a third level.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";

const folder = process.argv[2] ?? "build/screenshots";
const site = new Site();
let browser;
try {
  mkdirSync(folder, { recursive: true });
  browser = await Browser.start();
  const [hq, branch, shop, away] = await Promise.all(["hq", "branch", "shop", "away"].map((name) => site.server(name)));
  await hq.call("POST", "groups", { path: "Managed devices/Branches" });
  await site.join(hq, branch, "Managed devices/Branches");
  await site.join(branch, shop);
  await hq.call("POST", "secondaries", { group: "Managed devices/Branches", name: "branch7", direction: "secondary_dials", certificate: away.certificate.toString("base64") });
  const groups = (await hq.call("GET", "groups")).items;
  const secondaries = await until(async () => {
    const { items } = await hq.call("GET", "secondaries");
    return items.some((each) => each.state === "connected") && items;
  }, "branch is connected");
  const connected = secondaries.find((each) => each.state === "connected");
  const group = groups.find((each) => each.path === "Managed devices/Branches");
  const pages = {
    overview: "/",
    group: `/groups/${group.id}`,
    wizard: `/groups/${group.id}/add-secondary`,
    secondary: `/secondaries/${connected.id}`,
    hierarchy: "/hierarchy",
    properties: "/properties",
    properties_hierarchy: "/properties/hierarchy",
    properties_certificate: "/properties/certificate",
    below: `/servers/${connected.id}`,
    unrecognised: "/unrecognised",
    events: "/events",
    audit: "/audit",
    users: "/users",
    account: "/account",
    notifications: "/notifications",
    invitations: "/invitations",
    backups: "/backups",
  };
  for (const language of ["en", "ja"]) {
    for (const theme of ["light", "dark"]) {
      const olga = await browser.person({ language, theme });
      const keep = (name) => olga.page.screenshot({ path: join(folder, `${name}-${language}-${theme}.png`) });
      await olga.page.goto(hq.url);
      await olga.page.getByRole("button", { name: olga.t("sign_in.submit") }).waitFor();
      await keep("sign_in");
      await olga.enter();
      for (const [name, path] of Object.entries(pages)) {
        await olga.page.goto(hq.url + path);
        await olga.page.locator("main").getByRole("heading").first().waitFor();
        await olga.page.waitForTimeout(700); // tables and pictures that are still being filled in; nothing depends on it but the look
        if ((await olga.page.getByText(olga.t("not_found.title")).count()) === 0) await keep(name);
      }
      if (olga.wrongs.length > 0) console.error(olga.wrongs.join("\n"));
      await olga.leave();
    }
  }
  for (const language of ["en", "ja"]) {
    const local = await site.console();
    const olga = await browser.person({ language });
    await olga.page.goto(local.address);
    await olga.page.locator("h1").first().waitFor();
    await olga.page.screenshot({ path: join(folder, `console-${language}-light.png`) });
    await olga.leave();
    await local.stop();
    site.parts.pop();
  }
  console.log(`The screenshots are in ${folder}.`);
} finally {
  await browser?.stop();
  await site.stop();
}
