// Addresses as people type or paste them, made what the API takes: a name or an IP address, with an optional port. Pure.

/** Also a link copied from a browser: `https://branch1:13291/` is `branch1:13291`. Anything else is left for the server to judge. */
export const typedAddress = (text: string): string =>
  text
    .trim()
    .replace(/^https?:\/\//i, "")
    .replace(/[/?#].*$/, "");

export const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;
