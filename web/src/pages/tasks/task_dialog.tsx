import { useState } from "react";
import { Checkbox, FormGroup, FormSelect, FormSelectOption } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { freshKey } from "../../api/client";
import { useGroups, useReload } from "../../api/queries";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { FormDialog } from "../../parts/form_dialog";
import { useGroupNames } from "../../parts/group_names";
import { TextField } from "../../parts/text_field";
import { firstTask, kTaskKinds, missingInTask, takesGroup, taskRequest, type TaskDraft, type TaskKind } from "./model";
import { KindFields, ScheduleFields } from "./task_fields";

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
