import { describe, expect, it } from "vitest";
import type { User } from "../src/api/types";
import { assignmentsOf, findUsers, placesOf, roleRequest } from "../src/pages/people/model";

const user = (name: string, roles: [string, string | null][] = []): User =>
  ({ id: name, name, assignments: roles.map(([role, group]) => ({ role, role_id: `id of ${role}`, group, group_id: group })) }) as User;

describe("the roles of a user", () => {
  it("are told by id, and an empty group is the server with all groups", () => {
    expect(placesOf(user("ivan", [["viewer", null], ["operator", "Managed devices/North"]]))).toEqual([
      { role: "id of viewer", group: "" },
      { role: "id of operator", group: "Managed devices/North" },
    ]);
    expect(assignmentsOf([{ role: "v", group: "" }, { role: "o", group: "Managed devices" }])).toEqual([
      { role: "v", group: null },
      { role: "o", group: "Managed devices" },
    ]);
  });

  it("are sent once each, however often a row was added", () => {
    expect(assignmentsOf([{ role: "v", group: "" }, { role: "v", group: "" }, { role: "", group: "" }])).toEqual([{ role: "v", group: null }]);
  });
});

describe("users", () => {
  it("are found by name and by role, whatever the case", () => {
    const all = [user("Ivan", [["viewer", null]]), user("mara", [["auditor", null]])];
    expect(findUsers(all, "IVA").map((each) => each.name)).toEqual(["Ivan"]);
    expect(findUsers(all, "audit").map((each) => each.name)).toEqual(["mara"]);
    expect(findUsers(all, " ")).toHaveLength(2);
  });
});

it("a role is sent without blanks around its name", () => {
  expect(roleRequest({ name: " keeper ", description: " ", rights: ["read"] })).toEqual({ name: "keeper", description: "", rights: ["read"] });
});
