import { describe, expect, it } from "vitest";
import { emptyProxy } from "../src/parts/proxy";
import { firstMove, missingInMove, moveRequest } from "../src/pages/properties/primary_model";

const file = { fileName: "hq2.cer", text: "-----BEGIN CERTIFICATE-----", fingerprint: "AB", der: new Uint8Array() } as unknown as Parameters<typeof moveRequest>[1];

describe("a move to another primary", () => {
  it("needs an address where this server dials, and none where it waits", () => {
    expect(missingInMove(firstMove)).toBe(true);
    expect(missingInMove({ ...firstMove, address: "hq2" })).toBe(false);
    expect(missingInMove({ ...firstMove, address: "hq2", proxy: emptyProxy })).toBe(true);
    expect(missingInMove({ ...firstMove, direction: "primary_dials" })).toBe(false);
  });

  it("sends what belongs to the direction, and leaves the bound to the server", () => {
    expect(moveRequest({ ...firstMove, address: " hq2:13000 " }, file)).toEqual({ certificate: file.text, direction: "secondary_dials", address: "hq2:13000", wait_seconds: 60 });
    expect(moveRequest({ ...firstMove, direction: "primary_dials", address: "typed before", wait: "" }, file)).toEqual({ certificate: file.text, direction: "primary_dials" });
  });
});
