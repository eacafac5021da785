import type { ReactNode } from "react";
import { Breadcrumb, BreadcrumbItem, Content, Flex, FlexItem, PageSection, Title } from "@patternfly/react-core";
import { Link } from "react-router-dom";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { pageRoot } from "../api/path";
import { usePathNames, useServer } from "../app/place";

export interface Crumb {
  text: string;
  to?: string;
}

interface Props {
  title: ReactNode;
  /** For the title of the browser's tab, when `title` is more than a text. */
  name?: string;
  /** One sentence about what the page is for. */
  lead?: ReactNode;
  /** Between the server and this page. */
  crumbs?: Crumb[];
  actions?: ReactNode;
  /** Below the title, e.g. tabs. */
  children?: ReactNode;
}

/** Where one is (every server on the way down), what this is, and what can be done. */
export function PageHeader({ title, name, lead, crumbs = [], actions, children }: Props) {
  const { t } = useTranslation();
  const { path } = useServer();
  const names = usePathNames(path);
  const plain = name ?? (typeof title === "string" ? title : "");
  const server = names[names.length - 1];
  useEffect(() => {
    document.title = [plain, server, "Daikan"].filter((part, at, all) => part && all.indexOf(part) === at).join(" · ");
  }, [plain, server]);
  return (
    <PageSection className="daikan-header" hasBodyWrapper={false}>
      {names.length + crumbs.length > 1 && (
      <Breadcrumb aria-label={t("common.path")}>
        {names.map((each, level) => (
          <BreadcrumbItem key={level} render={({ className }) => <Link className={className} to={pageRoot(path.slice(0, level)) || "/"}>{each || "…"}</Link>} />
        ))}
        {crumbs.map((crumb, at) =>
          crumb.to === undefined ? (
            <BreadcrumbItem key={`c${at}`}>{crumb.text}</BreadcrumbItem>
          ) : (
            <BreadcrumbItem key={`c${at}`} render={({ className }) => <Link className={className} to={crumb.to!}>{crumb.text}</Link>} />
          ),
        )}
      </Breadcrumb>
      )}
      <Flex flexWrap={{ default: "wrap", md: "nowrap" }} justifyContent={{ default: "justifyContentSpaceBetween" }} alignItems={{ default: "alignItemsFlexStart" }}>
        <FlexItem grow={{ default: "grow" }}>
          <Title headingLevel="h1" size="2xl">
            {title}
          </Title>
          {lead && <Content className="daikan-lead">{lead}</Content>}
        </FlexItem>
        {actions && <FlexItem className="daikan-actions">{actions}</FlexItem>}
      </Flex>
      {children}
    </PageSection>
  );
}
