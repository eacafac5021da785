// A task as it is typed, and what is sent for it. Pure.
import type { AnswerOf, BodyOf } from "../../api/types";

export type CreateTask = NonNullable<BodyOf<"post", "tasks">>;
export type EditTask = NonNullable<BodyOf<"patch", "tasks/{id}">>;
export type Task = NonNullable<AnswerOf<"get", "tasks">>["items"][number];
export type TaskKind = CreateTask["kind"];
export const kTaskKinds: TaskKind[] = ["backup", "link_check", "event_cleanup", "report"];

export type When = "manual" | "daily" | "once" | "cron" | "event";
export const kWhens: When[] = ["manual", "daily", "once", "cron", "event"];

export interface TaskDraft {
  name: string;
  kind: TaskKind;
  /** Path; empty: a task of the server. */
  group: string;
  when: When;
  /** `HH:MM`, in UTC as the server counts. */
  time: string;
  /** `YYYY-MM-DDTHH:MM`, in UTC. */
  once: string;
  cron: string;
  event: string;
  /** Minutes. */
  randomDelay: string;
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
  once: "",
  cron: "",
  event: "link_disconnected",
  randomDelay: "0",
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

export function scheduleOf(draft: Pick<TaskDraft, "when" | "time" | "once" | "cron" | "event">): string {
  switch (draft.when) {
    case "manual":
      return "manual";
    case "daily": {
      const [hour = "0", minute = "0"] = draft.time.split(":");
      return `cron ${Number(minute)} ${Number(hour)} * * *`;
    }
    case "once":
      return `once ${draft.once}:00Z`;
    case "cron":
      return `cron ${draft.cron.trim()}`;
    case "event":
      return `on ${draft.event.trim()}`;
  }
}

/** What a person reads of a schedule: the time of a daily one, otherwise its text. */
export function readSchedule(schedule: string): { when: When; text: string } {
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

/** Starts by a clock can be later by a random time; those by a person or an event are not. */
const hasDelay = (draft: Pick<TaskDraft, "when" | "randomDelay">) => ["daily", "once", "cron"].includes(draft.when) && number(draft.randomDelay) !== undefined && Number(draft.randomDelay) > 0;

export function taskRequest(draft: TaskDraft): CreateTask {
  const settings = settingsOf(draft);
  const inGroup = takesGroup(draft.kind) && draft.group !== "";
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    schedule: scheduleOf(draft),
    run_missed: draft.runMissed,
    ...(hasDelay(draft) ? { random_delay_minutes: Number(draft.randomDelay) } : {}),
    ...(inGroup ? { group: draft.group, distribute: draft.distribute } : {}),
    ...(settings === undefined ? {} : { settings }),
  };
}

const textAt = (settings: Record<string, unknown>, name: string): string => {
  const value = settings[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

/** A task for editing; the passphrase is never told, and stays when none is typed. */
export function taskDraft(task: Task): TaskDraft {
  const { when, text } = readSchedule(task.schedule);
  const settings = task.settings as Record<string, unknown>;
  return {
    ...firstTask,
    name: task.name,
    kind: task.kind,
    group: task.group ?? "",
    when,
    time: when === "daily" ? text : firstTask.time,
    once: when === "once" ? text.slice(0, 16) : "",
    cron: when === "cron" ? text : "",
    event: when === "event" ? text : firstTask.event,
    randomDelay: String(task.random_delay_minutes),
    runMissed: task.run_missed,
    distribute: task.distribute,
    folder: textAt(settings, "folder"),
    keep: textAt(settings, "keep"),
    format: settings["format"] === "csv" ? "csv" : "text",
    destination: textAt(settings, "destination"),
    days: { info: textAt(settings, "info_days"), warning: textAt(settings, "warning_days"), error: textAt(settings, "error_days"), critical: textAt(settings, "critical_days") },
  };
}

/** Only what changed; a number of days that was taken out is sent as 0: leave alone. */
export function editTaskRequest(changed: Partial<TaskDraft>, draft: TaskDraft): EditTask {
  const body: EditTask = {};
  if (changed.name !== undefined) body.name = changed.name.trim();
  if (["when", "time", "once", "cron", "event"].some((field) => field in changed)) body.schedule = scheduleOf(draft);
  if (changed.randomDelay !== undefined) body.random_delay_minutes = number(changed.randomDelay) ?? 0;
  if (changed.runMissed !== undefined) body.run_missed = changed.runMissed;
  if (changed.distribute !== undefined) body.distribute = changed.distribute;
  const settings: NonNullable<EditTask["settings"]> = {};
  if (changed.folder !== undefined) settings.folder = changed.folder.trim();
  if (changed.keep !== undefined) settings.keep = number(changed.keep);
  if (changed.passphrase) settings.passphrase = changed.passphrase;
  if (changed.format !== undefined) settings.format = changed.format;
  if (changed.destination !== undefined) settings.destination = changed.destination.trim();
  if (changed.days !== undefined) {
    for (const severity of ["info", "warning", "error", "critical"] as const) settings[`${severity}_days`] = number(changed.days[severity]) ?? 0;
  }
  if (Object.keys(settings).length > 0) body.settings = settings;
  return body;
}

/** What keeps the task from being made; `keeps`: it has a passphrase already. */
export function missingInTask(draft: TaskDraft, keeps = false): (keyof TaskDraft)[] {
  const missing: (keyof TaskDraft)[] = [];
  if (draft.name.trim() === "") missing.push("name");
  if (draft.kind === "backup" && !(keeps && draft.passphrase === "") && new TextEncoder().encode(draft.passphrase).length < 12) missing.push("passphrase");
  if (draft.kind === "report" && draft.folder.trim() === "" && draft.destination === "") missing.push("folder");
  if (draft.when === "once" && draft.once === "") missing.push("once");
  if (draft.when === "cron" && draft.cron.trim() === "") missing.push("cron");
  if (draft.when === "event" && draft.event.trim() === "") missing.push("event");
  return missing;
}
