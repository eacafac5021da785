// What no compiler finds in a style sheet or a text file.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]));

it("no file holds the marks of a merge that was not finished", () => {
  const marked = files(join(__dirname, "../src")).filter((file) => /^(<{7}|>{7}) /m.test(readFileSync(file, "utf8")));
  expect(marked).toEqual([]);
});
