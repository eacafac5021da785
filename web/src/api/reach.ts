// Whether the server that serves the console answers at all.
//
// Every request tells what it saw; while nothing answers, /healthz is asked until it does. Whoever waits for the server (the banner, the
// queries, the live events) watches `reach`.
import { base } from "./local_console";
import { Signal } from "./signal";

export interface Reach {
  away: boolean;
  since: number;
  /** Grows each time the server is back, so that what was missed is read again. */
  returns: number;
}

export const reach = new Signal<Reach>({ away: false, since: Date.now(), returns: 0 });

const kFirstPauseMs = 1000;
const kLongestPauseMs = 5000;

let timer: ReturnType<typeof setTimeout> | null = null;
let pauseMs = kFirstPauseMs;

export function answered(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  pauseMs = kFirstPauseMs;
  if (reach.value.away) reach.set({ away: false, since: Date.now(), returns: reach.value.returns + 1 });
}

export function didNotAnswer(): void {
  if (!reach.value.away) reach.set({ ...reach.value, away: true, since: Date.now() });
  if (timer !== null) return;
  timer = setTimeout(() => {
    timer = null;
    void askAgain();
  }, pauseMs);
  pauseMs = Math.min(pauseMs * 1.5, kLongestPauseMs);
}

/** Asks now; also what "Try now" does. */
export async function askAgain(): Promise<void> {
  try {
    const response = await fetch(`${base}/healthz`, { cache: "no-store" });
    if (response.ok) answered();
    else didNotAnswer();
  } catch {
    didNotAnswer();
  }
}
