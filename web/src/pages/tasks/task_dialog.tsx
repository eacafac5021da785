import { useState } from "react";
import { Checkbox, FormGroup, FormSelect, FormSelectOption, Grid, GridItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { freshKey } from "../../api/client";
import { useGroups, useReload } from "../../api/queries";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { FormDialog } from "../../parts/form_dialog";
import { useGroupNames } from "../../parts/group_names";
import { TextField } from "../../parts/text_field";
import { firstTask, kTaskKinds, kWhens, missingInTask, takesGroup, taskRequest, type TaskDraft, type TaskKind, type When } from "./model";

interface FieldProps {
  draft: TaskDraft;
  set: (part: Partial<TaskDraft>) => void;
  problem: unknown;
}

function KindFields({ draft, set, problem }: FieldProps) {
  const { t } = useTranslation();
  switch (draft.kind) {
    case "backup":
      return (
        <>
          <TextField id="task-folder" label={t("tasks.folder")} value={draft.folder} onChange={(folder) => set({ folder })} placeholder="backups" hint={t("tasks.folder_hint")} problem={problem} field="settings.folder" />
          <TextField id="task-keep" type="number" min={1} max={365} label={t("tasks.keep")} value={draft.keep} onChange={(keep) => set({ keep })} problem={problem} field="settings.keep" />
          <TextField id="task-passphrase" type="password" label={t("tasks.passphrase")} value={draft.passphrase} onChange={(passphrase) => set({ passphrase })} isRequired autoComplete="new-password" hint={t("tasks.passphrase_hint")} problem={problem} field="settings.passphrase" />
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

function ScheduleFields({ draft, set, problem }: FieldProps) {
  const { t } = useTranslation();
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
      {draft.when === "cron" && <TextField id="task-cron" label={t("tasks.cron")} value={draft.cron} onChange={(cron) => set({ cron })} placeholder="0 3 * * mon" hint={t("tasks.cron_hint")} isRequired problem={problem} field="schedule" />}
      {draft.when === "event" && <TextField id="task-event" label={t("tasks.event")} value={draft.event} onChange={(event) => set({ event })} hint={t("tasks.event_hint")} isRequired problem={problem} field="schedule" />}
      {(draft.when === "daily" || draft.when === "cron") && <Checkbox id="task-missed" label={t("tasks.run_missed")} isChecked={draft.runMissed} onChange={(_, runMissed) => set({ runMissed })} />}
    </>
  );
}

export function TaskDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const groups = useGroups(path);
  const { pathOf } = useGroupNames();
  const [draft, setDraft] = useState(firstTask);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [key] = useState(freshKey);
  const set = (part: Partial<TaskDraft>) => setDraft((now) => ({ ...now, ...part }));
  const make = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const body = taskRequest(draft);
      await api.post("tasks", { body, idempotencyKey: key });
      tell(t("tasks.made", { name: body.name }));
      await reload();
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <FormDialog title={t("tasks.add")} submit={t("common.add")} onSubmit={() => void make()} onClose={onClose} busy={busy} disabled={missingInTask(draft).length > 0} problem={problem} fields={["name", "settings", "schedule"]} variant="medium">
      <TextField id="task-name" label={t("common.name")} value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus maxLength={128} problem={problem} field="name" />
      <FormGroup label={t("tasks.kind")} fieldId="task-kind">
        <FormSelect id="task-kind" value={draft.kind} onChange={(_, kind) => set({ kind: kind as TaskKind })}>
          {kTaskKinds.map((kind) => (
            <FormSelectOption key={kind} value={kind} label={t(`tasks.kind_${kind}`)} />
          ))}
        </FormSelect>
      </FormGroup>
      {takesGroup(draft.kind) && (
        <FormGroup label={t("tasks.for")} fieldId="task-group">
          <FormSelect id="task-group" value={draft.group} onChange={(_, group) => set({ group })}>
            <FormSelectOption value="" label={t("tasks.for_server")} />
            {(groups.data ?? []).map((group) => (
              <FormSelectOption key={group.id} value={group.path} label={pathOf(group.path)} />
            ))}
          </FormSelect>
        </FormGroup>
      )}
      {takesGroup(draft.kind) && draft.group !== "" && <Checkbox id="task-distribute" label={t("tasks.distribute")} isChecked={draft.distribute} onChange={(_, distribute) => set({ distribute })} />}
      <KindFields draft={draft} set={set} problem={problem} />
      <ScheduleFields draft={draft} set={set} problem={problem} />
    </FormDialog>
  );
}
