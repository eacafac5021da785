// What a person is told about a problem, in their language.
//
// The server speaks English: in English its own sentence is the best there is. In Japanese the stable code has a sentence of its own, and
// what the server said stands below as the detail, in Japanese where the book of its sentences has it (said.tsx): it names what failed on
// what. The server's remedy fits the case better than the one of the code, so that is for remedies that the book does not have.
import { useTranslation } from "react-i18next";
import { told } from "../api/problem";
import { useSaid } from "./said";

export interface ProblemText {
  code: string;
  sentence: string;
  remedy: string;
  /** The server's own words, where `sentence` is not them. */
  original: string | null;
  requestId: string | null;
}

export function useProblemText(): (error: unknown) => ProblemText {
  const { t, i18n } = useTranslation();
  const said = useSaid();
  return (error) => {
    const { code, message, remedy, requestId } = told(error);
    const known = i18n.exists(`problem.${code}.sentence`);
    const ofBrowser = code === "away" || code === "page_failed";
    if (ofBrowser || (i18n.language !== "en" && known)) {
      return {
        code,
        sentence: t(`problem.${code}.sentence`),
        remedy: ofBrowser || remedy === "" || said(remedy).isForeign ? t(`problem.${code}.remedy`) : said(remedy).text,
        original: ofBrowser && code === "away" ? null : message,
        requestId,
      };
    }
    return { code, sentence: said(message).text, remedy: said(remedy).text, original: null, requestId };
  };
}
