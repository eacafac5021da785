// What a key does in the tree (WAI-ARIA, pattern "tree view"). Pure.
import type { Row } from "./model";

export type Step = { go: number } | { toggle: number } | { open: number } | null;

const kPage = 10;

/** `typed`: the letters typed shortly after each other, for jumping to a name. */
export function stepOf(key: string, rows: Row[], at: number, typed = ""): Step {
  const row = rows[at];
  if (row === undefined) return null;
  const within = (index: number) => Math.max(0, Math.min(rows.length - 1, index));
  switch (key) {
    case "ArrowDown":
      return { go: within(at + 1) };
    case "ArrowUp":
      return { go: within(at - 1) };
    case "PageDown":
      return { go: within(at + kPage) };
    case "PageUp":
      return { go: within(at - kPage) };
    case "Home":
      return { go: 0 };
    case "End":
      return { go: rows.length - 1 };
    case "ArrowRight":
      if (!row.expandable) return null;
      return row.expanded ? { go: within(at + 1) } : { toggle: at };
    case "ArrowLeft":
      if (row.expandable && row.expanded) return { toggle: at };
      if (row.parent === null) return null;
      return { go: rows.findIndex((each) => each.key === row.parent) };
    case "Enter":
    case " ":
      return { open: at };
    default: {
      if (typed === "") return null;
      const begin = typed.length === 1 ? at + 1 : at;
      for (let offset = 0; offset < rows.length; ++offset) {
        const index = (begin + offset) % rows.length;
        if (rows[index]!.label.toLocaleLowerCase().startsWith(typed)) return { go: index };
      }
      return null;
    }
  }
}
