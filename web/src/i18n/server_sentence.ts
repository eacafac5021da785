// What servers write, in another language than theirs.
//
// As in gettext the English sentence is the key: the catalogue has the template as the source of the server has it, "The group “{}” was
// added by {}.", and what it is in the other language, "「{0}」…{1}…". A sentence that came (from this server, from a lower one of another
// version, out of an old event) is matched against all templates; the one with the most literal text that fits it whole is meant, and the
// values between its literals are filled in. Knows nothing of pages and languages; ja/server_sentences holds the words.
//
// A value that is a sentence itself (the reason inside a message) is told in the other language as well, unless it stands in “quotes”:
// that is somebody's name. `{1~}` marks a value that is a phrase, a word of a state or a list of changes.

export interface Catalogue {
  /** Whole sentences: wherever they come. */
  sentences: Record<string, string>;
  /** Parts of sentences: only where `~` or a page asks for them, since a server may be called "removed". */
  phrases: Record<string, string>;
}

export interface SentenceBook {
  /** One sentence or a few behind one another; null when one of them is not known. */
  sentence(text: string): string | null;
  /** A part of a sentence, or a list of such parts. */
  phrase(text: string): string | null;
}

interface Template {
  literals: string[];
  /** Which value stands behind literals[i]. */
  slots: number[];
  /** Values that stand in “quotes”. */
  quoted: Set<number>;
  /** Characters of literal text. */
  weight: number;
  /** Words that every text of this template has. */
  words: string[];
  told: string;
}

interface Fit {
  template: Template;
  values: string[];
}

/** A text in the other language, and how many of the characters it was told from are literal text of templates. */
interface Answer {
  told: string;
  weight: number;
}

// Bounds: an event has at most some KiB, and a reason is not told inside a reason inside a reason for ever.
const kLongest = 8192;
const kDeepest = 6;
const kMostInARow = 8;
const kMostInAList = 64;
const kCached = 4096;

const kPlace = /\{\{|\}\}|\{(\d*)(?::(?:[^{}]|\{\})*)?\}/g;
const kWord = /[A-Za-z]{2,}/g;
const kTold = /\{(\d+)(~?)\}/g;

/** A template of fmt, taken apart. */
export function templateOf(english: string, told: string): Template {
  const literals = [""];
  const slots: number[] = [];
  const quoted = new Set<number>();
  let from = 0;
  let following = 0;
  for (const match of english.matchAll(kPlace)) {
    literals[literals.length - 1] = literals.at(-1)! + english.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[1] === undefined) {
      literals[literals.length - 1] = literals.at(-1)! + match[0].slice(1);
      continue;
    }
    const slot = match[1] === "" ? following++ : Number(match[1]);
    if (literals.at(-1)!.endsWith("“")) quoted.add(slot);
    slots.push(slot);
    literals.push("");
  }
  literals[literals.length - 1] = literals.at(-1)! + english.slice(from);
  const words = literals.flatMap((literal, at) =>
    [...literal.matchAll(kWord)]
      // A word that touches a value may be the beginning of a longer one: "second{}".
      .filter((word) => (word.index > 0 || at === 0) && (word.index + word[0].length < literal.length || at === slots.length))
      .map((word) => word[0]),
  );
  return { literals, slots, quoted, weight: literals.reduce((sum, literal) => sum + literal.length, 0), words, told };
}

/** The values in `text`, when it is one of this template. Goes through the text once. */
function valuesIn({ literals, slots, weight }: Template, text: string): string[] | null {
  const first = literals[0]!;
  const last = literals.at(-1)!;
  if (slots.length === 0) return text === first ? [] : null;
  if (text.length < weight || !text.startsWith(first) || !text.endsWith(last)) return null;
  const end = text.length - last.length;
  const values: string[] = [];
  let at = first.length;
  for (let i = 0; i < slots.length; ++i) {
    const isLast = i === slots.length - 1;
    const to = isLast ? end : text.indexOf(literals[i + 1]!, at);
    if (to < at || (!isLast && to + literals[i + 1]!.length > end)) return null;
    const value = text.slice(at, to);
    const slot = slots[i]!;
    if (values[slot] !== undefined && values[slot] !== value) return null;
    values[slot] = value;
    at = to + literals[i + 1]!.length;
  }
  return values;
}

/** Templates, found by their rarest word: a page has a thousand rows. */
class Index {
  private readonly byWord = new Map<string, Template[]>();
  private readonly wordless: Template[] = [];

  constructor(entries: Record<string, string>) {
    const templates = Object.entries(entries).map(([english, told]) => templateOf(english, told));
    const uses = new Map<string, number>();
    for (const { words } of templates) for (const word of new Set(words)) uses.set(word, (uses.get(word) ?? 0) + 1);
    for (const template of templates) {
      const rarest = template.words.reduce<string | null>((best, word) => (best === null || uses.get(word)! < uses.get(best)! ? word : best), null);
      if (rarest === null) this.wordless.push(template);
      else this.byWord.set(rarest, [...(this.byWord.get(rarest) ?? []), template]);
    }
  }

