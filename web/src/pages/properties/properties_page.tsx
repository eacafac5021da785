// The properties of a server, this one or any that is opened through it: one tab for each subject.
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from "react";
import { PageSection } from "@patternfly/react-core";
import { useParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useServerRecord } from "../../api/queries";
import type { RightName } from "../../api/types";
import { useMayOn, useServer } from "../../app/place";
import { Waiting } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { PageTabs } from "../../parts/page_tabs";
import { NotFoundPage } from "../not_found";

interface Section {
  name: string;
  page: LazyExoticComponent<ComponentType>;
  right: RightName;
  /** A lower server refuses it from above. */
  ownServerOnly?: boolean;
}

const sections: Section[] = [
  { name: "general", page: lazy(async () => ({ default: (await import("./general")).GeneralSection })), right: "read" },
  { name: "hierarchy", page: lazy(async () => ({ default: (await import("./hierarchy_section")).HierarchySection })), right: "read" },
  { name: "certificate", page: lazy(async () => ({ default: (await import("./certificate_section")).CertificateSection })), right: "read" },
  { name: "ports", page: lazy(async () => ({ default: (await import("./general")).PortsSection })), right: "read" },
  { name: "notifications", page: lazy(async () => ({ default: (await import("../notifications/notifications_section")).NotificationsSection })), right: "manage_server" },
  { name: "backups", page: lazy(async () => ({ default: (await import("../backups/backups_section")).BackupsSection })), right: "manage_server", ownServerOnly: true },
  { name: "access", page: lazy(async () => ({ default: (await import("./access_section")).AccessSection })), right: "manage_server" },
];

export function PropertiesPage() {
  const { t } = useTranslation();
  const { path, href } = useServer();
  const { section = "general" } = useParams();
  const server = useServerRecord(path);
  const mayRead = useMayOn("read")(null);
  const mayManage = useMayOn("manage_server")(null);
  const here = sections.filter((each) => !(each.ownServerOnly && path.length > 0));
  const offered = here.filter((each) => (each.right === "manage_server" ? mayManage : mayRead));
  const shown = here.find((each) => each.name === section);
  if (shown === undefined) return <NotFoundPage />;
  return (
    <>
      <PageHeader title={t("properties.title", { name: server.data?.name ?? "…" })}>
        <PageTabs label={t("properties.sections")} current={section} tabs={offered.map((each) => ({ name: each.name, text: t(`properties.section_${each.name}`), to: href(`/properties/${each.name}`) }))} />
      </PageHeader>
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <Suspense fallback={<Waiting />}>
          <shown.page />
        </Suspense>
      </PageSection>
    </>
  );
}
