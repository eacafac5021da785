// The properties of a server, this one or any that is opened through it: one tab for each subject.
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from "react";
import { PageSection, Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { useNavigate, useParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useServerRecord } from "../../api/queries";
import type { RightName } from "../../api/types";
import { useMayOn, useServer } from "../../app/place";
import { Waiting } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { NotFoundPage } from "../not_found";

interface Section {
  name: string;
  page: LazyExoticComponent<ComponentType>;
  right: RightName;
}

const sections: Section[] = [
  { name: "general", page: lazy(async () => ({ default: (await import("./general")).GeneralSection })), right: "read" },
  { name: "hierarchy", page: lazy(async () => ({ default: (await import("./hierarchy_section")).HierarchySection })), right: "read" },
  { name: "certificate", page: lazy(async () => ({ default: (await import("./certificate_section")).CertificateSection })), right: "read" },
  { name: "ports", page: lazy(async () => ({ default: (await import("./general")).PortsSection })), right: "read" },
  { name: "access", page: lazy(async () => ({ default: (await import("./access_section")).AccessSection })), right: "manage_server" },
];

export function PropertiesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { path, href } = useServer();
  const { section = "general" } = useParams();
  const server = useServerRecord(path);
  const mayRead = useMayOn("read")(null);
  const mayManage = useMayOn("manage_server")(null);
  const offered = sections.filter((each) => (each.right === "manage_server" ? mayManage : mayRead));
  const shown = sections.find((each) => each.name === section);
  if (shown === undefined) return <NotFoundPage />;
  return (
    <>
      <PageHeader title={t("properties.title", { name: server.data?.name ?? "…" })}>
        <Tabs activeKey={section} onSelect={(_, key) => void navigate(href(`/properties/${key}`))} aria-label={t("properties.sections")} component="nav">
          {offered.map((each) => (
            <Tab key={each.name} eventKey={each.name} href={href(`/properties/${each.name}`)} onClick={(event) => event.preventDefault()} title={<TabTitleText>{t(`properties.section_${each.name}`)}</TabTitleText>} />
          ))}
        </Tabs>
      </PageHeader>
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <Suspense fallback={<Waiting />}>
          <shown.page />
        </Suspense>
      </PageSection>
    </>
  );
}
