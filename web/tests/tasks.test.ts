import { describe, expect, it } from "vitest";
import { firstTask, missingInTask, readSchedule, scheduleOf, taskRequest } from "../src/pages/tasks/model";

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

describe("a schedule", () => {
  it("is read as it was written", () => {
    expect(readSchedule(scheduleOf({ ...firstTask, time: "04:05" }))).toEqual({ when: "daily", text: "04:05" });
    expect(readSchedule("cron 0 3 * * mon")).toEqual({ when: "cron", text: "0 3 * * mon" });
    expect(readSchedule("on link_disconnected")).toEqual({ when: "event", text: "link_disconnected" });
    expect(readSchedule("manual").when).toBe("manual");
  });
});
