import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useServer } from "../../app/place";
import { PageHeader } from "../../parts/page_header";
import { PageTabs } from "../../parts/page_tabs";

/** Users, roles and sessions are three views of who may do what. A lower server tells nobody above about its sessions. */
export function PeopleHeader({ current, actions }: { current: "users" | "roles" | "sessions"; actions?: ReactNode }) {
  const { t } = useTranslation();
  const { path, href } = useServer();
  const tabs = [
    { name: "users", text: t("users.title"), to: href("/users") },
    { name: "roles", text: t("roles.title"), to: href("/users/roles") },
    ...(path.length === 0 ? [{ name: "sessions", text: t("sessions.title"), to: href("/users/sessions") }] : []),
  ];
  return (
    <PageHeader title={t(`${current}.title`)} lead={t(`${current}.lead`)} actions={actions}>
      <PageTabs label={t("users.views")} current={current} tabs={tabs} />
    </PageHeader>
  );
}
