import { Card, CardBody, CardTitle, Content } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useServerRecord } from "../../api/queries";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { Loaded } from "../../parts/loading";
import { When } from "../../parts/when";

export function GeneralSection() {
  const { t } = useTranslation();
  const { path } = useServer();
  const server = useServerRecord(path);
  return (
    <Loaded query={server}>
      {(record) => (
        <Card>
          <CardTitle component="h2">{t("overview.about")}</CardTitle>
          <CardBody>
            <Facts
              items={[
                [t("common.name"), record.name],
                [t("overview.version"), record.version],
                [t("overview.id"), <code>{record.id}</code>],
                [t("overview.fingerprint"), <Fingerprint value={record.fingerprint} />],
                [t("overview.started"), <When at={record.started_at} exact />],
                [t("overview.database"), record.database],
                [t("properties.above"), record.ancestors.length === 0 ? t("properties.nothing_above") : record.ancestors.map((each) => each.name).join(" › ")],
                [t("properties.max_depth"), String(record.max_depth)],
              ]}
            />
          </CardBody>
        </Card>
      )}
    </Loaded>
  );
}

export function PortsSection() {
  const { t } = useTranslation();
  const { path } = useServer();
  const server = useServerRecord(path);
  return (
    <Loaded query={server}>
      {(record) => (
        <>
          <Card>
            <CardTitle component="h2">{t("properties.link_port")}</CardTitle>
            <CardBody>
              <Content component="p">{t("properties.link_port_for")}</Content>
              <Facts items={[[t("properties.listens_on"), record.link_endpoints.join(", ")]]} />
            </CardBody>
          </Card>
          <Card>
            <CardTitle component="h2">{t("properties.console_port")}</CardTitle>
            <CardBody>
              <Content component="p">{t("properties.console_port_for")}</Content>
              <Facts items={[[t("properties.listens_on"), record.console_endpoints.join(", ")]]} />
            </CardBody>
          </Card>
          <Alert isInline isPlain variant="info" title={t("properties.ports_how")} />
        </>
      )}
    </Loaded>
  );
}
