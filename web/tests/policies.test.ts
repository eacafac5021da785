import { describe, expect, it } from "vitest";
import type { Group, Policy, PolicyRevision } from "../src/api/types";
import { NotAPolicyFile, planFile, policyFileName, policyFileText, readPolicyFile } from "../src/pages/policies/files";
import { createRequest, differences, editRequest, emptyPolicy, policyDraft, settingKey, settingsOf, wrongFields } from "../src/pages/policies/model";
import { policiesOfGroup } from "../src/pages/policies/policies_page";
import { fieldsOf, readValue, sectionsOf } from "../src/pages/policies/schema";
import { changedFields, compareEdits } from "../src/parts/edit_conflict";

const schema = {
  type: "object",
  properties: {
    log: { title: "Log", type: "object", properties: { level: { title: "Log level", type: "string", enum: ["debug", "info"], default: "info" } } },
    events: {
      title: "Events",
      type: "object",
      properties: {
        info_days: { title: "Informational", type: "integer", minimum: 1, maximum: 3650, default: 90, unit: "days" },
        deep: { title: "Deep", type: "object", properties: { on: { type: "boolean", default: false, needsRestart: true } } },
      },
    },
    sources: { title: "Sources", type: "array", items: { type: "string", maxLength: 8 }, maxItems: 2, mergeable: true, default: [] },
  },
};
const sections = sectionsOf(schema);
const fields = fieldsOf(sections);
const field = (path: string) => fields.find((each) => each.path === path)!;

const policy = (more: Partial<Policy> = {}): Policy => ({
  id: "p",
  application: "daikan-server",
  group_id: "root",
  group: "Managed devices",
  name: "Quiet",
  active: true,
  inherit: true,
  force: false,
  settings: { "log.level": { value: "debug", locked: true } },
  inherited_from: null,
  changed_at: null,
  changed_by: null,
  deactivated: null,
  revision: 1,
  ...more,
});

describe("the schema of an application", () => {
  it("becomes sections of fields, at any depth, with bounds and units", () => {
    expect(sections.map((section) => [section.path, section.fields.map((each) => each.path)])).toEqual([
      ["", ["sources"]],
      ["log", ["log.level"]],
      ["events", ["events.info_days"]],
      ["events.deep", ["events.deep.on"]],
    ]);
    expect(field("events.info_days")).toMatchObject({ kind: "integer", minimum: 1, maximum: 3650, unit: "days", initial: 90 });
    expect(field("log.level")).toMatchObject({ kind: "choice", choices: ["debug", "info"] });
    expect(field("sources")).toMatchObject({ kind: "texts", mergeable: true, maxLength: 8, maxItems: 2 });
    expect(field("events.deep.on")).toMatchObject({ kind: "boolean", title: "events.deep.on", needsRestart: true });
  });

  it("says what is wrong with a value before the server is asked", () => {
    expect(readValue(field("events.info_days"), " 30 ")).toEqual({ value: 30 });
    expect(readValue(field("events.info_days"), "")).toEqual({ wrong: "number" });
    expect(readValue(field("events.info_days"), "1.5")).toEqual({ wrong: "integer" });
    expect(readValue(field("events.info_days"), "0")).toEqual({ wrong: "bounds" });
    expect(readValue(field("log.level"), "loud")).toEqual({ wrong: "choice" });
    expect(readValue(field("sources"), "10.0.0.1\n\n ::1 ")).toEqual({ value: ["10.0.0.1", "::1"] });
    expect(readValue(field("sources"), "a\nb\nc")).toEqual({ wrong: "items" });
    expect(readValue(field("sources"), "管理管")).toEqual({ wrong: "length" });
    expect(readValue(field("events.deep.on"), "true")).toEqual({ value: true });
  });
});

