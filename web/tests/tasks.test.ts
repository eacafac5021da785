import { describe, expect, it } from "vitest";
import { editTaskRequest, firstTask, missingInTask, readSchedule, scheduleOf, taskDraft, taskRequest, type Task } from "../src/pages/tasks/model";

describe("a task", () => {
  it("is sent with what its kind has, and nothing else", () => {
    const backup = taskRequest({ ...firstTask, name: " Nightly ", passphrase: "several words that nobody guesses", group: "Managed devices" });
    expect(backup).toEqual({ name: "Nightly", kind: "backup", schedule: "cron 30 3 * * *", run_missed: true, settings: { keep: 7, passphrase: "several words that nobody guesses" } });
    expect(taskRequest({ ...firstTask, name: "Links", kind: "link_check", group: "Managed devices", distribute: true, when: "event" })).toEqual({
      name: "Links",
      kind: "link_check",
      schedule: "on link_disconnected",
      run_missed: true,
      group: "Managed devices",
      distribute: true,
    });
  });

  it("leaves alone the severities without a number of days", () => {
    expect(JSON.parse(JSON.stringify(taskRequest({ ...firstTask, name: "Old events", kind: "event_cleanup" }).settings))).toEqual({ info_days: 90 });
  });

  it("says what is missing", () => {
    expect(missingInTask(firstTask)).toEqual(["name", "passphrase"]);
    expect(missingInTask({ ...firstTask, name: "R", kind: "report" })).toEqual(["folder"]);
  });
});

describe("an edit of a task", () => {
  const backup = { id: "t", name: "Nightly", kind: "backup", group: null, owner: null, schedule: "cron 30 3 * * *", random_delay_minutes: 5, run_missed: true, enabled: true, distribute: false, settings: { folder: "backups", keep: 7 }, next_start: null, last_run: null, created_at: "", revision: 3 } as unknown as Task;
  const edited = (task: Task, change: Partial<ReturnType<typeof taskDraft>>) => {
    const draft = { ...taskDraft(task), ...change };
    return editTaskRequest(change, draft);
  };

  it("begins with what the task is, and needs no passphrase again", () => {
    const draft = taskDraft(backup);
    expect(draft).toMatchObject({ name: "Nightly", when: "daily", time: "03:30", randomDelay: "5", folder: "backups", keep: "7", passphrase: "" });
    expect(missingInTask(draft, true)).toEqual([]);
    expect(missingInTask({ ...draft, passphrase: "short" }, true)).toEqual(["passphrase"]);
  });

  it("sends what changed and nothing else", () => {
    expect(edited(backup, { time: "04:00" })).toEqual({ schedule: "cron 0 4 * * *" });
    expect(edited(backup, { when: "once", once: "2026-12-24T18:30" })).toEqual({ schedule: "once 2026-12-24T18:30:00Z" });
    expect(edited(backup, { keep: "14", randomDelay: "" })).toEqual({ random_delay_minutes: 0, settings: { keep: 14 } });
    expect(edited(backup, { passphrase: "several words that nobody guesses" })).toEqual({ settings: { passphrase: "several words that nobody guesses" } });
  });

  it("takes a number of days out by sending 0", () => {
    const cleanup = { ...backup, kind: "event_cleanup", settings: { info_days: 30, warning_days: 60, error_days: null, critical_days: null } } as unknown as Task;
    expect(edited(cleanup, { days: { info: "30", warning: "", error: "", critical: "" } })).toEqual({ settings: { info_days: 30, warning_days: 0, error_days: 0, critical_days: 0 } });
  });
});

describe("a schedule", () => {
  it("is read as it was written", () => {
    expect(readSchedule(scheduleOf({ ...firstTask, time: "04:05" }))).toEqual({ when: "daily", text: "04:05" });
    expect(readSchedule("cron 0 3 * * mon")).toEqual({ when: "cron", text: "0 3 * * mon" });
    expect(readSchedule("on link_disconnected")).toEqual({ when: "event", text: "link_disconnected" });
    expect(readSchedule(scheduleOf({ ...firstTask, when: "once", once: "2026-12-24T18:30" }))).toEqual({ when: "once", text: "2026-12-24T18:30:00Z" });
    expect(readSchedule("manual").when).toBe("manual");
  });
});
