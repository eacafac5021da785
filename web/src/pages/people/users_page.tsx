// Who may use a server, with which roles, and where each counts.
import { useState } from "react";
import { Button, Content, Label, PageSection, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { UsersIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useAccount, useReload } from "../../api/queries";
import type { User } from "../../api/types";
import { tell } from "../../app/notices";
import { useMay, useServer } from "../../app/place";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { Empty } from "../../parts/empty";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { MenuButton, type MenuAction } from "../../parts/menu_button";
import { RecordTable, type Column } from "../../parts/record_table";
import { When } from "../../parts/when";
import { etagOf, findUsers } from "./model";
import { PeopleHeader } from "./people_header";
import { useRoles } from "./roles";
import { useRoleNames } from "./role_names";
import { AddUserDialog, AssignDialog, SetPasswordDialog } from "./user_dialogs";

type What = "assign" | "password" | "two_factor" | "state" | "delete";
const kFewUsers = 8;

function Asks({ what, user, onClose }: { what: Exclude<What, "assign" | "password">; user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const at = { path: { id: user.id } };
  const does = what === "state" ? (user.state === "enabled" ? "disable" : "enable") : what;
  const run = async () => {
    if (what === "two_factor") await api.delete("users/{id}/two_factor", at);
    else if (what === "delete") await api.delete("users/{id}", { ...at, ifMatch: etagOf(user) });
    else await api.patch("users/{id}", { ...at, body: { state: user.state === "enabled" ? "disabled" : "enabled" }, ifMatch: etagOf(user) });
    tell(t(`users.done_${does}`, { name: user.name }));
    await reload();
  };
  return (
    <ConfirmDialog title={t(`users.${does}_title`, { name: user.name })} confirm={t(`users.${does}`)} danger={does !== "enable"} onClose={onClose} onConfirm={run}>
      <Content component="p">{t(`users.${does}_affects`, { name: user.name })}</Content>
    </ConfirmDialog>
  );
}

export function UsersPage() {
  const { t } = useTranslation();
  const { api, key, path } = useServer();
  const may = useMay("manage_users");
  const account = useAccount();
  const roles = useRoles();
  const { nameOf } = useRoleNames();
  const { pathOf } = useGroupNames();
  const [search, setSearch] = useState("");
  const [adds, setAdds] = useState(false);
  const [shown, setShown] = useState<{ what: What; user: User } | null>(null);
  const users = useQuery({ queryKey: [key, "users"], queryFn: async ({ signal }) => (await api.get("users", { signal })).data.items });
  const isOwn = (user: User) => path.length === 0 && user.id === account.data?.id;

  const columns: Column<User>[] = [
    {
      name: "name",
      text: t("sign_in.user"),
      modifier: "breakWord",
      cell: (user) => (
        <>
          {user.name} {isOwn(user) && <Label isCompact>{t("users.you")}</Label>} {user.state === "disabled" && <Label isCompact color="orange">{t("users.is_disabled")}</Label>}
        </>
      ),
    },
    {
      name: "roles",
      text: t("users.roles"),
      cell: (user) =>
        user.assignments.length === 0 ? (
          <span className="daikan-subtle">{t("users.without_roles")}</span>
        ) : (
          user.assignments.map((each) => (
            <div key={`${each.role_id} ${each.group_id ?? ""}`}>
              {each.role_owner ? t("users.role_of", { role: each.role, name: each.role_owner.name }) : nameOf(each.role)} <span className="daikan-subtle">– {each.group === null ? t("users.everywhere") : pathOf(each.group)}</span>
            </div>
          ))
        ),
    },
    { name: "two_factor", text: t("users.two_factor_column"), cell: (user) => <Label isCompact variant="outline" color={user.two_factor === "on" ? "green" : "grey"}>{t(`users.two_factor_${user.two_factor}`)}</Label> },
    { name: "created", text: t("users.created"), modifier: "nowrap", cell: (user) => <When at={user.created_at} /> },
  ];
  const actionsOf = (user: User): MenuAction[] => {
    const open = (what: What) => () => setShown({ what, user });
    const list: MenuAction[] = [{ name: "assign", text: t("users.assign"), onClick: open("assign") }];
    if (isOwn(user)) return list;
    list.push({ name: "password", text: t("users.set_password"), onClick: open("password") });
    if (user.two_factor === "on") list.push({ name: "two_factor", text: t("users.two_factor"), onClick: open("two_factor") });
    list.push({ name: "state", text: t(user.state === "enabled" ? "users.disable" : "users.enable"), onClick: open("state") });
    list.push({ name: "delete", text: t("common.delete"), onClick: open("delete"), danger: true });
    return list;
  };
  const close = () => setShown(null);

  return (
    <>
      <PeopleHeader current="users" actions={may && <Button onClick={() => setAdds(true)}>{t("users.add")}</Button>} />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <Loaded query={users}>
          {(all) => (
            <>
              {all.length > kFewUsers && (
                <Toolbar>
                  <ToolbarContent>
                    <ToolbarItem>
                      <SearchInput aria-label={t("users.search")} placeholder={t("users.search")} value={search} onChange={(_, text) => setSearch(text)} onClear={() => setSearch("")} resetButtonLabel={t("common.clear_search")} />
                    </ToolbarItem>
                  </ToolbarContent>
                </Toolbar>
              )}
              <RecordTable
                label={t("users.title")}
                columns={columns}
                rows={findUsers(all, search)}
                keyOf={(user) => user.name}
                empty={
                  <Empty title={t("users.none")} icon={UsersIcon}>
                    {t("users.none_body")}
                  </Empty>
                }
                {...(may ? { actions: (user: User) => <MenuButton label={t("servers.actions_for", { name: user.name })} actions={actionsOf(user)} /> } : {})}
              />
            </>
          )}
        </Loaded>
      </PageSection>
      {adds && <AddUserDialog roles={roles.data ?? []} onClose={() => setAdds(false)} />}
      {shown?.what === "assign" && <AssignDialog user={{ data: shown.user, etag: etagOf(shown.user) }} roles={roles.data ?? []} onClose={close} />}
      {shown?.what === "password" && <SetPasswordDialog user={shown.user} onClose={close} />}
      {shown && shown.what !== "assign" && shown.what !== "password" && <Asks what={shown.what} user={shown.user} onClose={close} />}
    </>
  );
}
