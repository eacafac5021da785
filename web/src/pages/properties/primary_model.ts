// What the form "Hierarchy of Administration Servers" holds, and what is sent for it. Pure.
import type { Direction, EditPrimary, MoveToPrimary, Primary, PrimaryMay, SetPrimary } from "../../api/types";
import type { CertificateFile } from "../../parts/certificate";
import { proxyDraft, proxyRequest, type ProxyDraft } from "../../parts/proxy";

export interface PrimaryDraft {
  used: boolean;
  direction: Direction;
  address: string;
  proxy: ProxyDraft | null;
  primary_may: PrimaryMay;
}

/** `bound`: what a new primary may do unless the person chooses otherwise. */
export const primaryDraft = (record: Primary, bound: PrimaryMay): PrimaryDraft =>
  record.configured
    ? { used: true, direction: record.direction, address: record.address ?? "", proxy: proxyDraft(record.proxy), primary_may: record.primary_may }
    : { used: false, direction: "secondary_dials", address: "", proxy: null, primary_may: bound };

export type PrimaryMissing = Partial<Record<"address" | "certificate" | "proxy", true>>;

export function missingInPrimary(draft: PrimaryDraft, file: CertificateFile | null, isNew: boolean): PrimaryMissing {
  const missing: PrimaryMissing = {};
  if (!draft.used) return missing;
  const dials = draft.direction === "secondary_dials";
  if (dials && draft.address.trim() === "") missing.address = true;
  if (dials && draft.proxy !== null && draft.proxy.host.trim() === "") missing.proxy = true;
  if (isNew && file === null) missing.certificate = true;
  return missing;
}

/** For a server that has no primary yet, or gets another one. */
export function setRequest(draft: PrimaryDraft, file: CertificateFile, replace: boolean): SetPrimary {
  const dials = draft.direction === "secondary_dials";
  return {
    certificate: file.text,
    direction: draft.direction,
    ...(dials ? { address: draft.address.trim() } : {}),
    ...(dials && draft.proxy !== null ? { proxy: proxyRequest(draft.proxy) } : {}),
    primary_may: draft.primary_may,
    ...(replace ? { replace: true } : {}),
  };
}

/** For what changed of the primary that is set; null when only the bound did, which is set by itself. */
export function editPrimaryRequest(changed: Partial<PrimaryDraft>, file: CertificateFile | null, untested: boolean): EditPrimary | null {
  const body: EditPrimary = {};
  if (changed.direction !== undefined) body.direction = changed.direction;
  if (changed.address !== undefined) body.address = changed.address.trim() === "" ? null : changed.address.trim();
  if (changed.proxy !== undefined) body.proxy = changed.proxy === null ? null : proxyRequest(changed.proxy);
  if (file !== null) body.certificate = file.text;
  if (Object.keys(body).length === 0) return null;
  if (untested) body.untested = true;
  return body;
}

export interface MoveDraft {
  direction: Direction;
  address: string;
  proxy: ProxyDraft | null;
  /** Seconds, as typed; empty: as the server says. */
  wait: string;
}

export const firstMove: MoveDraft = { direction: "secondary_dials", address: "", proxy: null, wait: "60" };

export const missingInMove = ({ direction, address, proxy }: MoveDraft): boolean =>
  direction === "secondary_dials" && (address.trim() === "" || (proxy !== null && proxy.host.trim() === ""));

/** What may be done here through the new primary is left to the server: as through the present one. */
export function moveRequest({ direction, address, proxy, wait }: MoveDraft, file: CertificateFile): MoveToPrimary {
  const dials = direction === "secondary_dials";
  return {
    certificate: file.text,
    direction,
    ...(dials ? { address: address.trim() } : {}),
    ...(dials && proxy !== null ? { proxy: proxyRequest(proxy) } : {}),
    ...(wait.trim() === "" ? {} : { wait_seconds: Number(wait) }),
  };
}
