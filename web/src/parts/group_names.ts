// The root group has a name of its own in each language; every other group is called as somebody named it.
import { useTranslation } from "react-i18next";
import type { Group } from "../api/types";

const kRoot = "Managed devices";

/** `root`: the name in the language of the page. Only the first part of a path can be the root. */
export const shownPath = (path: string, root: string) => (path === kRoot ? root : path.startsWith(`${kRoot}/`) ? `${root}${path.slice(kRoot.length)}` : path);

export const shownName = (group: Pick<Group, "name" | "parent_id">, root: string) => (group.parent_id === null && group.name === kRoot ? root : group.name);

export function useGroupNames(): { nameOf: (group: Pick<Group, "name" | "parent_id">) => string; pathOf: (path: string) => string } {
  const { t } = useTranslation();
  const root = t("group.root");
  return { nameOf: (group) => shownName(group, root), pathOf: (path) => shownPath(path, root) };
}
