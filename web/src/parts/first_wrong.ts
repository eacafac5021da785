// What is wrong with a long form has to be seen: the first field that is marked, or the form's own problem, is brought into view.
import { useEffect, type RefObject } from "react";

/** `after`: changes with every attempt to send the form that failed; null before the first. */
export function useFirstWrong(form: RefObject<HTMLElement | null>, after: unknown): void {
  useEffect(() => {
    if (after === null) return;
    const wrong = form.current?.querySelector(".pf-v6-c-helper-text__item.pf-m-error, .daikan-problem");
    const group = wrong?.closest(".pf-v6-c-form__group");
    group?.querySelector<HTMLElement>("input:not([type=file]), button")?.focus({ preventScroll: true });
    (group ?? wrong)?.scrollIntoView({ block: "center" });
  }, [form, after]);
}