describe("a policy that is typed", () => {
  it("sends what it says and nothing else", () => {
    const draft = { ...emptyPolicy(fields, "Managed devices"), name: " Quiet ", active: true, [settingKey("events.info_days")]: { typed: "30", locked: true } };
    expect(wrongFields(fields, draft)).toEqual([]);
    expect(createRequest(fields, "daikan-server", draft)).toEqual({ application: "daikan-server", group: "Managed devices", name: "Quiet", active: true, inherit: true, force: false, settings: { "events.info_days": { value: 30, locked: true } } });
    expect(wrongFields(fields, { ...draft, name: " ", [settingKey("events.info_days")]: { typed: "-1", locked: false } })).toEqual(["name", "events.info_days"]);
  });

  it("in an edit sends the settings as a whole when one changed, and not at all when none did", () => {
    const seen = policyDraft(fields, policy());
    const draft = { ...seen, [settingKey("events.info_days")]: { typed: "7", locked: false } };
    expect(editRequest(fields, changedFields(seen, draft), draft, {})).toEqual({ settings: { "log.level": { value: "debug", locked: true }, "events.info_days": { value: 7, locked: false } } });
    expect(editRequest(fields, changedFields(seen, { ...seen, force: true }), { ...seen, force: true }, {})).toEqual({ force: true });
  });

  it("keeps what a policy says about settings that this version does not know", () => {
    const kept = { "new.thing": { value: 1, locked: true }, "log.level": { value: "info" } };
    expect(settingsOf(fields, policyDraft(fields, policy({ settings: kept })), kept)).toEqual({ "new.thing": { value: 1, locked: true }, "log.level": { value: "info", locked: false } });
  });

  it("meets another's edit setting by setting", () => {
    const original = policyDraft(fields, policy());
    const theirs = policyDraft(fields, policy({ settings: { "log.level": { value: "info", locked: true }, "events.info_days": { value: 5 } } }));
    const mine = { ...original, [settingKey("log.level")]: { typed: "debug", locked: false }, name: "Loud" };
    const met = compareEdits(original, theirs, mine);
    expect(met.conflicts).toEqual(["set:log.level"]);
    expect(met.adopted).toEqual(["set:events.info_days"]);
    expect(met.merged.name).toBe("Loud");
  });
});

describe("two revisions", () => {
  it("differ in fields and settings, also in a lock alone", () => {
    const one = { ...policy(), settings: { a: { value: 1, locked: false }, b: { value: [1] } } } as unknown as PolicyRevision;
    const other = { ...policy({ name: "Loud" }), settings: { a: { value: 1, locked: true }, c: { value: 2 } } } as unknown as PolicyRevision;
    expect(differences(one, other)).toEqual([
      { at: "name", isSetting: false },
      { at: "a", isSetting: true },
      { at: "b", isSetting: true },
      { at: "c", isSetting: true },
    ]);
    expect(differences(one, { ...one, settings: { a: { value: 1 }, b: { value: [1] } } } as unknown as PolicyRevision)).toEqual([]);
  });
});

describe("a policy file", () => {
  it("is what daikan policy export writes, and is read back", () => {
    expect(policyFileName({ group: "Managed devices/Nörd", name: "Quiet logs!" })).toBe("Managed_devices%2FN%C3%B6rd--Quiet_logs%21.json");
    expect(JSON.parse(policyFileText(policy()))).toEqual({ application: "daikan-server", group: "Managed devices", name: "Quiet", active: true, inherit: true, force: false, settings: { "log.level": { value: "debug", locked: true } } });
    expect(planFile(readPolicyFile(policyFileText(policy())), [policy()]).state).toBe("same");
  });

  it("of a policy that is there changes only what it names", () => {
    const plan = planFile(readPolicyFile('{"name":"Quiet","group":"Managed devices","force":true}'), [policy()]);
    expect(plan.state).toBe("differs");
    expect(plan.wanted).toMatchObject({ force: true, active: true, settings: policy().settings });
    expect(planFile(readPolicyFile('{"name":"Other","group":"Managed devices"}'), [policy()]).state).toBe("new");
    expect(planFile(readPolicyFile(policyFileText(policy())), [policy({ inherited_from: { policy_id: "p", policy: "Quiet", group: "Managed devices", server_id: "s", server: "hq" } })]).state).toBe("new");
  });

  it("that is none is refused with the reason", () => {
    const why = (text: string) => {
      try {
        readPolicyFile(text);
      } catch (error) {
        return error instanceof NotAPolicyFile ? [error.why, error.what] : error;
      }
      return null;
    };
    expect(why("no")).toEqual(["json", ""]);
    expect(why("[]")).toEqual(["json", ""]);
    expect(why('{"name":"a","group":"b","locked":true}')).toEqual(["fields", "locked"]);
    expect(why('{"name":"a"}')).toEqual(["names", ""]);
  });
});

describe("the policies of a group", () => {
  it("are its own and the active ones from above, servers first", () => {
    const groups = [
      { id: "root", parent_id: null },
      { id: "north", parent_id: "root" },
    ] as Group[];
    const all = [policy({ id: "own", group_id: "north", active: false }), policy({ id: "root" }), policy({ id: "idle", active: false }), policy({ id: "far", group_id: null, inherited_from: { policy_id: "far", policy: "Far", group: "Managed devices", server_id: "s", server: "top" } })];
    const { own, inherited } = policiesOfGroup(all, groups, "north");
    expect(own.map((each) => each.id)).toEqual(["own"]);
    expect(inherited.map((each) => each.id)).toEqual(["far", "root"]);
  });
});
