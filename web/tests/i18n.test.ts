// Both languages hold the same texts, and exactly those that the pages use.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(__dirname, "../src");

function textsOf(language: string): Map<string, string> {
  const texts = new Map<string, string>();
  const walk = (value: unknown, key: string): void => {
    if (typeof value === "string") texts.set(key, value);
    else for (const [name, inner] of Object.entries(value as Record<string, unknown>)) walk(inner, key === "" ? name : `${key}.${name}`);
  };
  for (const file of readdirSync(join(source, "i18n", language))) {
    if (file.endsWith(".json")) walk(JSON.parse(readFileSync(join(source, "i18n", language, file), "utf8")), file.slice(0, -5));
  }
  return texts;
}

function sources(folder = source): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [readFileSync(path, "utf8")] : [];
  });
}

/** Keys in t("…") and i18nKey="…", beginnings of those that a value completes, t(`link_state.${state}`), and every other text in quotes. */
function uses(): { keys: Set<string>; beginnings: Set<string>; quoted: Set<string> } {
  const keys = new Set<string>();
  const beginnings = new Set<string>();
  const quoted = new Set<string>();
  for (const text of sources()) {
    for (const [, key] of text.matchAll(/\bt\(\s*"([^"]+)"/g)) keys.add(key!);
    for (const [, key] of text.matchAll(/i18nKey="([^"]+)"/g)) keys.add(key!);
    for (const [, beginning] of text.matchAll(/(?:\bt\(\s*|\bexists\(|i18nKey=\{)`([^`$]*)\$\{/g)) beginnings.add(beginning!);
    for (const [, key] of text.matchAll(/"([a-z_0-9]+(?:\.[a-z_0-9]+)+)"/g)) quoted.add(key!);
  }
  return { keys, beginnings, quoted };
}

const withoutPlural = (key: string) => key.replace(/_(one|other)$/, "");
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)[^}]*\}\}|<\/?(\w+)>/g)].map((match) => match[0]).sort();

const en = textsOf("en");
const ja = textsOf("ja");

describe("texts", () => {
  it("are the same set in both languages", () => {
    expect([...ja.keys()].filter((key) => !en.has(key)), "only in ja").toEqual([]);
    expect([...en.keys()].filter((key) => !ja.has(key)), "only in en").toEqual([]);
  });

  it("are never empty", () => {
    for (const [key, text] of [...en, ...ja]) expect(text.trim(), key).not.toBe("");
  });

  it("have the same values to fill in", () => {
    for (const [key, text] of en) expect(placeholders(ja.get(key) ?? ""), key).toEqual(placeholders(text));
  });

  it("are there for every use", () => {
    const known = new Set([...en.keys()].map(withoutPlural));
    const { keys, beginnings } = uses();
    expect([...keys].filter((key) => !known.has(key) && !en.has(key))).toEqual([]);
    expect([...beginnings].filter((beginning) => ![...known].some((key) => key.startsWith(beginning)))).toEqual([]);
  });

  it("are all used", () => {
    const { keys, beginnings, quoted } = uses();
    const isThere = (key: string) => keys.has(key) || quoted.has(key);
    const unused = [...en.keys()].filter((key) => !isThere(key) && !isThere(withoutPlural(key)) && ![...beginnings].some((beginning) => key.startsWith(beginning)));
    expect(unused).toEqual([]);
  });

  it("are Japanese in Japanese", () => {
    const kSame = /^[\x20-\x7e]*$/;
    const foreign = [...ja].filter(([key, text]) => kSame.test(text) && en.get(key) === text && /[a-z]{4}/.test(text.replace(/\{\{.*?\}\}/g, "")));
    expect(foreign.map(([key]) => key)).toEqual([]);
  });
});
