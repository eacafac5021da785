// What a person clicks in the Add secondary Administration Server Wizard and on the other side.
import { password, user } from "./servers.mjs";

export class Wizard {
  constructor(person) {
    this.person = person;
    this.page = person.page;
    this.t = person.t;
  }

  /** From the tree's folder of the root group, as a person gets there. */
  async open(origin, groupId) {
    await this.page.goto(`${origin}/groups/${groupId}/add-secondary`);
    await this.page.locator("#address").waitFor({ timeout: 40_000 });
  }
  async next() {
    await this.page.getByRole("button", { name: this.t("add_secondary.next"), exact: true }).click();
  }
  async compare(fingerprint) {
    await this.page.locator(`[data-fingerprint="${fingerprint}"]`).waitFor();
    await this.page.locator("#compared").check();
    await this.next();
  }
  async account(secret = password) {
    await this.page.locator("#secondary-user").fill(user);
    await this.page.locator("#secondary-password").fill(secret);
    await this.next();
  }
  async begin() {
    await this.page.getByRole("button", { name: this.t("add_secondary.begin"), exact: true }).click();
  }
  async file(certificate) {
    await this.page.locator('input[type="file"]').setInputFiles({ name: "secondary.cer", mimeType: "application/pkix-cert", buffer: certificate });
  }
}

/** On the secondary's own console: Properties → Hierarchy of Administration Servers → use as a secondary. */
export async function setPrimary(person, server, certificate, address) {
  await person.enter(server.url);
  await person.page.goto(`${server.url}/properties/hierarchy`);
  await person.page.locator("#used").check();
  if (address === null) await person.page.locator("#primary-dials").check();
  else await person.page.locator("#primary-address").fill(address);
  const form = person.page.locator("form", { has: person.page.locator("#used") });
  await form.locator('input[type="file"]').setInputFiles({ name: "primary.cer", mimeType: "application/pkix-cert", buffer: certificate });
  await form.locator('button[type="submit"]').click();
}
