// An invitation as it is typed, and what is sent for it. Pure.
import type { Invitation, MakeInvitation } from "../../api/types";

export interface InvitationDraft {
  /** Path. */
  group: string;
  name: string;
  valid: string;
  /** One in each line. */
  addresses: string;
}

/** How long an invitation is good for, in seconds, by the name of its text. */
export const kValid = { hour: 3600, day: 86_400, week: 604_800, month: 2_592_000 } as const;
export type Valid = keyof typeof kValid;

export const firstInvitation: InvitationDraft = { group: "", name: "", valid: "week", addresses: "" };

export const addressesOf = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== "");

export function invitationRequest(draft: InvitationDraft): MakeInvitation {
  const addresses = addressesOf(draft.addresses);
  return {
    group: draft.group,
    expires_in_seconds: kValid[draft.valid as Valid],
    ...(draft.name.trim() === "" ? {} : { name: draft.name.trim() }),
    ...(addresses.length === 0 ? {} : { addresses }),
  };
}

/** `Branch_7.invitation`: names of servers may hold what file names may not. */
export const invitationFileName = (invitation: Pick<Invitation, "name" | "id">): string => `${(invitation.name ?? invitation.id).replace(/[^\p{L}\p{N}._-]+/gu, "_")}.invitation`;
