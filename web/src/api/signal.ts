// A value that others watch: the little state that lives outside React, because requests need it too.
import { useSyncExternalStore } from "react";

export class Signal<T> {
  #value: T;
  readonly #watchers = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }
  get value(): T {
    return this.#value;
  }
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher();
  }
  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };
}

export const useSignal = <T>(signal: Signal<T>): T => useSyncExternalStore(signal.watch, () => signal.value);
