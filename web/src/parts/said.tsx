// What a server wrote, in the reader's language where that is known.
//
// The English original stays: it is what searches, files and logs have. It is shown when the pointer rests on the text.
import { useTranslation } from "react-i18next";
import { bookIn } from "../i18n";

interface Words {
  text: string;
  /** The server's own words, where `text` is not them. */
  original: string | null;
  /** Whether `text` is English on a page that is not. */
  isForeign: boolean;
}

/** How much of a sentence a text is: a phrase is "user olga (…)" or "permission_denied". */
type Extent = "sentence" | "phrase";

export function useSaid(): (text: string, extent?: Extent) => Words {
  const { i18n } = useTranslation();
  return (text, extent = "sentence") => {
    const book = bookIn(i18n.language);
    if (book === null) return { text, original: null, isForeign: false };
    const told = book[extent](text);
    return told === null ? { text, original: null, isForeign: true } : { text: told, original: text, isForeign: false };
  };
}

/** Whether the sentences of servers are told in another language than they are written in. */
export const useTellsServers = (): boolean => bookIn(useTranslation().i18n.language) !== null;

export function Said({ text, extent, className }: { text: string; extent?: Extent; className?: string }) {
  const said = useSaid()(text, extent);
  return (
    <span {...(className ? { className } : {})} {...(said.isForeign ? { lang: "en" } : {})} {...(said.original !== null ? { title: said.original } : {})}>
      {said.text}
    </span>
  );
}
