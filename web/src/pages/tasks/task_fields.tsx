// What is typed for a task: what its kind needs, and when it starts.
import { Checkbox, FormGroup, FormSelect, FormSelectOption, Grid, GridItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { EventKindsField } from "../../parts/event_kind";
import { TextField } from "../../parts/text_field";
import { kWhens, type TaskDraft, type When } from "./model";

export interface FieldProps {
  draft: TaskDraft;
  set: (part: Partial<TaskDraft>) => void;
  problem: unknown;
  /** It has a passphrase already, which stays when none is typed. */
  keeps?: boolean;
}

export function KindFields({ draft, set, problem, keeps = false }: FieldProps) {
  const { t } = useTranslation();
  switch (draft.kind) {
    case "backup":
      return (
        <>
          <TextField id="task-folder" label={t("tasks.folder")} value={draft.folder} onChange={(folder) => set({ folder })} placeholder="backups" hint={t("tasks.folder_hint")} problem={problem} field="settings.folder" />
          <TextField id="task-keep" type="number" min={1} max={365} label={t("tasks.keep")} value={draft.keep} onChange={(keep) => set({ keep })} problem={problem} field="settings.keep" />
          <TextField id="task-passphrase" type="password" label={t("tasks.passphrase")} value={draft.passphrase} onChange={(passphrase) => set({ passphrase })} isRequired={!keeps} autoComplete="new-password" hint={t(keeps ? "tasks.passphrase_keeps" : "tasks.passphrase_hint")} problem={problem} field="settings.passphrase" />
        </>
      );
    case "report":
      return (
        <>
          <TextField id="task-folder" label={t("tasks.folder")} value={draft.folder} onChange={(folder) => set({ folder })} placeholder="reports" hint={t("tasks.report_hint")} problem={problem} field="settings.folder" />
          <TextField id="task-destination" label={t("tasks.destination")} value={draft.destination} onChange={(destination) => set({ destination })} hint={t("tasks.destination_hint")} problem={problem} field="settings.destination" />
          <FormGroup label={t("tasks.format")} fieldId="task-format">
            <FormSelect id="task-format" value={draft.format} onChange={(_, format) => set({ format: format as "text" | "csv" })}>
              <FormSelectOption value="text" label={t("tasks.format_text")} />
              <FormSelectOption value="csv" label="CSV" />
            </FormSelect>
          </FormGroup>
        </>
      );
    case "event_cleanup":
      return (
        <Grid hasGutter>
          {(["info", "warning", "error", "critical"] as const).map((severity) => (
            <GridItem key={severity} span={6}>
              <TextField
                id={`task-${severity}`}
                type="number"
                min={0}
                label={t(`tasks.days_${severity}`)}
                value={draft.days[severity]}
                onChange={(value) => set({ days: { ...draft.days, [severity]: value } })}
                problem={problem}
                field={`settings.${severity}_days`}
                placeholder={t("tasks.days_keep")}
              />
            </GridItem>
          ))}
        </Grid>
      );
    case "link_check":
      return null;
  }
}

export function ScheduleFields({ draft, set, problem }: FieldProps) {
  const { t } = useTranslation();
  const byClock = draft.when === "daily" || draft.when === "once" || draft.when === "cron";
  return (
    <>
      <FormGroup label={t("tasks.when")} fieldId="task-when">
        <FormSelect id="task-when" value={draft.when} onChange={(_, when) => set({ when: when as When })}>
          {kWhens.map((when) => (
            <FormSelectOption key={when} value={when} label={t(`tasks.when_${when}`)} />
          ))}
        </FormSelect>
      </FormGroup>
      {draft.when === "daily" && <TextField id="task-time" type="time" label={t("tasks.time")} value={draft.time} onChange={(time) => set({ time })} problem={problem} field="schedule" />}
      {draft.when === "once" && <TextField id="task-once" type="datetime-local" label={t("tasks.time")} value={draft.once} onChange={(once) => set({ once })} isRequired problem={problem} field="schedule" />}
      {draft.when === "cron" && <TextField id="task-cron" label={t("tasks.cron")} value={draft.cron} onChange={(cron) => set({ cron })} placeholder="0 3 * * mon" hint={t("tasks.cron_hint")} isRequired problem={problem} field="schedule" />}
      {draft.when === "event" && <EventKindsField id="task-event" label={t("tasks.event")} value={draft.event} onChange={(event) => set({ event })} hint={t("tasks.event_hint")} without={(kind) => kind.startsWith("task_")} isRequired problem={problem} field="schedule" />}
      {byClock && (
        <>
          <TextField id="task-delay" type="number" min={0} max={1440} label={t("tasks.random_delay")} value={draft.randomDelay} onChange={(randomDelay) => set({ randomDelay })} hint={t("tasks.random_delay_hint")} problem={problem} field="random_delay_minutes" />
          <Checkbox id="task-missed" label={t("tasks.run_missed")} isChecked={draft.runMissed} onChange={(_, runMissed) => set({ runMissed })} />
        </>
      )}
    </>
  );
}
