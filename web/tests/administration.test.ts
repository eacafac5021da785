import { describe, expect, it } from "vitest";
import type { Destination } from "../src/api/types";
import { addRequest, destinationDraft, editRequest, firstDestination, hasCertificate, missingInDestination } from "../src/pages/notifications/model";
import { addressesOf, firstInvitation, invitationFileName, invitationRequest } from "../src/pages/invitations/model";
import { keyFileText } from "../src/pages/properties/own_key";
import { firstFailed, reportName, seenBy } from "../src/pages/link_doctor/model";
import type { LinkCheck } from "../src/api/types";

const mail = { ...firstDestination, name: " ops ", address: "mail.example.com:587", sender: "daikan@example.com", recipients: "a@example.com\n b@example.com,", user: "daikan", secret: "s" };

describe("a destination", () => {
  it("sends what its kind has, and nothing of the others", () => {
    expect(addRequest(mail)).toEqual({ name: "ops", kind: "email", address: "mail.example.com:587", severity: "warning", transport: "starttls", user: "daikan", sender: "daikan@example.com", recipients: "a@example.com b@example.com", secret: "s" });
    expect(addRequest({ ...mail, kind: "webhook", address: "https://hook.example.com/x", kinds: "link_refused,  login_refused" })).toEqual({ name: "ops", kind: "webhook", address: "https://hook.example.com/x", severity: "warning", secret: "s", kinds: "link_refused login_refused" });
    expect(addRequest({ ...mail, kind: "syslog", transport: "udp", fingerprint: "AB" })).toEqual({ name: "ops", kind: "syslog", address: "mail.example.com:587", severity: "warning", transport: "udp" });
  });

  it("by mail needs a sender and recipients", () => {
    expect(missingInDestination(firstDestination)).toEqual(["name", "address", "sender", "recipients"]);
    expect(missingInDestination({ ...firstDestination, kind: "syslog", name: "n", address: "log" })).toEqual([]);
  });

  it("has a certificate where it is spoken to over TLS", () => {
    expect(hasCertificate({ kind: "webhook", transport: "tls", address: "HTTPS://a" })).toBe(true);
    expect(hasCertificate({ kind: "webhook", transport: "tls", address: "http://a" })).toBe(false);
    expect(hasCertificate({ kind: "syslog", transport: "udp", address: "log" })).toBe(false);
  });

  it("keeps a secret that was not typed, takes away what is emptied, and forgets a secret when told to", () => {
    expect(editRequest({ fingerprint: " ", kinds: "", severity: "error" })).toEqual({ fingerprint: null, kinds: null, severity: "error" });
    expect(editRequest({ secret: "" })).toEqual({});
    expect(editRequest({ forgets: true })).toEqual({ secret: null });
    expect(editRequest({ forgets: true, secret: "other" })).toEqual({ secret: "other" });
  });

  it("is edited as it is told", () => {
    const told = { name: "ops", kind: "email", address: "a", transport: "tls", fingerprint: null, user: null, sender: "s", recipients: "a@x b@x", severity: "error", kinds: "" } as Destination;
    expect(destinationDraft(told)).toMatchObject({ recipients: "a@x\nb@x", fingerprint: "", secret: "", transport: "tls" });
  });
});

describe("an invitation", () => {
  it("says a name and addresses only where somebody gave them", () => {
    expect(invitationRequest({ ...firstInvitation, group: "Managed devices" })).toEqual({ group: "Managed devices", expires_in_seconds: 604_800 });
    expect(invitationRequest({ group: "g", name: " Branch 7 ", valid: "hour", addresses: "hq:13000\n[::1]:13000" })).toEqual({ group: "g", name: "Branch 7", expires_in_seconds: 3600, addresses: ["hq:13000", "[::1]:13000"] });
    expect(addressesOf(" ")).toEqual([]);
  });

  it("has a file whose name every system takes", () => {
    expect(invitationFileName({ name: "支店 7/東京", id: "i" })).toBe("支店_7_東京.invitation");
    expect(invitationFileName({ name: null, id: "01930c4e" })).toBe("01930c4e.invitation");
  });
});

it("a key file is sent as text when it is PEM, and as base64 otherwise", () => {
  expect(keyFileText(new TextEncoder().encode("-----BEGIN PRIVATE KEY-----\nAA==\n"))).toContain("-----BEGIN PRIVATE KEY-----");
  expect(keyFileText(new Uint8Array([0x30, 0x82, 0xff]))).toBe("MIL/");
});

describe("what the link doctor found", () => {
  const step = (name: string, outcome: string, seen_by = "this_end") => ({ step: name, outcome, seen_by, detail: "", took_ms: null, error: null });
  const check = { at: "2026-11-26T03:30:00.000000Z", peer: "branch 7/x", steps: [step("name", "passed"), step("tcp", "failed", "other_end"), step("tls", "failed")], this_end: { server: "hq" }, other_end: null } as unknown as LinkCheck;

  it("begins with the first step that failed, and who saw it", () => {
    expect(firstFailed(check)?.step).toBe("tcp");
    expect(seenBy(check, check.steps[1]!)).toBe("branch 7/x");
    expect(seenBy(check, check.steps[0]!)).toBe("hq");
  });

  it("is kept in a file that says which link and when", () => {
    expect(reportName(check)).toBe("daikan-link-hq-branch_7_x-20261126T033000Z.json");
  });
});
