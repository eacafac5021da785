// Writes src/api/schema.d.ts from ../spec/openapi.yaml; with --check only says whether it is current.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../spec/openapi.yaml", import.meta.url);
const target = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url));

const types = "// Generated from spec/openapi.yaml by `npm run api`. Do not edit.\n\n" + astToString(await openapiTS(contract, { defaultNonNullable: false }));

if (process.argv.includes("--check")) {
  const present = await readFile(target, "utf8").catch(() => "");
  if (present !== types) {
    console.error("src/api/schema.d.ts is not what spec/openapi.yaml says. Run `npm run api` and commit the result.");
    process.exit(1);
  }
  console.log("src/api/schema.d.ts is current.");
} else {
  await writeFile(target, types);
}
