// Keeps what is on the page current: the events of a server say which of its records to read again.
//
// One link that changes is one record that is read and put into the lists; a storm of events, or one that changes the structure, reads
// the lists anew, at most every two seconds.
import { useEffect } from "react";
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { ServerApi, type Answer } from "../api/client";
import { EventFeed } from "../api/events";
import { pathKey, type ServerPath } from "../api/path";
import { keys } from "../api/queries";
import type { Secondary, ServerEvent } from "../api/types";

const kCalmMs = 400;
const kStormMs = 2000;
/** The status of thousands of servers is read less often: most of the time goes to something else. */
const kRestPerReading = 5;
/** Told by the stream alone; in no log. */
const kPolicyStatusChanged = "policy_status_changed";
/** More records than these at once are read as a list. */
const kSingly = 8;
/** Whoever may not see events still sees changes, later. */
const kWithoutEventsMs = 15_000;

const isAboutLinkOnly = (event: ServerEvent) => event.kind.startsWith("link_") && event.secondary_id !== null;

export class Freshener {
  readonly #changed = new Set<string>();
  #everything = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #lastAt = 0;
  #statusTimer: ReturnType<typeof setTimeout> | null = null;
  #statusDueAt = 0;
  #statusReading = false;
  /** It has changed while it was read. */
  #statusAgain = false;
  #stopped = false;

  constructor(
    readonly path: ServerPath,
    readonly client: QueryClient,
  ) {}

  take(event: ServerEvent): void {
    if (event.kind === kPolicyStatusChanged) return this.takeStatus();
    if (isAboutLinkOnly(event)) this.#changed.add(event.secondary_id!);
    else this.#everything = true;
    this.#plan();
  }

  takeStatus(): void {
    if (this.#statusReading) this.#statusAgain = true;
    else this.#statusTimer ??= setTimeout(() => void this.#refreshStatus(), Math.max(kCalmMs, this.#statusDueAt - Date.now()));
  }

  takeAll(): void {
    this.#everything = true;
    this.#plan();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#statusTimer !== null) clearTimeout(this.#statusTimer);
  }

  #plan(): void {
    if (this.#timer !== null) return;
    const pause = Math.max(kCalmMs, this.#lastAt + kStormMs - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#lastAt = Date.now();
      void this.#refresh();
    }, pause);
  }

  async #refreshStatus(): Promise<void> {
    const begun = Date.now();
    this.#statusTimer = null;
    this.#statusAgain = false;
    this.#statusReading = true;
    await this.client.invalidateQueries({ queryKey: keys.policyStatus(this.path) });
    this.#statusReading = false;
    this.#statusDueAt = begun + Math.max(kStormMs, kRestPerReading * (Date.now() - begun));
    if (this.#statusAgain && !this.#stopped) this.takeStatus();
  }

  async #refresh(): Promise<void> {
    const changed = [...this.#changed];
    const everything = this.#everything || changed.length > kSingly;
    this.#changed.clear();
    this.#everything = false;
    const key = pathKey(this.path);
    if (everything) {
      await this.client.invalidateQueries({ queryKey: [key] });
      return;
    }
    await Promise.all(changed.map((id) => this.#refreshOne(id)));
    const about = ["events", "primary", "unrecognised", "roll_over", "tree", "policy_status"];
    await Promise.all(about.map((name) => this.client.invalidateQueries({ queryKey: [key, name] })));
  }

  async #refreshOne(id: string): Promise<void> {
    let seen: Answer<Secondary>;
    try {
      seen = await new ServerApi(this.path).get("secondaries/{id}", { path: { id } });
    } catch {
      await this.client.invalidateQueries({ queryKey: keys.secondaries(this.path) });
      return;
    }
    this.client.setQueryData(keys.secondary(this.path, id), seen);
    this.client.setQueryData<Secondary[]>(keys.secondaries(this.path), (list) => list?.map((each) => (each.id === id ? seen.data : each)));
  }
}

/** Follows the events of a server for as long as the component stands. */
export function useLive(path: ServerPath, enabled = true): void {
  const client = useQueryClient();
  const key = pathKey(path);
  useEffect(() => {
    if (!enabled) return;
    const freshener = new Freshener(path, client);
    let poll: ReturnType<typeof setInterval> | undefined;
    const feed = new EventFeed(path, {
      happened: (event) => freshener.take(event),
      opened: (again) => {
        if (again) freshener.takeAll();
        else freshener.takeStatus(); // what changed between its reading and the beginning of the stream was told to nobody
      },
      refused: () => {
        poll = setInterval(() => freshener.takeAll(), kWithoutEventsMs);
      },
    });
    return () => {
      feed.stop();
      freshener.stop();
      clearInterval(poll);
    };
    // The path is the same as long as its key is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [client, key, enabled]);
}
