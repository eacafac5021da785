import { Checkbox } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { useReload } from "../../api/queries";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { ConflictAlert } from "../../parts/conflict_alert";
import { FormDialog } from "../../parts/form_dialog";
import { TextField } from "../../parts/text_field";
import { useRecordEdit } from "../../parts/use_record_edit";
import { editTaskRequest, missingInTask, takesGroup, taskDraft, type Task, type TaskDraft } from "./model";
import { KindFields, ScheduleFields } from "./task_fields";

const kSeverities = ["info", "warning", "error", "critical"] as const;

/** Kind and group stay what they were when the task was made. */
export function EditTaskDialog({ seen, onClose }: { seen: Answer<Task>; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const at = { path: { id: seen.data.id } };
  const edit = useRecordEdit<Task, TaskDraft>({
    seen,
    toDraft: taskDraft,
    read: () => api.get("tasks/{id}", at),
    save: (changed, draft, etag) => api.patch("tasks/{id}", { ...at, body: editTaskRequest(changed, draft), ifMatch: etag }),
  });
  const { draft, set, problem } = edit;
  const save = async () => {
    if (!(await edit.submit())) return;
    tell(t("tasks.saved", { name: draft.name }));
    await reload();
    onClose();
  };
  const show = (field: keyof TaskDraft, of: TaskDraft): string => {
    const value = of[field];
    if (field === "when") return t(`tasks.when_${of.when}`);
    if (field === "passphrase") return of.passphrase === "" ? "" : "•••";
    if (field === "days") return kSeverities.map((severity) => of.days[severity] || t("tasks.days_keep")).join(" / ");
    if (typeof value === "boolean") return t(value ? "policies.yes" : "policies.no");
    return String(value);
  };
  const mayDistribute = takesGroup(draft.kind) && draft.group !== "";
  return (
    <FormDialog title={t("tasks.edit_title", { name: seen.data.name })} submit={t("common.save")} onSubmit={() => void save()} onClose={onClose} busy={edit.busy} disabled={!edit.dirty || missingInTask(draft, true).length > 0} problem={problem} fields={["name", "settings", "schedule", "random_delay_minutes"]} variant="medium">
      <ConflictAlert edit={edit} label={(field) => t(`tasks.field_${field}`)} show={show} />
      <TextField id="task-name" label={t("common.name")} value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus maxLength={128} problem={problem} field="name" />
      {mayDistribute && <Checkbox id="task-distribute" label={t("tasks.distribute")} isChecked={draft.distribute} onChange={(_, distribute) => set({ distribute })} />}
      <KindFields draft={draft} set={set} problem={problem} keeps />
      <ScheduleFields draft={draft} set={set} problem={problem} />
    </FormDialog>
  );
}
