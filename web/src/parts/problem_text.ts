// What a person is told about a problem, in their language.
//
// The server speaks English: in English its own sentence is the best there is. In Japanese the stable code has a sentence and a remedy of
// its own, and the server's sentence stands below as the detail, because it names what failed on what.
import { useTranslation } from "react-i18next";
import { told } from "../api/problem";

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
  return (error) => {
    const { code, message, remedy, requestId } = told(error);
    const known = i18n.exists(`problem.${code}.sentence`);
    const ofBrowser = code === "away" || code === "page_failed";
    if (ofBrowser || (i18n.language !== "en" && known)) {
      return {
        code,
        sentence: t(`problem.${code}.sentence`),
        remedy: t(`problem.${code}.remedy`),
        original: ofBrowser && code === "away" ? null : message,
        requestId,
      };
    }
    return { code, sentence: message, remedy, original: null, requestId };
  };
}
