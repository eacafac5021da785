// Policies as a table: those of this server with what can be done with each, and those that come from above with their owner.
import { useState } from "react";
import { Content, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { Link, useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useReload } from "../../api/queries";
import type { Policy } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { saveAs } from "../../parts/download";
import { useGroupNames } from "../../parts/group_names";
import { MenuButton, type MenuAction } from "../../parts/menu_button";
import { When } from "../../parts/when";
import { policyFileName, policyFileText } from "./files";
import { useMayEditPolicy } from "./policy_page";
import { ReviewDialog } from "./review_dialog";
import { useSettingNames, type ApplicationForm } from "./use_policies";

const etagOf = (policy: Policy) => `"${policy.revision}"`;

export function savePolicyFile(policy: Policy): void {
  saveAs(new Blob([policyFileText(policy)], { type: "application/json" }), policyFileName(policy));
}

function PolicyDialog({ what, policy, form, onClose }: { what: "activate" | "remove"; policy: Policy; form: ApplicationForm; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  // As it was when the person decided.
  const [first] = useState(policy);
  const at = { path: { id: first.id }, ifMatch: etagOf(first) };
  if (what === "remove") {
    const remove = async () => {
      await api.delete("policies/{id}", at);
      tell(t("policies.removed", { name: first.name }));
      await reload();
    };
    return (
      <ReviewDialog title={t("policies.remove_title", { name: first.name })} change={{ policy_id: first.id, remove: true }} fields={form.fields} confirm={t("common.remove")} danger onConfirm={remove} onClose={onClose}>
        <Content component="p">{t("policies.remove_body")}</Content>
      </ReviewDialog>
    );
  }
  const active = !first.active;
  const turn = async () => {
    const { data } = await api.patch("policies/{id}", { ...at, body: { active } });
    tell(t(active ? "policies.was_activated" : "policies.was_deactivated", { name: first.name }));
    if (data.deactivated) tell(t("policies.was_deactivated", { name: data.deactivated.name }), "info");
    await reload();
  };
  const word = t(active ? "policies.activate" : "policies.deactivate");
  return <ReviewDialog title={t(active ? "policies.activate_title" : "policies.deactivate_title", { name: first.name })} change={{ policy_id: first.id, active }} fields={form.fields} confirm={word} onConfirm={turn} onClose={onClose} />;
}

interface Props {
  policies: Policy[];
  form: ApplicationForm;
  /** Of the group in front; its own policies need no word about where they are. */
  groupId?: string;
}

export function PoliciesTable({ policies, form, groupId }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { href } = useServer();
  const { pathOf } = useGroupNames();
  const names = useSettingNames();
  const mayEdit = useMayEditPolicy();
  const [shown, setShown] = useState<{ what: "activate" | "remove"; policy: Policy } | null>(null);
  const actionsOf = (policy: Policy): MenuAction[] => {
    const list: MenuAction[] = [{ name: "open", text: t(mayEdit(policy) ? "common.edit" : "policies.show"), onClick: () => void navigate(href(`/policies/${policy.id}`)) }];
    if (policy.inherited_from === null) list.push({ name: "revisions", text: t("policies.tab_revisions"), onClick: () => void navigate(href(`/policies/${policy.id}/revisions`)) });
    list.push({ name: "export", text: t("policies.export_one"), onClick: () => savePolicyFile(policy) });
    if (!mayEdit(policy)) return list;
    list.push({ name: "activate", text: t(policy.active ? "policies.deactivate" : "policies.activate"), onClick: () => setShown({ what: "activate", policy }) });
    list.push({ name: "remove", text: t("common.remove"), danger: true, onClick: () => setShown({ what: "remove", policy }) });
    return list;
  };
  const where = (policy: Policy) => {
    if (policy.inherited_from !== null) return t("policies.from_server", { server: policy.inherited_from.server, group: pathOf(policy.inherited_from.group) });
    return policy.group_id === groupId ? t("policies.this_group") : pathOf(policy.group);
  };
  return (
    <>
      <Table aria-label={t("policies.title")} variant="compact">
        <Thead>
          <Tr>
            <Th>{t("common.name")}</Th>
            <Th modifier="nowrap">{t("policies.state")}</Th>
            <Th modifier="nowrap">{t("policies.owner")}</Th>
            <Th modifier="nowrap">{t("policies.application")}</Th>
            <Th modifier="nowrap">{t("policies.says")}</Th>
            <Th modifier="nowrap">{t("policies.changed")}</Th>
            <Th screenReaderText={t("servers.column_actions")} />
          </Tr>
        </Thead>
        <Tbody>
          {policies.map((policy) => {
            const locked = Object.values(policy.settings).filter((each) => each.locked).length;
            return (
              <Tr key={policy.id} data-policy={policy.name} data-inherited={policy.inherited_from !== null || (groupId !== undefined && policy.group_id !== groupId)}>
                <Td dataLabel={t("common.name")} modifier="breakWord">
                  <Link to={href(`/policies/${policy.id}`)}>{policy.name}</Link>
                </Td>
                <Td dataLabel={t("policies.state")}>
                  <Label isCompact color={policy.active ? "green" : "grey"}>
                    {t(policy.active ? "policies.active" : "policies.inactive")}
                  </Label>
                </Td>
                <Td dataLabel={t("policies.owner")} modifier="breakWord">
                  {where(policy)}
                  {policy.force && <div className="daikan-subtle">{t("policies.forces")}</div>}
                  {!policy.inherit && <div className="daikan-subtle">{t("policies.does_not_inherit")}</div>}
                </Td>
                <Td dataLabel={t("policies.application")}>{policy.application === form.name ? names.application(form) : policy.application}</Td>
                <Td dataLabel={t("policies.says")}>
                  {t("policies.settings_count", { count: Object.keys(policy.settings).length })}
                  {locked > 0 && <div className="daikan-subtle">{t("policies.locked_count", { count: locked })}</div>}
                </Td>
                <Td dataLabel={t("policies.changed")}>
                  {policy.changed_at ? (
                    <>
                      <When at={policy.changed_at} />
                      {policy.changed_by && <div className="daikan-subtle">{policy.changed_by}</div>}
                    </>
                  ) : (
                    "–"
                  )}
                </Td>
                <Td isActionCell>
                  <MenuButton label={t("servers.actions_for", { name: policy.name })} actions={actionsOf(policy)} />
                </Td>
              </Tr>
            );
          })}
        </Tbody>
      </Table>
      {shown && <PolicyDialog what={shown.what} policy={shown.policy} form={form} onClose={() => setShown(null)} />}
    </>
  );
}
