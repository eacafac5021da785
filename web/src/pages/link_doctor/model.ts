// What the link doctor found, as a page shows it. Pure.
import type { LinkCheck } from "../../api/types";

export type Step = LinkCheck["steps"][number];

/** The first step that failed; null when none did. */
export const firstFailed = (check: LinkCheck): Step | null => check.steps.find((step) => step.outcome === "failed") ?? null;

/** Which server saw a step; the other end is not always known by name. */
export const seenBy = (check: LinkCheck, step: Step): string | null => (step.seen_by === "this_end" ? check.this_end.server : (check.other_end?.server ?? check.peer));

/** `daikan-link-hq-branch-20261126T033000Z.json`: names of servers may hold what file names may not. */
export function reportName(check: LinkCheck): string {
  const parts = ["daikan-link", check.this_end.server, check.peer ?? "", check.at.slice(0, 19).replace(/[-:]/g, "") + "Z"];
  return `${parts.map((part) => part.replace(/[^\p{L}\p{N}._-]+/gu, "_")).filter((part) => part !== "").join("-")}.json`;
}
