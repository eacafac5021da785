// What people may do: the built-in roles, and those that somebody made of rights.
import { useState } from "react";
import { Button, Content, Label, PageSection } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { useReload } from "../../api/queries";
import type { Role } from "../../api/types";
import { tell } from "../../app/notices";
import { useMay, useRights, useServer } from "../../app/place";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { ConflictAlert } from "../../parts/conflict_alert";
import { FormDialog } from "../../parts/form_dialog";
import { Loaded } from "../../parts/loading";
import { MenuButton, type MenuAction } from "../../parts/menu_button";
import { RecordTable, type Column } from "../../parts/record_table";
import { RightChoice, RightLabels, useRightTexts } from "../../parts/rights";
import { TextField } from "../../parts/text_field";
import { useRecordEdit } from "../../parts/use_record_edit";
import { useSubmit } from "../../parts/use_submit";
import { emptyRole, etagOf, roleDraft, roleRequest, type RoleDraft } from "./model";
import { PeopleHeader } from "./people_header";
import { useRoles } from "./roles";
import { useRoleNames } from "./role_names";

interface FieldProps {
  draft: RoleDraft;
  set: (part: Partial<RoleDraft>) => void;
  problem: unknown;
}

function RoleFields({ draft, set, problem }: FieldProps) {
  const { t } = useTranslation();
  const rights = useRights();
  return (
    <>
      <TextField id="role-name" label={t("common.name")} value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus maxLength={128} problem={problem} field="name" />
      <TextField id="role-description" label={t("roles.description")} value={draft.description} onChange={(description) => set({ description })} maxLength={512} problem={problem} field="description" />
      <RightChoice id="role-rights" label={t("rights.title")} value={draft.rights} onChange={(chosen) => set({ rights: chosen })} may={(right) => rights(right, null)} problem={problem} />
    </>
  );
}

const kFields = ["name", "description", "rights"];

function AddRole({ first, onClose }: { first: RoleDraft; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const [draft, setDraft] = useState(first);
  const { busy, problem, submit } = useSubmit(async () => {
    const body = roleRequest(draft);
    await api.post("roles", { body });
    tell(t("roles.added", { name: body.name }));
    await reload();
    onClose();
  });
  return (
    <FormDialog title={t("roles.add")} submit={t("common.add")} onSubmit={submit} onClose={onClose} busy={busy} disabled={draft.name.trim() === "" || draft.rights.length === 0} problem={problem} fields={kFields} variant="medium">
      <RoleFields draft={draft} set={(part) => setDraft((now) => ({ ...now, ...part }))} problem={problem} />
    </FormDialog>
  );
}

function EditRole({ role, onClose }: { role: Answer<Role>; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const { titleOf } = useRightTexts();
  const at = { path: { id: role.data.id } };
  const edit = useRecordEdit<Role, RoleDraft>({
    seen: role,
    toDraft: roleDraft,
    read: () => api.get("roles/{id}", at),
    save: (_, draft, etag) => api.put("roles/{id}", { ...at, body: roleRequest(draft), ifMatch: etag }),
  });
  const save = async () => {
    if (!(await edit.submit())) return;
    tell(t("roles.saved", { name: edit.draft.name }));
    await reload();
    onClose();
  };
  const texts = { name: t("common.name"), description: t("roles.description"), rights: t("rights.title") };
  return (
    <FormDialog title={t("roles.edit_title", { name: role.data.name })} description={t("roles.edit_affects", { count: role.data.users })} submit={t("common.save")} onSubmit={() => void save()} onClose={onClose} busy={edit.busy} disabled={!edit.dirty || edit.draft.name.trim() === "" || edit.draft.rights.length === 0} problem={edit.problem} fields={kFields} variant="medium">
      <ConflictAlert edit={edit} label={(field) => texts[field]} show={(field, draft) => (field === "rights" ? draft.rights.map(titleOf).join(", ") : draft[field])} />
      <RoleFields draft={edit.draft} set={edit.set} problem={edit.problem} />
    </FormDialog>
  );
}

export function RolesPage() {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const may = useMay("manage_users");
  const roles = useRoles();
  const { nameOf, descriptionOf } = useRoleNames();
  const [adds, setAdds] = useState<RoleDraft | null>(null);
  const [edits, setEdits] = useState<Role | null>(null);
  const [deletes, setDeletes] = useState<Role | null>(null);
  const columns: Column<Role>[] = [
    {
      name: "name",
      text: t("common.name"),
      cell: (role) => (
        <>
          {role.owner ? role.name : nameOf(role.name)} {role.built_in && <Label isCompact>{t("roles.built_in")}</Label>}
          <div className="daikan-subtle">{descriptionOf(role)}</div>
          {role.owner && <div className="daikan-subtle">{t("roles.inherited", { name: role.owner.name })}</div>}
          {role.unknown_rights.length > 0 && <div className="daikan-subtle">{t("roles.unknown_rights", { rights: role.unknown_rights.join(", ") })}</div>}
        </>
      ),
    },
    { name: "rights", text: t("rights.title"), cell: (role) => (
        <>
          <RightLabels rights={role.gives} />
          {role.gives.length < role.rights.length && <div className="daikan-subtle">{t("roles.gives_less")}</div>}
        </>
      ) },
    { name: "users", text: t("roles.users"), modifier: "nowrap", cell: (role) => role.users },
  ];
  const actionsOf = (role: Role): MenuAction[] => {
    const list: MenuAction[] = [];
    const refused = role.owner ? { refused: t("roles.owner_only", { name: role.owner.name }) } : {};
    if (!role.built_in) list.push({ name: "edit", text: t("common.edit"), onClick: () => setEdits(role), ...refused });
    list.push({ name: "copy", text: t("roles.copy"), onClick: () => setAdds({ name: "", description: role.built_in ? "" : role.description, rights: role.rights }) });
    if (!role.built_in) list.push({ name: "delete", text: t("common.delete"), danger: true, onClick: () => setDeletes(role), ...refused });
    return list;
  };
  return (
    <>
      <PeopleHeader current="roles" actions={may && <Button onClick={() => setAdds(emptyRole)}>{t("roles.add")}</Button>} />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <Loaded query={roles}>
          {(all) => (
            <RecordTable
              label={t("roles.title")}
              columns={columns}
              rows={all}
              keyOf={(role) => (role.owner ? `${role.name}@${role.owner.id}` : role.name)}
              {...(may ? { actions: (role: Role) => <MenuButton label={t("servers.actions_for", { name: nameOf(role.name) })} actions={actionsOf(role)} /> } : {})}
            />
          )}
        </Loaded>
      </PageSection>
      {adds && <AddRole first={adds} onClose={() => setAdds(null)} />}
      {edits && <EditRole role={{ data: edits, etag: etagOf(edits) }} onClose={() => setEdits(null)} />}
      {deletes && (
        <ConfirmDialog
          title={t("roles.delete_title", { name: deletes.name })}
          confirm={t("common.delete")}
          onClose={() => setDeletes(null)}
          onConfirm={async () => {
            await api.delete("roles/{id}", { path: { id: deletes.id } });
            tell(t("roles.deleted", { name: deletes.name }));
            await reload();
          }}
        >
          <Content component="p">{t(deletes.users > 0 ? "roles.delete_in_use" : "roles.delete_affects", { count: deletes.users })}</Content>
        </ConfirmDialog>
      )}
    </>
  );
}
