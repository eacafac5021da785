// A policy as it is typed, what is sent for it, and what is told apart between two of them. Pure.
//
// The draft is flat, one entry for each setting (`set:log.level`), so that two people who edit different settings of one policy do not
// collide, and each setting that they both changed is decided on its own.
import type { CreatePolicy, EditPolicy, Policy, PolicyRevision, PolicySettings } from "../../api/types";
import { readValue, typedValue, type SettingField } from "./schema";

export interface TypedSetting {
  typed: string;
  locked: boolean;
}

export type SettingKey = `set:${string}`;

export interface PolicyDraft {
  name: string;
  group: string;
  active: boolean;
  inherit: boolean;
  force: boolean;
  /** null: the policy says nothing about it. */
  [setting: SettingKey]: TypedSetting | null;
}

export const settingKey = (path: string): SettingKey => `set:${path}`;
export const settingPath = (key: string): string | null => (key.startsWith("set:") ? key.slice(4) : null);

export const typedSetting = (field: SettingField): TypedSetting => ({ typed: typedValue(field.initial), locked: false });

export function emptyPolicy(fields: SettingField[], group: string): PolicyDraft {
  const draft: PolicyDraft = { name: "", group, active: false, inherit: true, force: false };
  for (const field of fields) draft[settingKey(field.path)] = null;
  return draft;
}

export function policyDraft(fields: SettingField[], policy: Policy | PolicyRevision): PolicyDraft {
  const draft: PolicyDraft = { name: policy.name, group: policy.group, active: policy.active, inherit: policy.inherit, force: policy.force };
  for (const field of fields) {
    const said = policy.settings[field.path];
    draft[settingKey(field.path)] = said === undefined ? null : { typed: typedValue(said.value), locked: said.locked ?? false };
  }
  return draft;
}

/** What is typed that cannot be sent. */
export function wrongFields(fields: SettingField[], draft: PolicyDraft): string[] {
  const wrong: string[] = draft.name.trim() === "" ? ["name"] : [];
  for (const field of fields) {
    const said = draft[settingKey(field.path)];
    if (said && "wrong" in readValue(field, said.typed)) wrong.push(field.path);
  }
  return wrong;
}

/** `kept`: what the policy says about settings that this application does not have; it is not lost in an edit. */
export function settingsOf(fields: SettingField[], draft: PolicyDraft, kept: PolicySettings = {}): PolicySettings {
  const known = new Set(fields.map((field) => field.path));
  const settings: PolicySettings = Object.fromEntries(Object.entries(kept).filter(([path]) => !known.has(path)));
  for (const field of fields) {
    const said = draft[settingKey(field.path)];
    if (!said) continue;
    const read = readValue(field, said.typed);
    if ("value" in read) settings[field.path] = { value: read.value, locked: said.locked };
  }
  return settings;
}

export function createRequest(fields: SettingField[], application: string, draft: PolicyDraft): CreatePolicy {
  const { active, inherit, force, group } = draft;
  return { application, group, name: draft.name.trim(), active, inherit, force, settings: settingsOf(fields, draft) };
}

/** Only what changed; settings as a whole, as the API takes them. */
export function editRequest(fields: SettingField[], changed: Partial<PolicyDraft>, draft: PolicyDraft, kept: PolicySettings): EditPolicy {
  const body: EditPolicy = {};
  if (changed.name !== undefined) body.name = changed.name.trim();
  if (changed.group !== undefined) body.group = changed.group;
  if (changed.active !== undefined) body.active = changed.active;
  if (changed.inherit !== undefined) body.inherit = changed.inherit;
  if (changed.force !== undefined) body.force = changed.force;
  if (Object.keys(changed).some((key) => settingPath(key) !== null)) body.settings = settingsOf(fields, draft, kept);
  return body;
}

type Compared = Pick<PolicyRevision, "name" | "group" | "active" | "inherit" | "force" | "settings">;

export interface Difference {
  /** A field of the policy, or the path of a setting. */
  at: string;
  isSetting: boolean;
}

/** Where two revisions differ: fields first, then settings by path. */
export function differences(one: Compared, other: Compared): Difference[] {
  const found: Difference[] = [];
  for (const at of ["name", "group", "active", "inherit", "force"] as const) {
    if (one[at] !== other[at]) found.push({ at, isSetting: false });
  }
  const paths = [...new Set([...Object.keys(one.settings), ...Object.keys(other.settings)])].sort();
  for (const at of paths) {
    if (!sameSetting(one.settings[at], other.settings[at])) found.push({ at, isSetting: true });
  }
  return found;
}

type Setting = PolicySettings[string] | undefined;
function sameSetting(one: Setting, other: Setting): boolean {
  if (one === undefined || other === undefined) return one === other;
  return JSON.stringify(one.value) === JSON.stringify(other.value) && (one.locked ?? false) === (other.locked ?? false);
}
