// The Japanese of what servers write; ../../server_sentence.ts says how it is found, tools/check_sentences.py that nothing is missing.
import { bookOf } from "../../server_sentence";

const files = import.meta.glob<Record<string, string>>("./*.json", { eager: true, import: "default" });
// Parts of sentences, and words that no source holds as they stand: those of the operating system, and "edit" with "ed".
const kPhrases = ["./phrases.json", "./words.json"];

const together = (arePhrases: boolean) =>
  Object.fromEntries(
    Object.entries(files)
      .filter(([file]) => kPhrases.includes(file) === arePhrases)
      .flatMap(([, entries]) => Object.entries(entries)),
  );

export const catalogue = { sentences: together(false), phrases: together(true) };
export const book = bookOf(catalogue);
