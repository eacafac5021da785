// Packs the files of a folder: pack_web.mjs FOLDER writes NAME.br and NAME.gz beside every NAME that becomes smaller by it, and prints what
// the first load of index.html costs. Called by tools/build_web.py; daikand serves what it makes (src/api/static_files.h).
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = process.argv[2];
const worthIt = /\.(html|js|mjs|css|json|svg|txt|webmanifest|map|wasm|ico)$/;
const leastBytes = 1024; // below, the packed form saves no packet
const packed = new Map();

function* filesBelow(path) {
  for (const name of readdirSync(path)) {
    const file = join(path, name);
    if (statSync(file).isDirectory()) yield* filesBelow(file);
    else yield file;
  }
}

for (const file of filesBelow(folder)) {
  const content = readFileSync(file);
  let least = content.length;
  if (worthIt.test(file) && content.length >= leastBytes) {
    const forms = {
      br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
      gz: gzipSync(content, { level: 9 }),
    };
    for (const [extension, bytes] of Object.entries(forms)) {
      if (bytes.length >= content.length * 0.95) continue;
      writeFileSync(`${file}.${extension}`, bytes);
      least = Math.min(least, bytes.length);
    }
  }
  packed.set(file, least);
}

// What index.html names itself is what a browser asks for before anything is shown.
const index = readFileSync(join(folder, "index.html"), "utf8");
const first = ["index.html", ...[...index.matchAll(/(?:src|href)="\/?([^"]+)"/g)].map((found) => found[1])];
const bytes = first.map((name) => packed.get(join(folder, name)) ?? 0).reduce((sum, each) => sum + each, 0);
console.log(`first load: ${(bytes / 1000).toFixed(0)} kB packed, in ${first.length} files`);
