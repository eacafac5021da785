// One administration group: its Administration Servers folder and its subgroups.
import { useState } from "react";
import { Button, PageSection } from "@patternfly/react-core";
import { ServerIcon, FolderIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { Link, useNavigate, useParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { lineage, useGroups, useSecondaries } from "../../api/queries";
import type { Group } from "../../api/types";
import { useMayOn, useServer } from "../../app/place";
import { Empty } from "../../parts/empty";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { MenuButton, type MenuAction } from "../../parts/menu_button";
import { PageHeader } from "../../parts/page_header";
import { PageTabs } from "../../parts/page_tabs";
import { ProblemAlert } from "../../parts/problem_alert";
import { NotFoundPage } from "../not_found";
import { GroupPolicies, GroupSettings } from "../policies/policies_page";
import { useSecondaryActions } from "../secondary/secondary_dialogs";
import { AddGroupDialog, DeleteGroupDialog, EditGroupDialog } from "./group_dialogs";
import { InviteDialog } from "../invitations/invite_dialog";
import { GroupDevices } from "./devices_table";
import { ServersTable } from "./servers_table";

type View = "servers" | "subgroups" | "devices" | "policies" | "settings";
type Dialog = "add" | "rename" | "move" | "delete";

const etagOf = (group: Group) => `"${group.revision}"`;

function GroupDialogs({ dialog, group, groups, onClose }: { dialog: Dialog | null; group: Group; groups: Group[]; onClose: () => void }) {
  // What it began with stays, so that an edit of somebody else in between is noticed when saving.
  const [first] = useState(group);
  switch (dialog) {
    case "add":
      return <AddGroupDialog group={first} onClose={onClose} />;
    case "rename":
    case "move":
      return <EditGroupDialog group={first} groups={groups} etag={etagOf(first)} what={dialog} onClose={onClose} />;
    case "delete":
      return <DeleteGroupDialog group={group} groups={groups} etag={null} onClose={onClose} />;
    default:
      return null;
  }
}

function Subgroups({ group, groups, onAdd }: { group: Group; groups: Group[]; onAdd: (() => void) | null }) {
  const { t } = useTranslation();
  const { href } = useServer();
  const children = groups.filter((each) => each.parent_id === group.id);
  if (children.length === 0) {
    return (
      <Empty title={t("group.no_subgroups")} icon={FolderIcon} actions={onAdd && <Button onClick={onAdd}>{t("group.add")}</Button>}>
        {t("group.no_subgroups_body")}
      </Empty>
    );
  }
  return (
    <Table aria-label={t("group.subgroups")} variant="compact">
      <Thead>
        <Tr>
          <Th>{t("common.name")}</Th>
          <Th>{t("tree.folder")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {children.map((each) => (
          <Tr key={each.id}>
            <Td dataLabel={t("common.name")}>
              <Link to={href(`/groups/${each.id}`)}>{each.name}</Link>
            </Td>
            <Td dataLabel={t("tree.folder")}>{each.secondaries}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function Servers({ group, onAdd }: { group: Group; onAdd: (() => void) | null }) {
  const { t } = useTranslation();
  const { path } = useServer();
  const secondaries = useSecondaries(path);
  const { actions, dialog } = useSecondaryActions();
  return (
    <Loaded query={secondaries}>
      {(all) => {
        const here = all.filter((each) => each.group_id === group.id);
        return (
          <>
            {here.length === 0 ? (
              <Empty title={t("servers.none")} icon={ServerIcon} actions={onAdd && <Button onClick={onAdd}>{t("overview.add_secondary")}</Button>}>
                {t("servers.none_body")}
              </Empty>
            ) : (
              <ServersTable secondaries={here} actions={actions} />
            )}
            {dialog}
          </>
        );
      }}
    </Loaded>
  );
}

function Shown({ group, groups, view }: { group: Group; groups: Group[]; view: View }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { href } = useServer();
  const { nameOf } = useGroupNames();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [invites, setInvites] = useState(false);
  const mayJoin = useMayOn("configure_hierarchy")(group.id);
  const mayEdit = useMayOn("edit_groups")(group.id);
  const add = () => void navigate(href(`/groups/${group.id}/add-secondary`));
  const isRoot = group.parent_id === null;
  const invite: MenuAction[] = mayJoin ? [{ name: "invite", text: t("invitations.add"), onClick: () => setInvites(true) }] : [];
  const edits: MenuAction[] = mayEdit
    ? [
        { name: "add", text: t("group.add"), onClick: () => setDialog("add") },
        ...(isRoot
          ? []
          : [
              { name: "rename", text: t("common.rename"), onClick: () => setDialog("rename") },
              { name: "move", text: t("common.move"), onClick: () => setDialog("move") },
              { name: "delete", text: t("common.delete"), onClick: () => setDialog("delete"), danger: true },
            ]),
      ]
    : [];
  return (
    <>
      <PageHeader
        title={nameOf(group)}
        crumbs={lineage(groups, group.parent_id).map((each) => ({ text: nameOf(each), to: href(`/groups/${each.id}`) }))}
        actions={
          <>
            {mayJoin && <Button onClick={add}>{t("overview.add_secondary")}</Button>}
            <MenuButton label={t("servers.actions_for", { name: nameOf(group) })} actions={[...invite, ...edits]} />
          </>
        }
      >
        <PageTabs
          label={t("group.views")}
          current={view}
          tabs={[
            { name: "subgroups", text: t("group.subgroups"), to: href(`/groups/${group.id}`) },
            { name: "servers", text: t("group.servers_count", { count: group.secondaries }), to: href(`/groups/${group.id}/servers`) },
            { name: "devices", text: t("devices.tab"), to: href(`/groups/${group.id}/devices`) },
            { name: "policies", text: t("policies.title"), to: href(`/groups/${group.id}/policies`) },
            { name: "settings", text: t("policies.effective"), to: href(`/groups/${group.id}/settings`) },
          ]}
        />
      </PageHeader>
      <PageSection hasBodyWrapper={false}>
        {view === "servers" && <Servers group={group} onAdd={mayJoin ? add : null} />}
        {view === "subgroups" && <Subgroups group={group} groups={groups} onAdd={mayEdit ? () => setDialog("add") : null} />}
        {view === "devices" && <GroupDevices group={group} />}
        {view === "policies" && <GroupPolicies group={group} groups={groups} />}
        {view === "settings" && <GroupSettings group={group} />}
      </PageSection>
      <GroupDialogs key={dialog ?? "none"} dialog={dialog} group={group} groups={groups} onClose={() => setDialog(null)} />
      {invites && <InviteDialog group={group.path} onClose={() => setInvites(false)} />}
    </>
  );
}

function Page({ view }: { view: View }) {
  const { path } = useServer();
  const { groupId } = useParams();
  const groups = useGroups(path);
  return (
    <Loaded query={groups}>
      {(all) => {
        const group = all.find((each) => each.id === groupId);
        if (group === undefined) return groups.isFetching ? null : <NotFoundPage />;
        return (
          <>
            {groups.error && <ProblemAlert problem={groups.error} variant="warning" />}
            <Shown key={group.id} group={group} groups={all} view={view} />
          </>
        );
      }}
    </Loaded>
  );
}

export const GroupPage = () => <Page view="subgroups" />;
export const ServersPage = () => <Page view="servers" />;
export const GroupDevicesPage = () => <Page view="devices" />;
export const GroupPoliciesPage = () => <Page view="policies" />;
export const GroupSettingsPage = () => <Page view="settings" />;
