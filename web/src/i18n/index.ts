// The two languages. Every text of the pages is in en/ and ja/, one file for each part of the console: the key `tree.search` is `search` in
// tree.json. A language is loaded when it is chosen; the words are those of the glossary. What servers write is English: a language other
// than that brings a book of their sentences along (docs/adr/0010-server-sentences.md).
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { SentenceBook } from "./server_sentence";

export const kLanguages = ["en", "ja"] as const;
export type Language = (typeof kLanguages)[number];
/** What each language calls itself. */
export const kOwnNames: Record<Language, string> = { en: "English", ja: "日本語" };

const kStored = "daikan.language";

const books = new Map<string, SentenceBook>();
/** What servers write, in this language; null in their own, and before the language is loaded. */
export const bookIn = (language: string): SentenceBook | null => books.get(language) ?? null;

interface Loaded {
  default: Record<string, unknown>;
  book?: SentenceBook;
}

const loaders: Record<Language, () => Promise<Loaded>> = {
  en: () => import("./en/index"),
  ja: () => import("./ja/index"),
};

function firstLanguage(): Language {
  const stored = localStorage.getItem(kStored);
  const wanted = stored !== null ? [stored] : navigator.languages;
  for (const tag of wanted) {
    const language = kLanguages.find((one) => tag.toLowerCase().startsWith(one));
    if (language !== undefined) return language;
  }
  return "en";
}

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, "translation")) return;
  const loaded = await loaders[language]();
  if (loaded.book) books.set(language, loaded.book);
  i18next.addResourceBundle(language, "translation", loaded.default);
}

export async function startLanguages(language: Language = firstLanguage()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Changes every text on the page in place. */
export async function speak(language: Language): Promise<void> {
  await load(language);
  localStorage.setItem(kStored, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
