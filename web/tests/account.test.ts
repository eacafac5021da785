import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { codesFile, firstToken, missingInToken, spacedSecret, tokenRequest } from "../src/pages/account/model";
import { kLargestBytes, qrCode, qrPath } from "../src/parts/qr_code";

describe("a token", () => {
  it("begins with the least: reading, for thirty days", () => {
    expect(tokenRequest({ ...firstToken, name: " nightly " })).toEqual({ name: "nightly", expires_in_hours: 720, rights: ["read"] });
    expect(tokenRequest({ ...firstToken, name: "all", days: "1", scope: "all" })).toEqual({ name: "all", expires_in_hours: 24, rights: null });
  });

  it("needs a name, a whole number of days of at most a year, and a right", () => {
    expect(missingInToken({ ...firstToken, days: "366", rights: [] })).toEqual(["name", "days", "rights"]);
    expect(missingInToken({ ...firstToken, name: "n", days: "1.5" })).toEqual(["days"]);
    expect(missingInToken({ ...firstToken, name: "n", scope: "all", rights: [] })).toEqual([]);
  });
});

it("a key is shown in groups of four, and recovery codes are kept with what they are for", () => {
  expect(spacedSecret("JBSWY3DPEHPK3PXP")).toBe("JBSW Y3DP EHPK 3PXP");
  expect(codesFile(["a-1", "b-2"], "olga", "https://hq:13291")).toBe("Daikan https://hq:13291\nolga\n\na-1\nb-2\n");
});

// The sums are of codes that another encoder and a decoder agreed with.
const kKnown: [text: string, size: number, sums: string[]][] = [
  ["hi", 21, ["043e4c6b95be7301", "275aae7bf9dbc910", "81240590f3a630b0", "38bf539942cd0442", "f63a5e37bcf26135", "add69b2b9199b2da", "4946133694c71c9e", "80a9f3b98d70bedc"]],
  [
    "otpauth://totp/hq:olga?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Daikan%20hq",
    37,
    ["358e7776d65926e0", "4355e3a047f87bfe", "35d221df40aaf5cc", "b6d6ea8c095f2001", "0bb8ce39647ef6bd", "94a176ebabf07cd2", "8776208bb30715f4", "f27b09fca30241e8"],
  ],
  ["y".repeat(kLargestBytes), 65, ["cc33e50ef33d8ede", "a0dd05f3c214c269", "4c6b554ce57e4951", "6cedf23c3ca1b89f", "7c9be85cfa69ac15", "89844822833d357a", "40d617640ce63623", "466766f1d67faf17"]],
];

describe("a QR code", () => {
  it("is the one of the standard, for short and long texts and every mask", () => {
    for (const [text, size, sums] of kKnown) {
      sums.forEach((sum, mask) => {
        const rows = qrCode(text, mask).map((row) => row.map(Number).join(""));
        expect(rows).toHaveLength(size);
        expect(createHash("sha256").update(rows.join("\n")).digest("hex").slice(0, 16), `${text.slice(0, 10)} with mask ${mask}`).toBe(sum);
      });
      expect(Array.from({ length: 8 }, (_, mask) => JSON.stringify(qrCode(text, mask)))).toContain(JSON.stringify(qrCode(text)));
    }
  });

  it("refuses what it cannot hold", () => {
    expect(() => qrCode("y".repeat(kLargestBytes + 1))).toThrow(RangeError);
  });

  it("is drawn with one square for each dark module", () => {
    expect(qrPath([[true, false], [false, true]])).toBe("M0 0h1v1h-1zM1 1h1v1h-1z");
  });
});
