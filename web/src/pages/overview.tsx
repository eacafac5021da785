import { Button, Card, CardBody, CardTitle, Content, Gallery, PageSection } from "@patternfly/react-core";
import { SitemapIcon } from "@patternfly/react-icons";
import { Link, useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useGroups, usePrimary, useSecondaries, useServerRecord } from "../api/queries";
import type { Primary, Secondary, Server } from "../api/types";
import { useMay, useServer } from "../app/place";
import { Empty } from "../parts/empty";
import { Facts } from "../parts/facts";
import { Fingerprint } from "../parts/fingerprint";
import { Loaded } from "../parts/loading";
import { PageHeader } from "../parts/page_header";
import { ProblemAlert } from "../parts/problem_alert";
import { StatusMark } from "../parts/status_mark";
import { When } from "../parts/when";
import { DevicesCard } from "./devices_card";

const kShown = 8;

function Above({ primary }: { primary: Primary }) {
  const { t } = useTranslation();
  const { href } = useServer();
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{t("overview.above")}</CardTitle>
      <CardBody className="daikan-close">
        {primary.configured ? (
          <>
            <p className="daikan-line">
              <strong>{primary.name ?? primary.address ?? t("common.unknown")}</strong> <StatusMark state={primary.state} />
            </p>
            {primary.state !== "connected" && <ProblemAlert problem={primary.reason} variant="warning" />}
          </>
        ) : (
          <p>{t("overview.no_primary")}</p>
        )}
        <p>
          <Link to={href("/properties/hierarchy")}>{t("overview.change_primary")}</Link>
        </p>
      </CardBody>
    </Card>
  );
}

function Below({ secondaries }: { secondaries: Secondary[] }) {
  const { t } = useTranslation();
  const { href } = useServer();
  const wanting = secondaries.filter((each) => each.state !== "connected");
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{t("overview.below")}</CardTitle>
      <CardBody className="daikan-close">
        {secondaries.length === 0 && <p>{t("overview.no_secondaries")}</p>}
        {secondaries.length > 0 && wanting.length === 0 && <p>{t("overview.all_connected", { count: secondaries.length })}</p>}
        {wanting.length > 0 && (
          <>
            <p>{t("overview.attention")}</p>
            <ul className="daikan-plain-list">
              {wanting.slice(0, kShown).map((each) => (
                <li key={each.id}>
                  <StatusMark state={each.state} bare /> <Link to={href(`/secondaries/${each.id}`)}>{each.name}</Link> – {t(`link_state.${each.state}`)}
                </li>
              ))}
            </ul>
            {wanting.length > kShown && <p>{t("overview.more", { count: wanting.length - kShown })}</p>}
          </>
        )}
        <p>
          <Link to={href("/hierarchy")}>{t("overview.open_hierarchy")}</Link>
        </p>
      </CardBody>
    </Card>
  );
}

function About({ server }: { server: Server }) {
  const { t } = useTranslation();
  return (
    <Card>
      <CardTitle component="h2">{t("overview.about")}</CardTitle>
      <CardBody>
        <Facts
          items={[
            [t("overview.version"), server.version],
            [t("overview.fingerprint"), <Fingerprint value={server.fingerprint} />],
            [t("overview.expires"), <When at={server.certificate_not_after} exact />],
            [t("overview.started"), <When at={server.started_at} />],
            [t("overview.link_endpoints"), server.link_endpoints.join(", ")],
            [t("overview.console_endpoints"), server.console_endpoints.join(", ")],
            [t("overview.database"), server.database],
            [t("overview.id"), <code>{server.id}</code>],
          ]}
        />
      </CardBody>
    </Card>
  );
}

function First() {
  const { t } = useTranslation();
  const { path, href } = useServer();
  const navigate = useNavigate();
  const groups = useGroups(path);
  const may = useMay("configure_hierarchy");
  const root = groups.data?.find((group) => group.parent_id === null);
  return (
    <Card>
      <Empty
        title={t("overview.first_title")}
        icon={SitemapIcon}
        actions={
          may && (
            <>
              <Button isDisabled={root === undefined} onClick={() => void navigate(href(`/groups/${root?.id}/add-secondary`))}>
                {t("overview.add_secondary")}
              </Button>
              <Button variant="link" onClick={() => void navigate(href("/properties/hierarchy"))}>
                {t("overview.set_primary")}
              </Button>
            </>
          )
        }
      >
        {t("overview.first_body")}
      </Empty>
    </Card>
  );
}

/** The first page of a server: who it is, what is above and below, what needs attention. */
export function OverviewPage() {
  const { t } = useTranslation();
  const { path } = useServer();
  const server = useServerRecord(path);
  const primary = usePrimary(path);
  const secondaries = useSecondaries(path);
  const alone = primary.data?.data.configured === false && secondaries.data?.length === 0;
  return (
    <>
      <PageHeader title={server.data?.name ?? "…"} name={server.data?.name ?? ""} lead={<Content component="p">{t("overview.lead")}</Content>} />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        {alone && <First />}
        <Gallery hasGutter minWidths={{ default: "20rem" }}>
          {!alone && primary.data && <Above primary={primary.data.data} />}
          {!alone && secondaries.data && <Below secondaries={secondaries.data} />}
          <DevicesCard />
        </Gallery>
        <Loaded query={server}>{(record) => <About server={record} />}</Loaded>
      </PageSection>
    </>
  );
}
