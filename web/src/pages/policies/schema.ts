// The settings of an application as its JSON Schema describes them: what a form is made from. Pure.
import type { SettingValue } from "../../api/types";

export type SettingKind = "boolean" | "integer" | "number" | "text" | "choice" | "texts";

export interface SettingField {
  /** Dotted, such as `log.level`. */
  path: string;
  title: string;
  description: string;
  kind: SettingKind;
  initial: SettingValue;
  minimum: number | null;
  maximum: number | null;
  /** Bytes of a text, or of each item. */
  maxLength: number | null;
  maxItems: number | null;
  choices: string[];
  unit: string | null;
  mergeable: boolean;
  needsRestart: boolean;
}

export interface SettingSection {
  path: string;
  title: string;
  description: string;
  fields: SettingField[];
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (of: Json, name: string): string => (typeof of[name] === "string" ? of[name] : "");
const numberOf = (of: Json, name: string): number | null => (typeof of[name] === "number" ? of[name] : null);

function kindOf(leaf: Json): SettingKind {
  if (Array.isArray(leaf["enum"])) return "choice";
  switch (leaf["type"]) {
    case "boolean":
    case "integer":
    case "number":
      return leaf["type"];
    case "array":
      return "texts";
    default:
      return "text";
  }
}

function fieldOf(path: string, leaf: Json): SettingField {
  const items = isObject(leaf["items"]) ? leaf["items"] : {};
  return {
    path,
    title: textOf(leaf, "title") || path,
    description: textOf(leaf, "description"),
    kind: kindOf(leaf),
    initial: (leaf["default"] ?? "") as SettingValue,
    minimum: numberOf(leaf, "minimum"),
    maximum: numberOf(leaf, "maximum"),
    maxLength: numberOf(leaf, "maxLength") ?? numberOf(items, "maxLength"),
    maxItems: numberOf(leaf, "maxItems"),
    choices: Array.isArray(leaf["enum"]) ? leaf["enum"].map(String) : [],
    unit: textOf(leaf, "unit") || null,
    mergeable: leaf["mergeable"] === true,
    needsRestart: leaf["needsRestart"] === true,
  };
}

/** Every object of the schema that holds settings, in the schema's order; deeper ones follow the one they are in. */
export function sectionsOf(schema: unknown, path = ""): SettingSection[] {
  if (!isObject(schema) || !isObject(schema["properties"])) return [];
  const here: SettingSection = { path, title: textOf(schema, "title") || path, description: textOf(schema, "description"), fields: [] };
  const below: SettingSection[] = [];
  for (const [name, inner] of Object.entries(schema["properties"])) {
    if (!isObject(inner)) continue;
    const at = path === "" ? name : `${path}.${name}`;
    if (isObject(inner["properties"])) below.push(...sectionsOf(inner, at));
    else here.fields.push(fieldOf(at, inner));
  }
  return here.fields.length > 0 ? [here, ...below] : below;
}

export const fieldsOf = (sections: SettingSection[]): SettingField[] => sections.flatMap((section) => section.fields);

/** A value as it is typed: a list one item in each line. */
export function typedValue(value: SettingValue): string {
  return Array.isArray(value) ? value.join("\n") : String(value);
}

export type Wrong = "number" | "integer" | "bounds" | "choice" | "length" | "items" | "needed";

/** What a typed text means to the setting, or what is wrong with it. The server looks closer. */
export function readValue(field: SettingField, typed: string): { value: SettingValue } | { wrong: Wrong } {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const text = typed.trim();
  switch (field.kind) {
    case "boolean":
      return { value: text === "true" };
    case "integer":
    case "number": {
      const value = Number(text);
      if (text === "" || !Number.isFinite(value)) return { wrong: "number" };
      if (field.kind === "integer" && !Number.isSafeInteger(value)) return { wrong: "integer" };
      if ((field.minimum !== null && value < field.minimum) || (field.maximum !== null && value > field.maximum)) return { wrong: "bounds" };
      return { value };
    }
    case "choice":
      return field.choices.includes(typed) ? { value: typed } : { wrong: "choice" };
    case "texts": {
      const items = typed.split("\n").map((line) => line.trim()).filter((line) => line !== "");
      if (field.maxItems !== null && items.length > field.maxItems) return { wrong: "items" };
      if (field.maxLength !== null && items.some((item) => bytes(item) > field.maxLength!)) return { wrong: "length" };
      return { value: items };
    }
    case "text":
      return field.maxLength !== null && bytes(typed) > field.maxLength ? { wrong: "length" } : { value: typed };
  }
}
