// Every page of the console in both languages and both themes, of real servers: screenshots.mjs [FOLDER (build/screenshots) [NAME…]].
//
// A new page of web/src/routes.tsx belongs into `pages`. "hq" has a connected secondary, one that never connected, and a third level.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Browser } from "./support/browser.mjs";
import { Site, until } from "./support/servers.mjs";
import { Wizard } from "./support/wizard.mjs";

const folder = process.argv[2] ?? "build/screenshots";
const only = process.argv.slice(3);
const isWanted = (name) => only.length === 0 || only.includes(name);
const site = new Site();
let browser;
try {
  mkdirSync(folder, { recursive: true });
  browser = await Browser.start();
  const [hq, branch, shop, away, depot] = await Promise.all(["hq", "branch", "shop", "away", "depot"].map((name) => site.server(name)));
  await hq.call("POST", "groups", { path: "Managed devices/Branches" });
  await site.join(hq, branch, "Managed devices/Branches");
  await site.join(branch, shop);
  await hq.call("POST", "secondaries", { group: "Managed devices/Branches", name: "branch7", direction: "secondary_dials", certificate: away.certificate.toString("base64") });
  const quiet = await hq.call("POST", "policies", { name: "Quiet logs", group: "Managed devices", active: true, settings: { "log.level": { value: "warning", locked: true }, "events.info_days": { value: 30, locked: false } } });
  await hq.call("PATCH", `policies/${quiet.id}`, { settings: { "log.level": { value: "warning", locked: true }, "events.info_days": { value: 60, locked: false }, "sessions.idle_minutes": { value: 30, locked: true } } });
  await hq.call("POST", "policies", { name: "Branches", group: "Managed devices/Branches", active: true, settings: { "log.level": { value: "debug" }, "events.critical_days": { value: 365, locked: true } } });
  await hq.call("POST", "policies", { name: "Trial", group: "Managed devices/Branches", settings: {} });
  await hq.call("POST", "tasks", { name: "Nightly backup", kind: "backup", schedule: "cron 30 3 * * *", run_missed: true, settings: { folder: "backups", keep: 14, passphrase: "several words that nobody guesses" } });
  const links = await hq.call("POST", "tasks", { name: "Check of all links", kind: "link_check", schedule: "on link_disconnected" });
  await hq.call("POST", `tasks/${links.id}/start`);
  const statuses = ["ok", "ok", "ok", "ok", "warning", "ok", "critical", "ok"];
  const kWhy = { warning: "The disk is nearly full.", critical: "No answer for two hours." };
  const devices = (name, group, count) => Array.from({ length: count }, (_, at) => ({ name: `${name}-${String(at + 1).padStart(2, "0")}`, group, status: statuses[at % statuses.length], reason: kWhy[statuses[at % statuses.length]] }));
  await hq.call("PUT", "devices", { devices: devices("till", "Managed devices/Branches", 21) });
  await branch.call("PUT", "devices", { devices: devices("desk", "Managed devices", 40) });
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
    below_hierarchy: `/servers/${connected.id}/properties/hierarchy`,
    group_servers: `/groups/${group.id}/servers`,
    group_devices: `/groups/${group.id}/devices`,
    group_policies: `/groups/${group.id}/policies`,
    group_settings: `/groups/${group.id}/settings`,
    add_policy: `/groups/${group.id}/add-policy`,
    policies: "/policies",
    policies_effective: "/policies/effective",
    policies_status: "/policies/status",
    policy: `/policies/${quiet.id}`,
    policy_revisions: `/policies/${quiet.id}/revisions`,
    tasks: "/tasks",
    properties_ports: "/properties/ports",
    properties_access: "/properties/access",
    unrecognised: "/unrecognised",
    events: "/events",
    reports: "/reports",
    report_devices: "/reports?kind=devices",
    audit: "/audit",
    users: "/users",
    roles: "/users/roles",
    sessions: "/users/sessions",
    account: "/account",
    account_tokens: "/account/tokens",
    link_doctor: `/link-doctor?secondary=${connected.id}`,
    notifications: "/properties/notifications",
    invitations: "/invitations",
    backups: "/properties/backups",
  };
  const act = async (olga, name, action) => {
    await olga.page.getByRole("button", { name: olga.t("servers.actions_for", { name }) }).click();
    await olga.page.locator(`[data-action="${action}"]`).click();
  };
  // The wizard from its first step to the one that is wanted; the last one fails, so that nothing is left behind.
  const wizardSteps = [
    async (wizard) => {
      await wizard.open(hq.url, group.id);
      await wizard.page.locator("#address").fill(depot.ports.console);
      await wizard.next();
      await wizard.page.locator("#compared").waitFor();
    },
    (wizard) => wizard.compare(depot.fingerprint),
    async (wizard) => {
      await wizard.next();
      await wizard.page.locator("#primary-address").fill(hq.ports.link);
    },
    (wizard) => wizard.next(),
    (wizard) => wizard.account("not the password"),
    async (wizard) => {
      await wizard.begin();
      await wizard.page.locator('[data-operation="failed"]').waitFor();
    },
  ];
  const wizardUpTo = (last) => async (olga) => {
    const wizard = new Wizard(olga);
    for (const step of wizardSteps.slice(0, last)) await step(wizard);
  };
  const adds = (path, text) => async (olga) => {
    await olga.page.goto(hq.url + path);
    await olga.page.getByRole("button", { name: olga.t(text) }).first().click();
  };
  // What opens over a page, and what is behind its first step.
  const dialogs = {
    wizard_certificate: wizardUpTo(1),
    wizard_name: wizardUpTo(2),
    wizard_primary: wizardUpTo(3),
    wizard_account: wizardUpTo(4),
    wizard_begin: wizardUpTo(5),
    wizard_failed: wizardUpTo(6),
    add_user: adds("/users", "users.add"),
    add_destination: adds("/properties/notifications", "notifications.add"),
    invite: adds("/invitations", "invitations.add"),
    review: async (olga) => {
      await olga.page.goto(`${hq.url}/policies/${quiet.id}`);
      await olga.page.locator('[data-setting="log.level"] select').selectOption("error");
      await olga.page.getByRole("button", { name: olga.t("policies.review"), exact: true }).click();
      await olga.page.locator("[data-preview]").waitFor();
    },
    import: async (olga) => {
      await olga.page.goto(`${hq.url}/policies`);
      await olga.page.getByRole("button", { name: olga.t("policies.import") }).click();
    },
    local_setting: async (olga) => {
      await olga.page.goto(`${hq.url}/policies/effective`);
      await olga.page.locator('[data-effective="events.info_days"]').getByRole("button").click();
    },
    add_task: async (olga) => {
      await olga.page.goto(`${hq.url}/tasks`);
      await olga.page.getByRole("button", { name: olga.t("tasks.add") }).click();
    },
    edit_task: async (olga) => {
      await olga.page.goto(`${hq.url}/tasks`);
      await act(olga, "Nightly backup", "edit");
    },
    task_runs: async (olga) => {
      await olga.page.goto(`${hq.url}/tasks`);
      await act(olga, "Check of all links", "runs");
    },
    edit_secondary: async (olga) => {
      await olga.page.goto(`${hq.url}/secondaries/${connected.id}`);
      await act(olga, connected.name, "edit");
    },
    remove_secondary: async (olga) => {
      await olga.page.goto(`${hq.url}/secondaries/${connected.id}`);
      await act(olga, connected.name, "remove");
    },
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
        if (!isWanted(name)) continue;
        await olga.page.goto(hq.url + path);
        await olga.page.locator("main").getByRole("heading").first().waitFor();
        await olga.page.waitForTimeout(700); // tables and pictures that are still being filled in; nothing depends on it but the look
        if ((await olga.page.getByText(olga.t("not_found.title")).count()) === 0) await keep(name);
      }
      for (const [name, show] of Object.entries(dialogs)) {
        if (!isWanted(name)) continue;
        await show(olga);
        await olga.page.waitForTimeout(700);
        await keep(name);
      }
      if (olga.wrongs.length > 0) console.error(olga.wrongs.join("\n"));
      await olga.leave();
    }
  }
  for (const language of isWanted("console") ? ["en", "ja"] : []) {
    for (const theme of ["light", "dark"]) {
      const local = await site.console();
      const olga = await browser.person({ language, theme });
      await olga.page.goto(local.address);
      await olga.page.locator("h1").first().waitFor();
      await olga.page.screenshot({ path: join(folder, `console-${language}-${theme}.png`) });
      await olga.leave();
      await local.stop();
      site.parts.pop();
    }
  }
  console.log(`The screenshots are in ${folder}.`);
} finally {
  await browser?.stop();
  await site.stop();
}
