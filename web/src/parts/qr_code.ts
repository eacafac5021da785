// A QR code (ISO/IEC 18004): text in byte mode, error correction level M, versions 1 to 12 (up to 287 bytes), which is more than an
// otpauth address needs. Pure: text in, a square of dark and light modules out, without the quiet zone.

/** Code words of error correction in each block, and the number of blocks, of level M. */
const kBlocks: [words: number, blocks: number][] = [[10, 1], [16, 1], [26, 1], [18, 2], [24, 2], [16, 4], [18, 4], [22, 4], [22, 5], [26, 5], [30, 5], [22, 8]];
/** Centres of the alignment patterns. */
const kAlignment = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50], [6, 30, 54], [6, 32, 58]];

export const kLargestBytes = 287;

const sizeOf = (version: number) => 17 + 4 * version;

/** Modules that hold data, without all patterns, in whole code words. */
function rawWords(version: number): number {
  const size = sizeOf(version);
  let modules = size * size - 3 * 64 - 2 * 15 - 1 - 2 * (size - 16);
  const centres = kAlignment[version - 1]!.length;
  if (centres > 0) modules -= (centres * centres - 3) * 25 - (centres - 2) * 2 * 5;
  if (version >= 7) modules -= 2 * 18;
  return Math.floor(modules / 8);
}

function dataWords(version: number): number {
  const [words, blocks] = kBlocks[version - 1]!;
  return rawWords(version) - words * blocks;
}

/** In GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((other >>> bit) & 1) * one;
  }
  return product;
}

/** The coefficients of the Reed-Solomon generator polynomial, without the leading one. */
function generator(degree: number): number[] {
  const found = [...new Array<number>(degree - 1).fill(0), 1];
  let root = 1;
  for (let step = 0; step < degree; step++) {
    for (let at = 0; at < degree; at++) found[at] = multiply(found[at]!, root) ^ (found[at + 1] ?? 0);
    root = multiply(root, 2);
  }
  return found;
}

function remainder(data: readonly number[], divisor: readonly number[]): number[] {
  const rest = divisor.map(() => 0);
  for (const word of data) {
    const factor = word ^ rest.shift()!;
    rest.push(0);
    divisor.forEach((coefficient, at) => (rest[at]! ^= multiply(coefficient, factor)));
  }
  return rest;
}

