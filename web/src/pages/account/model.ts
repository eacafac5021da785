// What the account page shows of secrets, and what is sent for a token. Pure.
import type { BodyOf, Credential, RightName } from "../../api/types";

/** In groups of four, as an authenticator app takes it by hand. */
export const spacedSecret = (secret: string): string => secret.match(/.{1,4}/g)?.join(" ") ?? "";

/** A file that still says, found years later, what it is for. */
export const codesFile = (codes: readonly string[], user: string, origin: string): string => [`Daikan ${origin}`, user, "", ...codes, ""].join("\n");

export type CreateToken = NonNullable<BodyOf<"post", "tokens">>;

export interface TokenDraft {
  name: string;
  days: string;
  scope: "all" | "some";
  rights: RightName[];
}

export const firstToken: TokenDraft = { name: "", days: "30", scope: "some", rights: ["read"] };
export const kLongestDays = 365;

export function missingInToken(draft: TokenDraft): (keyof TokenDraft)[] {
  const missing: (keyof TokenDraft)[] = [];
  const days = Number(draft.days);
  if (draft.name.trim() === "") missing.push("name");
  if (!Number.isInteger(days) || days < 1 || days > kLongestDays) missing.push("days");
  if (draft.scope === "some" && draft.rights.length === 0) missing.push("rights");
  return missing;
}

export const tokenRequest = (draft: TokenDraft): CreateToken => ({
  name: draft.name.trim(),
  expires_in_hours: Number(draft.days) * 24,
  rights: draft.scope === "all" ? null : draft.rights,
});

export const ofKind = (all: readonly Credential[], kind: Credential["kind"]): Credential[] => all.filter((each) => each.kind === kind);
