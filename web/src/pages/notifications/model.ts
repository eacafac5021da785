// A notification destination as it is typed, and what is sent for it. Pure.
import type { AddNotification, Destination, EditNotification } from "../../api/types";

export type Kind = Destination["kind"];
export type Transport = Destination["transport"];
export type Severity = Destination["severity"];
export const kKinds: Kind[] = ["email", "webhook", "syslog"];
export const kSeverities: Severity[] = ["info", "warning", "error", "critical"];

/** The usual one first. A webhook's URL says it. */
export const kTransports: Record<Kind, Transport[]> = { email: ["starttls", "tls", "plain"], webhook: [], syslog: ["tls", "plain", "udp"] };

export interface DestinationDraft {
  name: string;
  kind: Kind;
  address: string;
  transport: Transport;
  fingerprint: string;
  user: string;
  secret: string;
  /** Take a secret away that is kept. */
  forgets: boolean;
  sender: string;
  /** One in each line. */
  recipients: string;
  severity: Severity;
  kinds: string;
}

export const firstDestination: DestinationDraft = {
  name: "",
  kind: "email",
  address: "",
  transport: "starttls",
  fingerprint: "",
  user: "",
  secret: "",
  forgets: false,
  sender: "",
  recipients: "",
  severity: "warning",
  kinds: "",
};

export const destinationDraft = (record: Destination): DestinationDraft => ({
  name: record.name,
  kind: record.kind,
  address: record.address,
  transport: record.transport,
  fingerprint: record.fingerprint ?? "",
  user: record.user ?? "",
  secret: "",
  forgets: false,
  sender: record.sender ?? "",
  recipients: record.recipients.split(" ").join("\n"),
  severity: record.severity,
  kinds: record.kinds,
});

const words = (text: string) => text.split(/[\s,;]+/).filter((part) => part !== "").join(" ");

/** Whether a certificate can be pinned: where there is one. */
export const hasCertificate = (draft: Pick<DestinationDraft, "kind" | "transport" | "address">) =>
  draft.kind === "webhook" ? /^https:/i.test(draft.address.trim()) : draft.transport === "tls" || draft.transport === "starttls";

export function missingInDestination(draft: DestinationDraft): (keyof DestinationDraft)[] {
  const missing: (keyof DestinationDraft)[] = [];
  if (draft.name.trim() === "") missing.push("name");
  if (draft.address.trim() === "") missing.push("address");
  if (draft.kind === "email" && draft.sender.trim() === "") missing.push("sender");
  if (draft.kind === "email" && words(draft.recipients) === "") missing.push("recipients");
  return missing;
}

export function addRequest(draft: DestinationDraft): AddNotification {
  const optional = (name: "fingerprint" | "user" | "sender", value: string) => (value.trim() === "" ? {} : { [name]: value.trim() });
  const isMail = draft.kind === "email";
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    address: draft.address.trim(),
    severity: draft.severity,
    ...(draft.kind === "webhook" ? {} : { transport: draft.transport }),
    ...(hasCertificate(draft) ? optional("fingerprint", draft.fingerprint) : {}),
    ...(isMail ? { ...optional("user", draft.user), ...optional("sender", draft.sender), recipients: words(draft.recipients) } : {}),
    ...(draft.secret === "" || draft.kind === "syslog" ? {} : { secret: draft.secret }),
    ...(words(draft.kinds) === "" ? {} : { kinds: words(draft.kinds) }),
  };
}

const orNull = (text: string) => (text.trim() === "" ? null : text.trim());

/** For what changed: null takes away what there need not be. A secret that was not typed stays. */
export function editRequest(changed: Partial<DestinationDraft>): EditNotification {
  const body: EditNotification = {};
  if (changed.name !== undefined) body.name = changed.name.trim();
  if (changed.address !== undefined) body.address = changed.address.trim();
  if (changed.transport !== undefined) body.transport = changed.transport;
  if (changed.severity !== undefined) body.severity = changed.severity;
  if (changed.fingerprint !== undefined) body.fingerprint = orNull(changed.fingerprint);
  if (changed.user !== undefined) body.user = orNull(changed.user);
  if (changed.sender !== undefined) body.sender = orNull(changed.sender);
  if (changed.recipients !== undefined) body.recipients = orNull(words(changed.recipients));
  if (changed.kinds !== undefined) body.kinds = orNull(words(changed.kinds));
  if (changed.secret !== undefined && changed.secret !== "") body.secret = changed.secret;
  else if (changed.forgets) body.secret = null;
  return body;
}