  /** Every template that `text` may be one of. */
  fits(text: string): Fit[] {
    const fits: Fit[] = [];
    const look = (template: Template) => {
      const values = valuesIn(template, text);
      if (values !== null) fits.push({ template, values });
    };
    for (const word of new Set(text.match(kWord) ?? [])) this.byWord.get(word)?.forEach(look);
    this.wordless.forEach(look);
    return fits;
  }
}

/** Remembers what was asked; forgets everything when that is much. */
function remembering(ask: (text: string, depth: number) => Answer | null) {
  const known = new Map<string, Answer | null>();
  return (text: string, depth: number): Answer | null => {
    if (depth > kDeepest || text.length > kLongest || text === "") return null;
    const key = `${depth} ${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = ask(text, depth);
    if (known.size >= kCached) known.clear();
    known.set(key, answer);
    return answer;
  };
}

const heavier = (one: Answer | null, other: Answer | null): Answer | null => (other === null || (one !== null && one.weight >= other.weight) ? one : other);

export function bookOf(catalogue: Catalogue): SentenceBook {
  const sentences = new Index(catalogue.sentences);
  const phrases = new Index(catalogue.phrases);

  const fill = ({ template, values }: Fit, depth: number): Answer => {
    let weight = template.weight;
    const told = template.told.replace(kTold, (_, number: string, mark: string) => {
      const slot = Number(number);
      const value = values[slot] ?? "";
      if (mark === "" && template.quoted.has(slot)) return value;
      const answer = (mark === "" ? sentence : phrase)(value.trim(), depth + 1);
      weight += answer?.weight ?? 0;
      return answer?.told ?? value;
    });
    return { told, weight };
  };

  /** What leaves the least to values; of equals the one that says more itself. */
  const best = (fits: Fit[], depth: number): Answer | null =>
    fits
      .sort((one, other) => other.template.weight - one.template.weight)
      .map((fit) => fill(fit, depth))
      .reduce<Answer | null>(heavier, null);

  /** The way through the sentences of `text` that leaves the least to values. */
  const sentence = remembering((text, depth) => {
    const starts = [0];
    for (let at = 1; at < text.length - 1; ++at) {
      if (text[at] === " " && (text[at - 1] === "." || text[at - 1] === "?")) starts.push(at + 1);
    }
    if (starts.length > kMostInARow) starts.length = 1;
    // ways[i]: the best way from starts[i] to the end.
    const ways = Array<Answer | null>(starts.length + 1).fill(null);
    ways[starts.length] = { told: "", weight: 0 };
    for (let i = starts.length - 1; i >= 0; --i) {
      for (let j = starts.length; j > i; --j) {
        const rest = ways[j]!;
        if (rest === null) continue;
        const first = best(sentences.fits(text.slice(starts[i], j === starts.length ? undefined : starts[j]! - 1)), depth);
        if (first !== null) ways[i] = heavier(ways[i]!, { told: first.told + rest.told, weight: first.weight + rest.weight });
      }
    }
    return ways[0] ?? passedOn(text, depth);
  });

  /** `branch1:13291: The user name or the password is wrong.`: what another server said, with its address before it. */
  const passedOn = (text: string, depth: number): Answer | null => {
    const match = /^(\S+): (.+)$/s.exec(text);
    const said = match === null ? null : sentence(match[2]!, depth + 1);
    return said === null ? null : { told: `${match![1]}: ${said.told}`, weight: said.weight };
  };

  /** A list of which all or some parts are known. */
  const listOf = (text: string, least: "all" | "one", depth: number): Answer | null => {
    for (const [separator, told] of [["; ", "; "], [", ", "、"]] as const) {
      const parts = text.split(separator);
      if (parts.length < 2 || parts.length > kMostInAList) continue;
      const answers = parts.map((part) => phrase(part, depth + 1));
      const known = answers.filter((answer) => answer !== null);
      if (known.length === 0 || (least === "all" && known.length < parts.length)) continue;
      return {
        told: answers.map((answer, at) => answer?.told ?? parts[at]).join(known.length === parts.length ? told : separator),
        weight: known.reduce((sum, answer) => sum + answer.weight, separator.length * (parts.length - 1)),
      };
    }
    return null;
  };

  const phrase = remembering((text, depth): Answer | null => {
    const whole = heavier(best(phrases.fits(text), depth), sentence(text, depth));
    return heavier(whole, listOf(text, whole === null ? "one" : "all", depth));
  });

  return { sentence: (text) => sentence(text, 0)?.told ?? null, phrase: (text) => phrase(text, 0)?.told ?? null };
}
