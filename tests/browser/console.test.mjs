// `daikan console`: the same pages on the administrator's own machine, for several servers; way 1 by the console itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser } from "./support/browser.mjs";
import { password, Site, until, user } from "./support/servers.mjs";

let browser, site, hq, branch, local;
before(async () => {
  site = new Site();
  [browser, hq, branch] = await Promise.all([Browser.start(), site.server("hq"), site.server("branch")]);
  local = await site.console();
});
after(async () => {
  await browser?.stop();
  await site?.stop();
});

const origin = () => new URL(local.address).origin;

async function add(olga, server) {
  await olga.page.getByLabel(olga.t("console_servers.address")).fill(server.ports.console);
  await olga.page.getByRole("button", { name: olga.t("console_servers.look") }).click();
  await olga.page.locator(`[data-fingerprint="${server.fingerprint}"]`).waitFor();
  await olga.page.getByRole("button", { name: olga.t("console_servers.same") }).click();
  await olga.page.getByRole("link", { name: olga.t("console_servers.open", { name: server.name }) }).waitFor();
}

test("a stranger gets nothing, the address works once, and two servers are used in one browser that speaks to this machine alone", async () => {
  const olga = await browser.person();
  const refused = await olga.page.goto(`${origin()}/console/v1/servers`);
  assert.equal(refused.status(), 403);

  await olga.page.goto(local.address);
  await olga.page.getByText(olga.t("console_servers.empty_title")).waitFor();
  assert.ok(!olga.page.url().includes("token"), olga.page.url());
  await olga.isClean("list of servers");
  await add(olga, hq);
  await add(olga, branch);
  await olga.isClean("list of two servers");

  const other = await browser.person();
  assert.equal((await other.page.goto(local.address)).status(), 403, "the token was used");
  await other.leave();

  for (const server of [hq, branch]) {
    await olga.page.goto(`${origin()}/at/`);
    await olga.page.getByRole("link", { name: olga.t("console_servers.open", { name: server.name }) }).click();
    await olga.signIn();
    await olga.page.getByText(olga.t("overview.first_title")).waitFor();
    assert.ok((await olga.page.locator(".daikan-brand-server").textContent()).includes(server.name));
    await olga.isClean(`overview of ${server.name}`);
  }
  assert.deepEqual([...olga.asked], [origin()]);

  // The pages' own requests: way 1, run by this machine.
  const begun = await olga.page.evaluate(
    async ([body]) => {
      const answer = await fetch("/at/hq/api/v1/joins", { method: "POST", headers: { "content-type": "application/json", "idempotency-key": "one" }, body: JSON.stringify(body) });
      return { status: answer.status, body: await answer.json() };
    },
    [{ group: "Managed devices", secondary_console: branch.ports.console, fingerprint: branch.fingerprint, credentials: { user, password }, primary_address: hq.ports.link }],
  );
  assert.equal(begun.status, 202, JSON.stringify(begun.body));
  const ended = await until(async () => {
    const told = await olga.page.evaluate(async (id) => await (await fetch(`/at/hq/api/v1/operations/${id}`)).json(), begun.body.id);
    return told.state !== "running" && told;
  }, "the join ends");
  assert.equal(ended.state, "done", JSON.stringify(ended));
  const { items } = await hq.call("GET", "secondaries");
  assert.deepEqual(items.map((each) => [each.name, each.state]), [["branch", "connected"]]);
  assert.deepEqual((await hq.call("GET", "operations")).items, [], "hq itself ran nothing");
  await olga.leave();
});
