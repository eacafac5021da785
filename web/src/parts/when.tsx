import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

const kUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Infinity],
];

/** `3 minutes ago`, `in 2 hours`: `from` seen at `now`, both in ms. */
export function relativeTime(from: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  let value = Math.trunc((from - now) / 1000);
  for (const [unit, size] of kUnits) {
    if (Math.abs(value) < size) return format.format(value, unit);
    value = Math.trunc(value / size);
  }
  return "";
}

export const exactTime = (time: string, language: string) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" }).format(new Date(time));

export const dateOnly = (time: string, language: string) => new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(time));

/** Whether it is still to come: a next attempt that has passed is one that runs. */
export const isAhead = (at: string | null | undefined) => Boolean(at) && Date.parse(at!) > Date.now();

/** A point in time in the viewer's zone; the exact time on hover and for assistive technology. `exact` shows it outright. */
export function When({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const { i18n, t } = useTranslation();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  if (!at) return <span>{t("common.never")}</span>;
  const full = exactTime(at, i18n.language);
  return (
    <time dateTime={at} title={full}>
      {exact ? full : relativeTime(Date.parse(at), Math.max(now, Date.now()), i18n.language)}
    </time>
  );
}
