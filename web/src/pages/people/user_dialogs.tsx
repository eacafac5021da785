// What is done with one user: making, roles, a new password.
import { useState } from "react";
import { Content } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { useGroups, useReload } from "../../api/queries";
import type { Role, User } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { ConflictAlert } from "../../parts/conflict_alert";
import { FormDialog } from "../../parts/form_dialog";
import { useGroupNames } from "../../parts/group_names";
import { PasswordField } from "../../parts/password_field";
import { TextField } from "../../parts/text_field";
import { useRecordEdit } from "../../parts/use_record_edit";
import { useSubmit } from "../../parts/use_submit";
import { assignmentsOf, placesOf, type RolePlace } from "./model";
import { useRoleNames } from "./role_names";
import { RolePlaces } from "./role_places";

export function AddUserDialog({ roles, onClose }: { roles: Role[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const groups = useGroups(path);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [places, setPlaces] = useState<RolePlace[]>([]);
  const { busy, problem, submit } = useSubmit(async () => {
    await api.post("users", { body: { name: name.trim(), password, assignments: assignmentsOf(places) } });
    tell(t("users.added", { name: name.trim() }));
    await reload();
    onClose();
  });
  return (
    <FormDialog title={t("users.add")} submit={t("common.add")} onSubmit={submit} onClose={onClose} busy={busy} disabled={name.trim() === "" || password === ""} problem={problem} fields={["name", "password", "assignments"]} variant="medium">
      <TextField id="user-name" label={t("sign_in.user")} value={name} onChange={setName} isRequired autoFocus maxLength={128} autoCapitalize="none" problem={problem} field="name" />
      <PasswordField id="user-password" label={t("sign_in.password")} value={password} onChange={setPassword} hint={t("users.password_hint")} problem={problem} field="password" />
      <RolePlaces roles={roles} groups={groups.data ?? []} value={places} onChange={setPlaces} problem={problem} />
    </FormDialog>
  );
}

export function AssignDialog({ user, roles, onClose }: { user: Answer<User>; roles: Role[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const groups = useGroups(path);
  const { nameOf } = useRoleNames();
  const { pathOf } = useGroupNames();
  const at = { path: { id: user.data.id } };
  const edit = useRecordEdit<User, { places: RolePlace[] }>({
    seen: user,
    toDraft: (record) => ({ places: placesOf(record) }),
    read: () => api.get("users/{id}", at),
    save: (_, draft, etag) => api.put("users/{id}/assignments", { ...at, body: { assignments: assignmentsOf(draft.places) }, ifMatch: etag }),
  });
  const roleText = (id: string) => nameOf(roles.find((role) => role.id === id)?.name ?? id);
  const save = async () => {
    if (!(await edit.submit())) return;
    tell(t("users.assigned", { name: user.data.name }));
    await reload();
    onClose();
  };
  return (
    <FormDialog title={t("users.assign_title", { name: user.data.name })} description={t("users.assign_lead")} submit={t("common.save")} onSubmit={() => void save()} onClose={onClose} busy={edit.busy} disabled={!edit.dirty} problem={edit.problem} fields={["assignments"]} variant="medium">
      <ConflictAlert edit={edit} label={() => t("users.roles")} show={(_, draft) => draft.places.map((place) => `${roleText(place.role)} – ${place.group === "" ? t("users.everywhere") : pathOf(place.group)}`).join(", ")} />
      <RolePlaces roles={roles} groups={groups.data ?? []} value={edit.draft.places} onChange={(places) => edit.set({ places })} problem={edit.problem} />
    </FormDialog>
  );
}

export function SetPasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useServer();
  const [password, setPassword] = useState("");
  const { busy, problem, submit } = useSubmit(async () => {
    await api.put("users/{id}/password", { path: { id: user.id }, body: { password } });
    tell(t("users.password_set", { name: user.name }));
    onClose();
  });
  return (
    <FormDialog title={t("users.password_title", { name: user.name })} submit={t("common.save")} onSubmit={submit} onClose={onClose} busy={busy} disabled={password === ""} problem={problem} fields={["password"]}>
      <Content component="p">{t("users.password_affects", { name: user.name })}</Content>
      <PasswordField id="user-password" label={t("users.new_password")} value={password} onChange={setPassword} autoFocus hint={t("users.password_hint")} problem={problem} field="password" />
    </FormDialog>
  );
}
