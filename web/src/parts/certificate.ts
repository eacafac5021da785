// A certificate file as it is read in the browser: as text for the API, and with the fingerprint that people compare.

export interface CertificateFile {
  fileName: string;
  /** PEM, or base64 of the DER: what the API takes. */
  text: string;
  fingerprint: string;
}

export class NotACertificate extends Error {
  override readonly name = "NotACertificate";
}

const kLargestBytes = 64 * 1024;
const kPem = /-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----/;

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text.replace(/\s+/g, "")), (letter) => letter.charCodeAt(0));

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** DER is one ASN.1 SEQUENCE that fills the file. */
const looksLikeDer = (bytes: Uint8Array) => bytes.length > 64 && bytes[0] === 0x30 && (bytes[1]! & 0x80) !== 0;

export async function fingerprintOf(der: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", der));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

/** Throws NotACertificate for what can be seen not to be one; the server looks closer. */
export async function readCertificate(fileName: string, bytes: Uint8Array<ArrayBuffer>): Promise<CertificateFile> {
  if (bytes.length > kLargestBytes) throw new NotACertificate();
  const pem = kPem.exec(new TextDecoder("latin1").decode(bytes));
  let der = bytes;
  if (pem !== null) {
    try {
      der = fromBase64(pem[1]!);
    } catch {
      throw new NotACertificate();
    }
  }
  if (!looksLikeDer(der)) throw new NotACertificate();
  return { fileName, text: pem === null ? toBase64(bytes) : pem[0], fingerprint: await fingerprintOf(der) };
}
