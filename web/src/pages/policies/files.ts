// Policies as files, the ones that `daikan policy export` and `daikan policy apply` know: nothing in them is of one server alone. Pure.
import type { CreatePolicy, Policy } from "../../api/types";
import { differences } from "./model";

const kFields = ["application", "group", "name", "active", "inherit", "force", "settings"] as const;
export const kLargestFile = 512 * 1024;

/** As it is written by hand, too: what is absent stays as it is, or is what a new policy begins with. */
export type PolicyFile = CreatePolicy & { group: string };
export type WholePolicy = Required<CreatePolicy>;

export function portable(policy: Policy): WholePolicy {
  const { application, group, name, active, inherit, force, settings } = policy;
  return { application, group, name, active, inherit, force, settings };
}

const encoded = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`).replace(/%20/g, "_");

export const policyFileName = (policy: Pick<Policy, "group" | "name">) => `${encoded(policy.group)}--${encoded(policy.name)}.json`;

export const policyFileText = (policy: Policy) => `${JSON.stringify(portable(policy), null, 2)}\n`;

export class NotAPolicyFile extends Error {
  override readonly name = "NotAPolicyFile";
  constructor(readonly why: "json" | "fields" | "names", readonly what = "") {
    super(why);
  }
}

/** Throws NotAPolicyFile for what is not one; whether its settings are good, the server says. */
export function readPolicyFile(text: string): PolicyFile {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new NotAPolicyFile("json");
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) throw new NotAPolicyFile("json");
  const given = read as Record<string, unknown>;
  const foreign = Object.keys(given).find((name) => !(kFields as readonly string[]).includes(name));
  if (foreign !== undefined) throw new NotAPolicyFile("fields", foreign);
  if (typeof given["name"] !== "string" || typeof given["group"] !== "string" || given["name"] === "" || given["group"] === "") throw new NotAPolicyFile("names");
  return given as unknown as PolicyFile;
}

export interface Planned {
  wanted: WholePolicy;
  /** The policy of that application, group and name, if there is one. */
  present: Policy | null;
  state: "new" | "same" | "differs";
}

/** What applying the file means on a server with these policies. */
export function planFile(file: PolicyFile, policies: Policy[]): Planned {
  const application = file.application ?? "daikan-server";
  const present = policies.find((each) => each.inherited_from === null && each.application === application && each.group === file.group && each.name === file.name) ?? null;
  if (present === null) return { wanted: { application, active: false, inherit: true, force: false, settings: {}, ...file }, present, state: "new" };
  const wanted = { ...portable(present), ...file };
  return { wanted, present, state: differences(present, wanted).length === 0 ? "same" : "differs" };
}
