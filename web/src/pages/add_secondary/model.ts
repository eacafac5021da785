// What the wizard knows and what follows from it: which pages there are, what is missing on each, and what is sent in the end. Pure.
//
// Way 1: the console of the secondary is reached (an address). Way 2: it is not (a certificate file). Way 3: this server dials the secondary
// in the DMZ; with an account of the secondary both sides are set up, without one the other side is set by its own administrator.
import type { AddSecondary, JoinRequest } from "../../api/types";
import type { CertificateFile } from "../../parts/certificate";
import { typedAddress } from "../../parts/address";
import { emptyProxy, proxyRequest, wrongInProxy, type ProxyDraft } from "../../parts/proxy";

export const kSteps = ["address", "certificate", "name", "reach", "account", "progress"] as const;
export type StepName = (typeof kSteps)[number];

/** The server that was found at the address, or that a file is about. */
export interface Found {
  fingerprint: string;
  name: string;
  version: string | null;
  /** PEM, when the link port told it. */
  certificate: string | null;
}

export interface Draft {
  address: string;
  dmz: boolean;
  usesProxy: boolean;
  proxy: ProxyDraft;
  /** In the DMZ: fetch the certificate through the dial, or take a file. */
  source: "fetch" | "file";
  file: CertificateFile | null;
  found: Found | null;
  compared: boolean;
  name: string;
  group: string;
  primaryAddress: string;
  usesSecondaryProxy: boolean;
  secondaryProxy: ProxyDraft;
  /** Way 3: whether the secondary's console can be reached to set up its side too. */
  setsUpSecondary: boolean;
  console: string;
  login: "password" | "token";
  user: string;
  password: string;
  code: string;
  token: string;
}

export const firstDraft = (group: string, primaryAddress: string): Draft => ({
  address: "",
  dmz: false,
  usesProxy: false,
  proxy: emptyProxy,
  source: "fetch",
  file: null,
  found: null,
  compared: false,
  name: "",
  group,
  primaryAddress,
  usesSecondaryProxy: false,
  secondaryProxy: emptyProxy,
  setsUpSecondary: true,
  console: "",
  login: "password",
  user: "",
  password: "",
  code: "",
  token: "",
});

export type Way = 1 | 2 | 3;

export const wayOf = (draft: Draft): Way => (draft.dmz ? 3 : draft.address.trim() === "" ? 2 : 1);

/** Whether the certificate is a file that somebody brings. */
export const takesFile = (draft: Draft) => wayOf(draft) === 2 || (draft.dmz && draft.source === "file");

/** Whether the secondary's own side is set up from here. */
export const joins = (draft: Draft) => wayOf(draft) === 1 || (draft.dmz && draft.setsUpSecondary);

export function stepsOf(draft: Draft): StepName[] {
  switch (wayOf(draft)) {
    case 1:
      return ["address", "certificate", "name", "reach", "account", "progress"];
    case 2:
      return ["address", "certificate", "name", "progress"];
    case 3:
      return ["address", "certificate", "name", "account", "progress"];
  }
}

/** `branch7` of branch7.cer, which is how a certificate is downloaded, or of a second one in the same folder; "" of one that tells nothing. */
export function nameOfFile(file: CertificateFile | null): string {
  const name = file?.fileName.replace(/( \(\d+\))?\.(cer|crt|der|pem)$/i, "").trim() ?? "";
  return /^(server|certificate)$/i.test(name) ? "" : name.slice(0, 128);
}

/** A change. What was found under another address is forgotten, and so is that it was compared. */
export function change(draft: Draft, part: Partial<Draft>): Draft {
  const next = { ...draft, ...part };
  const moved = next.address.trim() !== draft.address.trim() || next.dmz !== draft.dmz || next.usesProxy !== draft.usesProxy || next.proxy !== draft.proxy || next.source !== draft.source;
  if (moved) {
    next.found = null;
    next.compared = false;
    // A name that came from the server found before goes with it.
    if (draft.found !== null && next.name === draft.found.name) next.name = "";
  }
  if (part.found !== undefined && part.found !== null) {
    if (draft.found?.fingerprint !== part.found.fingerprint) next.compared = part.compared ?? false;
    if (next.name === "" || next.name === draft.found?.name) next.name = part.found.name;
  }
  if (part.file !== undefined && (next.name === "" || next.name === nameOfFile(draft.file))) next.name = nameOfFile(next.file);
  // A guess follows the address for as long as nobody wrote another one over it.
  if (next.console === "" || next.console === consoleGuess(draft.address)) next.console = next.dmz ? consoleGuess(next.address) : "";
  return next;
}

/** `host:13291` of a server whose link address is `host:13000`: a first guess for the console. */
export function consoleGuess(address: string): string {
  const bare = typedAddress(address);
  const match = /^(\[[^\]]+\]|[^:]+)(?::\d+)?$/.exec(bare);
  return match === null ? "" : match[1]!;
}

export type Missing = Partial<Record<keyof Draft, "required" | "compare" | "port">>;

