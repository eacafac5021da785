import { Component, Suspense, useMemo, type ReactNode } from "react";
import { Page, PageSidebar, PageSidebarBody, SkipToContent } from "@patternfly/react-core";
import { Routes, Route, useLocation } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { placeOf, pathKey } from "../api/path";
import { useLive } from "../app/live";
import { PlaceProvider } from "../app/place";
import { ProblemAlert } from "../parts/problem_alert";
import { Waiting } from "../parts/loading";
import { NotFoundPage } from "../pages/not_found";
import { routes } from "../routes";
import { ServerTree } from "../tree/server_tree";
import { AwayBanner } from "./away_banner";
import { DaikanMasthead } from "./masthead";
import { NoticeList } from "./notice_list";
import { ServerMenu } from "./server_menu";
import { SessionDialog } from "./session_dialog";

/** A page that fails shows what failed, and the rest of the console goes on. */
class PageGuard extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="daikan-padded">
        <ProblemAlert problem={this.state.error} onRetry={() => window.location.reload()} />
      </div>
    );
  }
}

function Workspace() {
  const location = useLocation();
  const { path, page } = useMemo(() => placeOf(location.pathname), [location.pathname]);
  useLive(path, path.length > 0);
  const inner = { ...location, pathname: page };
  return (
    <PlaceProvider path={path}>
      <ServerMenu page={page} />
      <PageGuard key={`${pathKey(path)}${page}`}>
        <Suspense fallback={<Waiting />}>
          <Routes location={inner}>
            {routes
              .filter((route) => !(route.ownServerOnly && path.length > 0))
              .map((route) => (
                <Route key={route.path} path={route.path} element={<route.page key={pathKey(path)} />} />
              ))}
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </PageGuard>
    </PlaceProvider>
  );
}

export function Shell() {
  const { t } = useTranslation();
  useLive([]);
  const sidebar = (
    <PageSidebar className="daikan-sidebar">
      <PageSidebarBody isFilled>
        <ServerTree />
      </PageSidebarBody>
    </PageSidebar>
  );
  return (
    <>
      <AwayBanner />
      <Page
        className="daikan-page"
        masthead={<DaikanMasthead />}
        sidebar={sidebar}
        isManagedSidebar
        mainContainerId="workspace"
        mainAriaLabel={t("shell.workspace")}
        isContentFilled
        skipToContent={<SkipToContent href="#workspace">{t("shell.skip")}</SkipToContent>}
      >
        <Workspace />
      </Page>
      <NoticeList />
      <SessionDialog />
    </>
  );
}
