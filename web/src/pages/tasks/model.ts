// A task as it is typed, and what is sent for it. Pure.
import type { BodyOf } from "../../api/types";

export type CreateTask = NonNullable<BodyOf<"post", "tasks">>;
export type TaskKind = CreateTask["kind"];
export const kTaskKinds: TaskKind[] = ["backup", "link_check", "event_cleanup", "report"];

export type When = "manual" | "daily" | "cron" | "event";
export const kWhens: When[] = ["manual", "daily", "cron", "event"];

export interface TaskDraft {
  name: string;
  kind: TaskKind;
  /** Path; empty: a task of the server. */
  group: string;
  when: When;
  /** `HH:MM`, in UTC as the server counts. */
  time: string;
  cron: string;
  event: string;
  runMissed: boolean;
  distribute: boolean;
  folder: string;
  keep: string;
  passphrase: string;
  format: "text" | "csv";
  destination: string;
  days: { info: string; warning: string; error: string; critical: string };
}

export const firstTask: TaskDraft = {
  name: "",
  kind: "backup",
  group: "",
  when: "daily",
  time: "03:30",
  cron: "",
  event: "link_disconnected",
  runMissed: true,
  distribute: false,
  folder: "",
  keep: "7",
  passphrase: "",
  format: "text",
  destination: "",
  days: { info: "90", warning: "", error: "", critical: "" },
};

/** Backups and reports are tasks of a server; the others may be given to a group. */
export const takesGroup = (kind: TaskKind) => kind === "link_check" || kind === "event_cleanup";

export function scheduleOf(draft: Pick<TaskDraft, "when" | "time" | "cron" | "event">): string {
  switch (draft.when) {
    case "manual":
      return "manual";
    case "daily": {
      const [hour = "0", minute = "0"] = draft.time.split(":");
      return `cron ${Number(minute)} ${Number(hour)} * * *`;
    }
    case "cron":
      return `cron ${draft.cron.trim()}`;
    case "event":
      return `on ${draft.event.trim()}`;
  }
}

/** What a person reads of a schedule: the time of a daily one, otherwise its text. */
export function readSchedule(schedule: string): { when: When | "once"; text: string } {
  const daily = /^cron (\d+) (\d+) \* \* \*$/.exec(schedule);
  if (daily) return { when: "daily", text: `${daily[2]!.padStart(2, "0")}:${daily[1]!.padStart(2, "0")}` };
  const [word = "", ...rest] = schedule.split(" ");
  const text = rest.join(" ");
  if (word === "cron") return { when: "cron", text };
  if (word === "on") return { when: "event", text };
  if (word === "once") return { when: "once", text };
  return { when: "manual", text: "" };
}

const number = (text: string) => (text.trim() === "" ? undefined : Number(text));

function settingsOf(draft: TaskDraft): CreateTask["settings"] {
  switch (draft.kind) {
    case "backup":
      return { ...(draft.folder.trim() ? { folder: draft.folder.trim() } : {}), keep: number(draft.keep), passphrase: draft.passphrase };
    case "report":
      return {
        ...(draft.folder.trim() ? { folder: draft.folder.trim(), keep: number(draft.keep) } : {}),
        format: draft.format,
        ...(draft.destination ? { destination: draft.destination } : {}),
      };
    case "event_cleanup":
      return { info_days: number(draft.days.info), warning_days: number(draft.days.warning), error_days: number(draft.days.error), critical_days: number(draft.days.critical) };
    case "link_check":
      return undefined;
  }
}

export function taskRequest(draft: TaskDraft): CreateTask {
  const settings = settingsOf(draft);
  const inGroup = takesGroup(draft.kind) && draft.group !== "";
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    schedule: scheduleOf(draft),
    run_missed: draft.runMissed,
    ...(inGroup ? { group: draft.group, distribute: draft.distribute } : {}),
    ...(settings === undefined ? {} : { settings }),
  };
}

/** What keeps the task from being made. */
export function missingInTask(draft: TaskDraft): (keyof TaskDraft)[] {
  const missing: (keyof TaskDraft)[] = [];
  if (draft.name.trim() === "") missing.push("name");
  if (draft.kind === "backup" && new TextEncoder().encode(draft.passphrase).length < 12) missing.push("passphrase");
  if (draft.kind === "report" && draft.folder.trim() === "" && draft.destination === "") missing.push("folder");
  if (draft.when === "cron" && draft.cron.trim() === "") missing.push("cron");
  if (draft.when === "event" && draft.event.trim() === "") missing.push("event");
  return missing;
}
