// A file with a key and certificates as the API takes it. Pure.

/** PEM as it is; anything else, PKCS#12 before all, as base64. */
export function keyFileText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text.includes("-----BEGIN ") ? new TextDecoder().decode(bytes) : btoa(text);
}
