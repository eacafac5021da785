import { describe, expect, it } from "vitest";
import { addRequest, calledHere, change, consoleGuess, firstDraft, joinRequest, joins, mayGoOn, missingOn, stepsOf, stepToMend, wayOf, type Draft } from "../src/pages/add_secondary/model";
import { isPort, typedAddress } from "../src/parts/address";
import { fileName } from "../src/parts/download";
import { emptyProxy, proxyDraft, proxyRequest, wrongInProxy } from "../src/parts/proxy";

const draft = (part: Partial<Draft> = {}): Draft => ({ ...firstDraft("Managed devices/Branches", "hq:13000"), ...part });
const found = { fingerprint: "AB:CD", name: "branch1", version: "0.1.0", certificate: null };
const file = { fileName: "branch7.cer", text: "MII", fingerprint: "EF:01" };

describe("the three ways", () => {
  it("follow from the address and the DMZ box alone", () => {
    expect(wayOf(draft({ address: "branch1" }))).toBe(1);
    expect(wayOf(draft({ address: "  " }))).toBe(2);
    expect(wayOf(draft({ address: "dmz:13000", dmz: true }))).toBe(3);
  });

  it("have their pages", () => {
    expect(stepsOf(draft({ address: "branch1" }))).toEqual(["address", "certificate", "name", "reach", "account", "progress"]);
    expect(stepsOf(draft())).toEqual(["address", "certificate", "name", "progress"]);
    expect(stepsOf(draft({ dmz: true }))).toEqual(["address", "certificate", "name", "account", "progress"]);
  });

  it("set up the other side in way 1, in way 3 with an account, and in way 2 never", () => {
    expect(joins(draft({ address: "branch1" }))).toBe(true);
    expect(joins(draft())).toBe(false);
    expect(joins(draft({ dmz: true, setsUpSecondary: true }))).toBe(true);
    expect(joins(draft({ dmz: true, setsUpSecondary: false }))).toBe(false);
  });
});

describe("a page", () => {
  it("of the DMZ needs the address, and the proxy's when there is one", () => {
    expect(missingOn("address", draft())).toEqual({});
    expect(missingOn("address", draft({ dmz: true, usesProxy: true }))).toEqual({ address: "required", proxy: "required" });
  });

  it("of the certificate needs the comparison, or the file", () => {
    expect(missingOn("certificate", draft({ address: "branch1" }))).toEqual({ found: "required" });
    expect(missingOn("certificate", draft({ address: "branch1", found }))).toEqual({ compared: "compare" });
    expect(mayGoOn("certificate", draft({ address: "branch1", found, compared: true }))).toBe(true);
    expect(missingOn("certificate", draft())).toEqual({ file: "required" });
    expect(mayGoOn("certificate", draft({ file }))).toBe(true);
  });

  it("of the account needs a login of either kind, and none when the other administrator does it", () => {
    expect(missingOn("account", draft({ address: "b" }))).toEqual({ user: "required", password: "required" });
    expect(missingOn("account", draft({ address: "b", login: "token" }))).toEqual({ token: "required" });
    expect(mayGoOn("account", draft({ dmz: true, setsUpSecondary: false }))).toBe(true);
  });
});

describe("a change", () => {
  it("of the address forgets what was found and that it was compared", () => {
    const seen = change(draft({ address: "branch1" }), { found });
    expect(seen.name).toBe("branch1");
    const compared = change(seen, { compared: true });
    const moved = change(compared, { address: "branch2" });
    expect(moved).toMatchObject({ found: null, compared: false, name: "" });
  });

  it("of anything else keeps them, and a name that was typed stays", () => {
    const typed = change(change(draft({ address: "branch1" }), { found }), { name: "North", compared: true });
    expect(change(typed, { group: "Managed devices" })).toMatchObject({ found, compared: true, name: "North" });
    expect(change(typed, { address: "branch2" }).name).toBe("North");
  });

  it("that finds another certificate has to be compared again", () => {
    const compared = change(change(draft({ address: "b" }), { found }), { compared: true });
    expect(change(compared, { found: { ...found, fingerprint: "99" } }).compared).toBe(false);
    expect(change(compared, { found: { ...found } }).compared).toBe(true);
  });
});

describe("what is sent", () => {
  it("is a join for way 1, with the proxy of the secondary", () => {
    const request = joinRequest(
      draft({ address: " branch1 ", found, name: "North", user: "admin", password: " p ", code: "123456", usesSecondaryProxy: true, secondaryProxy: { ...emptyProxy, host: "proxy", user: "u@x", password: "s" } }),
    );
    expect(request).toEqual({
      way: "secondary_dials",
      group: "Managed devices/Branches",
      name: "North",
      fingerprint: "AB:CD",
      secondary_console: "branch1",
      primary_address: "hq:13000",
      primary_proxy: { url: "http://u%40x@proxy", password: "s" },
      credentials: { user: "admin", password: " p ", code: "123456" },
    });
  });

  it("is a join through the primary's dial for way 3, with a token", () => {
    const request = joinRequest(draft({ dmz: true, address: "dmz:13000", console: "dmz", found, login: "token", token: "dkt_1", usesProxy: true, proxy: { ...emptyProxy, kind: "socks5", host: "::1", port: "1080" } }));
    expect(request).toMatchObject({ way: "primary_dials", secondary_console: "dmz", dmz_address: "dmz:13000", dmz_proxy: { url: "socks5://[::1]:1080" }, credentials: { token: "dkt_1" } });
    expect(request).not.toHaveProperty("primary_address");
  });

  it("is a registration by file for way 2, and one with the address for way 3 without an account", () => {
    expect(addRequest(draft({ file, name: "Branch 7" }))).toEqual({ group: "Managed devices/Branches", name: "Branch 7", certificate: "MII" });
    const dmz = draft({ dmz: true, setsUpSecondary: false, address: "dmz", found: { ...found, certificate: "PEM" } });
    expect(addRequest(dmz)).toEqual({ group: "Managed devices/Branches", certificate: "PEM", direction: "primary_dials", address: "dmz" });
  });
});

