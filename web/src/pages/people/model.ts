// Users and roles as they are typed, and what is sent for them. Pure.
import type { Role, User } from "../../api/types";

/** A role at a place; `group` is a path, empty for the server and every group. */
export interface RolePlace {
  role: string;
  group: string;
}

export interface AssignmentRequest {
  role: string;
  group: string | null;
}

export const placesOf = (user: User): RolePlace[] => user.assignments.map((each) => ({ role: each.role_id, group: each.group ?? "" }));

/** One row twice is one assignment. */
export function assignmentsOf(places: readonly RolePlace[]): AssignmentRequest[] {
  const seen = new Map<string, AssignmentRequest>();
  for (const { role, group } of places) {
    if (role !== "") seen.set(`${role} ${group}`, { role, group: group === "" ? null : group });
  }
  return [...seen.values()];
}

export interface RoleDraft {
  name: string;
  description: string;
  rights: Role["rights"];
}

export const roleDraft = ({ name, description, rights }: Role): RoleDraft => ({ name, description, rights });

export const emptyRole: RoleDraft = { name: "", description: "", rights: ["read"] };

export const roleRequest = (draft: RoleDraft): RoleDraft => ({ name: draft.name.trim(), description: draft.description.trim(), rights: draft.rights });

/** `search` in a name or a role, whatever the case. */
export function findUsers(users: readonly User[], search: string): User[] {
  const wanted = search.trim().toLowerCase();
  return users.filter((user) => wanted === "" || [user.name, ...user.assignments.map((each) => each.role)].some((text) => text.toLowerCase().includes(wanted)));
}

/** `"7"`: what If-Match takes for a revision out of a list. */
export const etagOf = (record: { revision: number }) => `"${record.revision}"`;
