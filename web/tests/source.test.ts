// What no compiler finds in a style sheet or a text file.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]));

it("what PatternFly says in English by itself is said in the language of the page", () => {
  const own = /parts\/(alert|dialog)\.tsx$/;
  const english = files(join(__dirname, "../src")).filter((file) => {
    if (!file.endsWith(".tsx") || own.test(file)) return false;
    const text = readFileSync(file, "utf8");
    const taken = text.match(/import \{([^}]*)\} from "@patternfly\/react-core"/)?.[1] ?? "";
    const searches = text.match(/<SearchInput\b/g)?.length ?? 0;
    return /\b(Alert|Modal)\b/.test(taken) || searches !== (text.match(/resetButtonLabel=/g)?.length ?? 0);
  });
  expect(english).toEqual([]);
});

it("no file holds the marks of a merge that was not finished", () => {
  const marked = files(join(__dirname, "../src")).filter((file) => /^(<{7}|>{7}) /m.test(readFileSync(file, "utf8")));
  expect(marked).toEqual([]);
});