describe("a secondary", () => {
  it("is called by its address while nobody has told its name", () => {
    expect(calledHere(draft({ dmz: true, address: "dmz.example.com:13000" }))).toBe("dmz.example.com:13000");
    expect(calledHere(draft({ address: "branch1", name: "North" }))).toBe("North");
  });
});

describe("a failure", () => {
  it("is mended where the server's field or the failed step says", () => {
    const one = draft({ address: "b" });
    expect(stepToMend(one, "primary_proxy.url", null, "invalid_request")).toBe("reach");
    expect(stepToMend(one, null, "identity", "certificate_mismatch")).toBe("certificate");
    expect(stepToMend(one, null, "identity", "unreachable")).toBe("address");
    expect(stepToMend(one, null, "probe", "refused")).toBe("reach");
    expect(stepToMend(draft({ dmz: true }), null, "probe", "proxy_denied")).toBe("address");
    expect(stepToMend(one, null, "identity", "wrong_credentials")).toBe("account");
    expect(stepToMend(one, null, "register_secondary", "name_taken")).toBe("name");
    expect(stepToMend(one, null, "probe", "permission_denied")).toBe("account");
    expect(stepToMend(one, null, "register_secondary", "permission_denied")).toBe("name");
  });
});

describe("a proxy", () => {
  it("is read back as it was written, but for the password", () => {
    const typed = { kind: "socks5" as const, host: "fd00::1", port: "1080", user: "a b", password: "" };
    expect(proxyDraft(proxyRequest(typed).url)).toEqual(typed);
    expect(proxyDraft(null)).toBeNull();
  });

  it("has its host's name as a first guess for the console", () => {
    expect(consoleGuess("dmz.example.com:13000")).toBe("dmz.example.com");
    expect(consoleGuess("[::1]:13000")).toBe("[::1]");
  });

  it("may have its port behind the host, where it is pasted; the port's own field counts more", () => {
    expect(proxyRequest({ ...emptyProxy, host: "10.0.0.7:8080" }).url).toBe("http://10.0.0.7:8080");
    expect(proxyRequest({ ...emptyProxy, host: "http://proxy.example.com:8080/" }).url).toBe("http://proxy.example.com:8080");
    expect(proxyRequest({ ...emptyProxy, host: "proxy:8080", port: "3128" }).url).toBe("http://proxy:3128");
    expect(proxyRequest({ ...emptyProxy, host: "[::1]:8080" }).url).toBe("http://[::1]:8080");
    expect(proxyRequest({ ...emptyProxy, host: "fd00::1" }).url).toBe("http://[fd00::1]");
  });

  it("with a port that is none keeps the page", () => {
    expect(wrongInProxy({ ...emptyProxy, host: "proxy", port: "777777" })).toBe("port");
    expect(wrongInProxy({ ...emptyProxy, host: "proxy:99999" })).toBe("port");
    expect(wrongInProxy({ ...emptyProxy, host: "proxy" })).toBeNull();
    const proxy = { ...emptyProxy, host: "proxy", port: "0" };
    expect(missingOn("address", draft({ dmz: true, address: "dmz", usesProxy: true, proxy }))).toEqual({ proxy: "port" });
    expect(missingOn("reach", draft({ address: "b", usesSecondaryProxy: true, secondaryProxy: proxy }))).toEqual({ secondaryProxy: "port" });
    expect(mayGoOn("reach", draft({ address: "b", usesSecondaryProxy: true, secondaryProxy: { ...proxy, port: "3128" } }))).toBe(true);
  });
});

describe("an address", () => {
  it("may be a link copied from a browser", () => {
    expect(typedAddress(" https://127.0.0.1:13291/ ")).toBe("127.0.0.1:13291");
    expect(typedAddress("https://[::1]:13291/properties?x")).toBe("[::1]:13291");
    expect(typedAddress("branch1.example.com")).toBe("branch1.example.com");
    expect(joinRequest(draft({ address: "https://branch1/", found }))).toMatchObject({ secondary_console: "branch1" });
    expect([isPort("13000"), isPort("0"), isPort("65536"), isPort("1e3")]).toEqual([true, false, false, false]);
  });

  it("of a server in the DMZ is a guess for its console, until somebody writes another", () => {
    const typed = change(draft({ dmz: true }), { address: "dmz.example.com:13000" });
    expect(typed.console).toBe("dmz.example.com");
    expect(change(typed, { address: "dmz2.example.com:13000" }).console).toBe("dmz2.example.com");
    const own = change(typed, { console: "10.0.0.7:13291" });
    expect(change(own, { address: "dmz2:13000" }).console).toBe("10.0.0.7:13291");
    expect(change(change(draft(), { address: "branch1" }), { dmz: false }).console).toBe("");
  });
});

describe("a certificate file", () => {
  it("names the server that it is downloaded from, and so the secondary that it is given for", () => {
    expect(fileName("branch7", "cer")).toBe("branch7.cer");
    expect(fileName("Büro 7/Süd", "pem")).toBe("Büro 7_Süd.pem");
    const given = change(draft(), { file });
    expect(given.name).toBe("branch7");
    expect(change(given, { file: { ...file, fileName: "branch8 (1).pem" } }).name).toBe("branch8");
    expect(change(draft(), { file: { ...file, fileName: "server.cer" } }).name).toBe("");
    expect(change(change(given, { name: "North" }), { file: { ...file, fileName: "branch8.cer" } }).name).toBe("North");
  });
});
