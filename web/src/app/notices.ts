// Short messages about what was done, shown at the upper right for a while and read out by screen readers.
import { Signal } from "../api/signal";

export interface Notice {
  id: number;
  kind: "success" | "info" | "warning";
  text: string;
}

export const notices = new Signal<Notice[]>([]);

let last = 0;

export function tell(text: string, kind: Notice["kind"] = "success"): void {
  notices.set([...notices.value, { id: ++last, kind, text }]);
}

export function dismiss(id: number): void {
  notices.set(notices.value.filter((notice) => notice.id !== id));
}