function encode(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, length: number) => {
    for (let at = length - 1; at >= 0; at--) bits.push((value >>> at) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  const capacity = dataWords(version) * 8;
  put(0, Math.min(4, capacity - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < capacity; pad ^= 0xec ^ 0x11) put(pad, 8);
  const words: number[] = [];
  for (let at = 0; at < bits.length; at += 8) words.push(bits.slice(at, at + 8).reduce((word, bit) => (word << 1) | bit, 0));
  return words;
}

/** Blocks with their error correction, one word of each in turn. */
function interleave(data: number[], version: number): number[] {
  const [words, count] = kBlocks[version - 1]!;
  const raw = rawWords(version);
  const short = count - (raw % count);
  const length = Math.floor(raw / count) - words;
  const divisor = generator(words);
  const blocks: { data: number[]; check: number[] }[] = [];
  for (let at = 0, block = 0; block < count; block++) {
    const own = data.slice(at, at + length + (block < short ? 0 : 1));
    at += own.length;
    blocks.push({ data: own, check: remainder(own, divisor) });
  }
  const mixed: number[] = [];
  for (let at = 0; at <= length; at++) for (const block of blocks) if (at < block.data.length) mixed.push(block.data[at]!);
  for (let at = 0; at < words; at++) for (const block of blocks) mixed.push(block.check[at]!);
  return mixed;
}

type Square = (boolean | null)[][];

function patterns(version: number): Square {
  const size = sizeOf(version);
  const square: Square = Array.from({ length: size }, () => new Array<boolean | null>(size).fill(null));
  const set = (x: number, y: number, dark: boolean) => {
    if (x >= 0 && y >= 0 && x < size && y < size) square[y]![x] = dark;
  };
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const ring = (cx: number, cy: number, radius: number, light: readonly number[]) => {
    for (let dy = -radius; dy <= radius; dy++) for (let dx = -radius; dx <= radius; dx++) set(cx + dx, cy + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) ring(x, y, 4, [2, 4]);
  const centres = kAlignment[version - 1]!;
  const last = centres[centres.length - 1];
  for (const y of centres) for (const x of centres) if (!((x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6))) ring(x, y, 2, [1]);
  setFormat(square, 0);
  if (version >= 7) setVersion(square, version);
  return square;
}

function setFormat(square: Square, mask: number): void {
  const size = square.length;
  let rest = mask; // level M is 00
  for (let step = 0; step < 10; step++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((mask << 10) | rest) ^ 0x5412;
  const bit = (at: number) => ((bits >>> at) & 1) === 1;
  for (let at = 0; at < 15; at++) {
    const row = at < 6 ? at : at < 8 ? at + 1 : size - 15 + at;
    const column = at < 8 ? size - 1 - at : at < 9 ? 7 : 14 - at;
    square[row]![8] = bit(at);
    square[8]![column] = bit(at);
  }
  square[size - 8]![8] = true;
}

function setVersion(square: Square, version: number): void {
  let rest = version;
  for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let at = 0; at < 18; at++) {
    const dark = ((bits >>> at) & 1) === 1;
    const long = square.length - 11 + (at % 3);
    const short = Math.floor(at / 3);
    square[short]![long] = dark;
    square[long]![short] = dark;
  }
}

/** Where a word's bits go: two columns at a time, from the right, up and down in turn. */
function* freeModules(square: Square): Generator<[number, number]> {
  const size = square.length;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const up = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) if (square[y]![x] === null) yield [x, y];
    }
  }
}

const kMasks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

const kFinderLike = [/(?=10111010000)/g, /(?=00001011101)/g];

/** How hard a code is to read: long runs, blocks, what looks like a finder, and more of one colour. */
function penalty(square: boolean[][]): number {
  const size = square.length;
  let points = 0;
  const lines = [...square.map((row) => row), ...square.map((_, x) => square.map((row) => row[x]!))].map((line) => line.map((dark) => (dark ? "1" : "0")).join(""));
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2;
    for (const like of kFinderLike) points += 40 * (line.match(like)?.length ?? 0);
  }
  let dark = 0;
  square.forEach((row, y) =>
    row.forEach((each, x) => {
      if (each) dark++;
      const next = square[y + 1];
      if (next !== undefined && x + 1 < size && row[x + 1] === each && next[x] === each && next[x + 1] === each) points += 3;
    }),
  );
  return points + 10 * Math.floor(Math.abs((dark * 20) / (size * size) - 10));
}

/** Throws RangeError for a text of more than kLargestBytes. `mask` is chosen unless it is given. */
export function qrCode(text: string, mask?: number): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  const version = kBlocks.findIndex((_, at) => dataWords(at + 1) * 8 >= 4 + (at + 1 < 10 ? 8 : 16) + bytes.length * 8) + 1;
  if (version === 0) throw new RangeError(`a QR code here holds ${kLargestBytes} bytes`);
  const words = interleave(encode(bytes, version), version);
  const frame = patterns(version);
  const free = [...freeModules(frame)];
  const drawn = (which: number): boolean[][] => {
    const square = frame.map((row) => [...row]);
    free.forEach(([x, y], at) => {
      const bit = at < words.length * 8 && ((words[at >>> 3]! >>> (7 - (at & 7))) & 1) === 1;
      square[y]![x] = bit !== kMasks[which]!(x, y);
    });
    setFormat(square, which);
    return square as boolean[][];
  };
  const all = (mask === undefined ? kMasks.map((_, which) => which) : [mask]).map(drawn);
  return all.map((square) => ({ square, points: penalty(square) })).reduce((best, each) => (each.points < best.points ? each : best)).square;
}

/** One path of an SVG drawing in which a module is one unit. */
export const qrPath = (square: readonly boolean[][]): string => square.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
