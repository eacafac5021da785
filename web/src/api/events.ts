// What happens on a server, told while it happens: server-sent events over fetch, so that a refusal can be told from an outage.
//
// The feed goes on behind the last event it saw. It ends for good only when it is stopped or when the person may not see events.
import { apiRoot, type ServerPath } from "./path";
import { Unreached } from "./problem";
import { send } from "./client";
import { ProblemError } from "./problem";
import { reach, askAgain } from "./reach";
import type { ServerEvent } from "./types";

export interface Message {
  id: string | null;
  event: string;
  data: string;
}

/** Takes pieces of a text/event-stream, gives whole messages. */
export class MessageReader {
  #rest = "";

  push(text: string): Message[] {
    this.#rest += text;
    const found: Message[] = [];
    const blocks = this.#rest.split(/\r?\n\r?\n/);
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const message: Message = { id: null, event: "message", data: "" };
      const data: string[] = [];
      for (const line of block.split(/\r?\n/)) {
        const colon = line.indexOf(":");
        if (colon === 0) continue;
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "id") message.id = value;
        else if (name === "event") message.event = value;
        else if (name === "data") data.push(value);
      }
      message.data = data.join("\n");
      if (data.length > 0) found.push(message);
    }
    return found;
  }
}

export interface FeedWatcher {
  /** One event. */
  happened(event: ServerEvent): void;
  /** The stream stands (again); after a pause something may have been missed that is no event. */
  opened(again: boolean): void;
  /** The person may not see events here; nothing more will come. */
  refused(): void;
}

const kFirstPauseMs = 500;
const kLongestPauseMs = 15_000;
/** The server sends a comment every 15 seconds; a stream that is silent for longer is dead. */
const kSilenceMs = 40_000;

export class EventFeed {
  readonly #stop = new AbortController();
  #lastId: string | null = null;
  #pauseMs = kFirstPauseMs;

  constructor(
    readonly path: ServerPath,
    readonly watcher: FeedWatcher,
  ) {
    void this.#run();
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    let again = false;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#read(again);
        again = true;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (error instanceof ProblemError && error.status === 403) return this.watcher.refused();
        if (error instanceof Error && error.message === "signed out") return;
        // The stream broke: ask whether the server is there at all, so that the banner appears without anybody clicking.
        if (this.path.length === 0 && !(error instanceof Unreached)) void askAgain();
        again = true;
      }
      await this.#pause();
    }
  }

  async #read(again: boolean): Promise<void> {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (this.#lastId !== null) headers["last-event-id"] = this.#lastId;
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    this.#stop.signal.addEventListener("abort", abort);
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(abort, kSilenceMs);
    };
    try {
      const response = await send(`${apiRoot(this.path)}/events`, { method: "GET", headers, signal: attempt.signal });
      if (response.body === null) return;
      this.watcher.opened(again);
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      const messages = new MessageReader();
      for (;;) {
        heard();
        const { done, value } = await reader.read();
        if (done) return;
        this.#pauseMs = kFirstPauseMs;
        for (const message of messages.push(decoder.decode(value, { stream: true }))) this.#take(message);
      }
    } finally {
      clearTimeout(silence);
      this.#stop.signal.removeEventListener("abort", abort);
      attempt.abort();
    }
  }

  #take(message: Message): void {
    if (message.id !== null) this.#lastId = message.id;
    try {
      this.watcher.happened(JSON.parse(message.data) as ServerEvent);
    } catch {
      // Not an event of this program: nothing to tell.
    }
  }

  /** Waits longer each time, and not at all once the server is back. */
  #pause(): Promise<void> {
    const ms = this.#pauseMs;
    this.#pauseMs = Math.min(ms * 2, kLongestPauseMs);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        unwatch();
        this.#stop.signal.removeEventListener("abort", end);
        resolve();
      };
      const returns = reach.value.returns;
      const unwatch = reach.watch(() => {
        if (reach.value.returns !== returns) end();
      });
      const timer = setTimeout(end, ms);
      this.#stop.signal.addEventListener("abort", end);
    });
  }
}
