// Making, renaming, moving and deleting an administration group.
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useDeviceCounts, useReload } from "../../api/queries";
import type { Group } from "../../api/types";
import { useServer } from "../../app/place";
import { tell } from "../../app/notices";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { ConflictAlert } from "../../parts/conflict_alert";
import { FormDialog } from "../../parts/form_dialog";
import { useGroupNames } from "../../parts/group_names";
import { GroupSelect } from "../../parts/group_select";
import { TextField } from "../../parts/text_field";
import { useRecordEdit } from "../../parts/use_record_edit";
import { useSubmit } from "../../parts/use_submit";

interface Props {
  group: Group;
  groups: Group[];
  onClose: () => void;
}

export const parentPath = (group: Group) => group.path.slice(0, Math.max(0, group.path.length - group.name.length - 1));

export function AddGroupDialog({ group, onClose }: Omit<Props, "groups">) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const { nameOf } = useGroupNames();
  const [name, setName] = useState("");
  const { busy, problem, submit } = useSubmit(async () => {
    const made = (await api.post("groups", { body: { path: `${group.path}/${name.trim()}` } })).data;
    await reload();
    tell(t("group.added", { name: made.name }));
    onClose();
  });
  const slash = name.includes("/") ? t("group.no_slash") : null;
  return (
    <FormDialog title={t("group.add_title", { name: nameOf(group) })} submit={t("common.add")} onSubmit={submit} onClose={onClose} busy={busy} disabled={name.trim() === "" || slash !== null} problem={problem} fields={["path"]}>
      <TextField id="group-name" label={t("common.name")} value={name} onChange={setName} problem={problem} field="path" message={slash} isRequired autoFocus maxLength={128} />
    </FormDialog>
  );
}

interface GroupDraft {
  name: string;
  parent: string;
}

/** Renaming and moving are one edit; the dialog shows the half that was asked for. */
export function EditGroupDialog({ group, groups, etag, what, onClose }: Props & { etag: string | null; what: "rename" | "move" }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const edit = useRecordEdit<Group, GroupDraft>({
    seen: { data: group, etag },
    toDraft: (record) => ({ name: record.name, parent: parentPath(record) }),
    read: () => api.get("groups/{id}", { path: { id: group.id } }),
    save: (changed, _, seen) => api.patch("groups/{id}", { path: { id: group.id }, body: changed, ifMatch: seen }),
  });
  const save = async () => {
    if (!(await edit.submit())) return;
    await reload();
    onClose();
  };
  return (
    <FormDialog
      title={t(`group.${what}_title`, { name: group.name })}
      description={what === "move" ? t("group.move_affects", { count: groups.filter((each) => each.path.startsWith(`${group.path}/`)).length }) : undefined}
      submit={t(`common.${what}`)}
      onSubmit={() => void save()}
      onClose={onClose}
      busy={edit.busy}
      disabled={!edit.dirty || edit.draft.name.trim() === ""}
      problem={edit.problem}
      fields={[what === "rename" ? "name" : "parent"]}
      variant="medium"
    >
      <ConflictAlert edit={edit} label={(field) => t(`group.field_${field}`)} show={(field, draft) => draft[field]} />
      {what === "rename" ? (
        <TextField id="group-name" label={t("common.name")} value={edit.draft.name} onChange={(name) => edit.set({ name })} problem={edit.problem} field="name" isRequired autoFocus maxLength={128} />
      ) : (
        <GroupSelect id="group-parent" label={t("group.new_parent")} groups={groups} without={group.path} value={edit.draft.parent} onChange={(parent) => edit.set({ parent })} problem={edit.problem} field="parent" />
      )}
    </FormDialog>
  );
}

export function DeleteGroupDialog({ group, groups, etag, onClose }: Props & { etag: string | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { api, path, href } = useServer();
  const reload = useReload(path);
  const subgroups = groups.filter((each) => each.parent_id === group.id).length;
  const devices = useDeviceCounts(path, group.path).data?.total ?? 0;
  const isEmpty = subgroups === 0 && group.secondaries === 0 && devices === 0;
  return (
    <ConfirmDialog
      title={t("group.delete_title", { name: group.name })}
      confirm={t("common.delete")}
      onClose={onClose}
      onConfirm={async () => {
        await api.delete("groups/{id}", { path: { id: group.id }, ifMatch: etag });
        tell(t("group.deleted", { name: group.name }));
        void navigate(href(`/groups/${group.parent_id}`));
        await reload();
      }}
    >
      <p>{isEmpty ? t("group.delete_empty") : t("group.delete_holds", { subgroups, secondaries: group.secondaries, devices })}</p>
    </ConfirmDialog>
  );
}