/** What each step of the wizard is given. */
export interface StepProps {
  draft: Draft;
  set: (part: Partial<Draft>) => void;
  /** The last problem, shown at the field that it names. */
  problem: unknown;
  /** What is missing, once the person tried to go on. */
  shown: Missing;
}

const isBlank = (text: string) => text.trim() === "";

/** What keeps the person from going on from a page. */
export function missingOn(step: StepName, draft: Draft): Missing {
  const missing: Missing = {};
  const proxy = step === "address" ? draft.dmz && draft.usesProxy && wrongInProxy(draft.proxy) : step === "reach" && draft.usesSecondaryProxy && wrongInProxy(draft.secondaryProxy);
  switch (step) {
    case "address":
      if (draft.dmz && isBlank(draft.address)) missing.address = "required";
      if (proxy) missing.proxy = proxy;
      break;
    case "certificate":
      if (takesFile(draft)) {
        if (draft.file === null) missing.file = "required";
      } else if (draft.found === null) {
        missing.found = "required";
      } else if (!draft.compared) {
        missing.compared = "compare";
      }
      break;
    case "name":
      if (isBlank(draft.group)) missing.group = "required";
      break;
    case "reach":
      if (isBlank(draft.primaryAddress)) missing.primaryAddress = "required";
      if (proxy) missing.secondaryProxy = proxy;
      break;
    case "account":
      if (draft.dmz && !draft.setsUpSecondary) break;
      if (draft.dmz && isBlank(draft.console)) missing.console = "required";
      if (draft.login === "token" && isBlank(draft.token)) missing.token = "required";
      if (draft.login === "password" && isBlank(draft.user)) missing.user = "required";
      if (draft.login === "password" && draft.password === "") missing.password = "required";
      break;
    case "progress":
      break;
  }
  return missing;
}

export const mayGoOn = (step: StepName, draft: Draft) => Object.keys(missingOn(step, draft)).length === 0;

export const credentialsOf = (draft: Draft): JoinRequest["credentials"] =>
  draft.login === "token"
    ? { token: draft.token.trim() }
    : { user: draft.user.trim(), password: draft.password, ...(isBlank(draft.code) ? {} : { code: draft.code.trim() }) };

/** For ways 1 and 3 with an account. */
export function joinRequest(draft: Draft): JoinRequest {
  const fingerprint = takesFile(draft) ? (draft.file?.fingerprint ?? "") : (draft.found?.fingerprint ?? "");
  const shared = { group: draft.group, ...(isBlank(draft.name) ? {} : { name: draft.name.trim() }), fingerprint, credentials: credentialsOf(draft) };
  if (draft.dmz) {
    return {
      ...shared,
      way: "primary_dials",
      secondary_console: typedAddress(draft.console),
      dmz_address: typedAddress(draft.address),
      ...(draft.usesProxy ? { dmz_proxy: proxyRequest(draft.proxy) } : {}),
    };
  }
  return {
    ...shared,
    way: "secondary_dials",
    secondary_console: typedAddress(draft.address),
    primary_address: typedAddress(draft.primaryAddress),
    ...(draft.usesSecondaryProxy ? { primary_proxy: proxyRequest(draft.secondaryProxy) } : {}),
  };
}

/** For way 2, and for way 3 without an account. */
export function addRequest(draft: Draft): AddSecondary {
  const certificate = takesFile(draft) ? draft.file?.text : (draft.found?.certificate ?? undefined);
  return {
    group: draft.group,
    ...(isBlank(draft.name) ? {} : { name: draft.name.trim() }),
    ...(certificate ? { certificate } : {}),
    ...(draft.dmz ? { direction: "primary_dials" as const, address: typedAddress(draft.address), ...(draft.usesProxy ? { proxy: proxyRequest(draft.proxy) } : {}) } : {}),
  };
}

/** What the secondary is called while it is being added: in the DMZ nobody told its name yet. */
export const calledHere = (draft: Draft): string => draft.name.trim() || typedAddress(draft.address);

/** Whether another login on the secondary may help: it refused the one that was given. This server refuses only to register it. */
export const wantsOtherLogin = (failed: string | null, code: string): boolean =>
  ["wrong_credentials", "two_factor_required", "unauthenticated"].includes(code) || (code === "permission_denied" && failed !== null && failed !== "register_secondary");

/** Where a problem can be mended: by the field that the server names, otherwise by the step that failed. */
export function stepToMend(draft: Draft, field: string | null, failed: string | null, code: string): StepName {
  const first = field?.split(".")[0];
  switch (first) {
    case "name":
    case "group":
      return "name";
    case "certificate":
      return "certificate";
    case "primary_address":
    case "primary_proxy":
      return "reach";
    case "credentials":
      return "account";
    case "address":
    case "proxy":
    case "secondary_console":
    case "dmz_address":
    case "dmz_proxy":
      return "address";
  }
  if (code === "rate_limited" || wantsOtherLogin(failed, code)) return "account";
  if (code === "name_taken" || code === "group_not_found") return "name";
  if (failed === "identity") return code === "certificate_mismatch" ? "certificate" : "address";
  if (failed === "probe" || failed === "link") return draft.dmz ? "address" : "reach";
  return "name";
}
