// Certificates of servers that do not exist: each with a key of its own, as `daikand` makes them, by putting a new key into a real one.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";

const length = (count) => (count < 128 ? [count] : count < 256 ? [0x81, count] : [0x82, count >> 8, count & 255]);
const element = (tag, ...parts) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
};

/** The element at `offset`: where it ends, and all its bytes. */
function elementAt(bytes, offset) {
  const short = bytes[offset + 1];
  const head = short < 128 ? 2 : 2 + (short & 127);
  let size = short;
  if (short >= 128) size = [...bytes.subarray(offset + 2, offset + head)].reduce((sum, byte) => sum * 256 + byte, 0);
  return { inside: offset + head, end: offset + head + size, bytes: bytes.subarray(offset, offset + head + size) };
}

/** DER, self-signed, P-256. `template`: the DER of a real server's. */
export function certificateLike(template) {
  const old = new X509Certificate(template).publicKey.export({ type: "spki", format: "der" });
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const fresh = publicKey.export({ type: "spki", format: "der" });
  assert.equal(fresh.length, old.length, "the template has another kind of key");
  const signed = elementAt(template, elementAt(template, 0).inside);
  const algorithm = elementAt(template, signed.end);
  const body = Buffer.from(signed.bytes);
  fresh.copy(body, body.indexOf(old));
  return element(0x30, body, algorithm.bytes, element(0x03, Buffer.from([0]), sign("sha256", body, privateKey)));
}
