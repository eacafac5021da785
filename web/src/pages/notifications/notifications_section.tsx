// Where a server tells its events to: mail, webhook, syslog; how it goes, and a test on demand.
import { useState } from "react";
import { AlertActionCloseButton, Button, Card, CardBody, CardHeader, CardTitle, Content, Label } from "@patternfly/react-core";
import { BellIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useReload } from "../../api/queries";
import type { Destination, Reason } from "../../api/types";
import { tell } from "../../app/notices";
import { useMay, useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { Empty } from "../../parts/empty";
import { kindsOf, useKindName } from "../../parts/event_kind";
import { Loaded } from "../../parts/loading";
import { MenuButton } from "../../parts/menu_button";
import { ProblemAlert } from "../../parts/problem_alert";
import { RecordTable, type Column } from "../../parts/record_table";
import { Said } from "../../parts/said";
import { When } from "../../parts/when";
import { AddDestination, EditDestination } from "./destination_dialogs";

interface Tested {
  name: string;
  /** Null while it is under way. */
  answer: { ok: boolean; error: Reason | null } | null;
  problem: unknown;
}

function TestResult({ tested, onClose }: { tested: Tested; onClose: () => void }) {
  const { t } = useTranslation();
  const { name, answer, problem } = tested;
  if (problem) return <ProblemAlert problem={problem} />;
  if (answer === null) return <Alert isInline variant="info" title={t("notifications.testing", { name })} />;
  return (
    <>
      <Alert isInline variant={answer.ok ? "success" : "danger"} title={t(answer.ok ? "notifications.test_ok" : "notifications.test_failed", { name })} data-tested={answer.ok} actionClose={<AlertActionCloseButton aria-label={t("common.close")} onClose={onClose} />} />
      <ProblemAlert problem={answer.error} />
    </>
  );
}

export function NotificationsSection() {
  const { t } = useTranslation();
  const nameOf = useKindName();
  const { api, key, path } = useServer();
  const reload = useReload(path);
  const may = useMay("manage_server");
  const destinations = useQuery({
    queryKey: [key, "notifications"],
    queryFn: async ({ signal }) => (await api.get("notifications", { signal })).data.items,
    refetchInterval: 15_000, // that one was delivered is no event
  });
  const [adds, setAdds] = useState(false);
  const [shown, setShown] = useState<{ what: "edit" | "delete"; destination: Destination } | null>(null);
  const [tested, setTested] = useState<Tested | null>(null);
  const test = async ({ id, name }: Destination) => {
    setTested({ name, answer: null, problem: null });
    try {
      setTested({ name, answer: (await api.post("notifications/{id}/test", { path: { id } })).data, problem: null });
    } catch (problem) {
      setTested({ name, answer: null, problem });
    }
    await destinations.refetch();
  };
  const add = may && <Button onClick={() => setAdds(true)}>{t("notifications.add")}</Button>;
  const columns: Column<Destination>[] = [
    { name: "name", text: t("common.name"), modifier: "breakWord", cell: (each) => each.name },
    { name: "kind", text: t("notifications.kind"), modifier: "nowrap", cell: (each) => t(`notifications.kind_${each.kind}`) },
    {
      name: "address",
      text: t("notifications.field_address"),
      modifier: "breakWord",
      cell: (each) => (
        <>
          {each.address}
          {each.recipients !== "" && <div className="daikan-subtle">{each.recipients.split(" ").join(", ")}</div>}
        </>
      ),
    },
    {
      name: "severity",
      text: t("notifications.severity"),
      cell: (each) => (
        <>
          {t(`history.from_${each.severity}`)}
          {each.kinds !== "" && <div className="daikan-subtle">{kindsOf(each.kinds).map(nameOf).join(t("common.between"))}</div>}
        </>
      ),
    },
    {
      name: "state",
      text: t("notifications.delivery"),
      cell: (each) =>
        each.failing_since !== null ? (
          <>
            <Label isCompact color="red">
              {t("notifications.failing")}
            </Label>{" "}
            <When at={each.failing_since} />
            {each.last_error && (
              <div className="daikan-error">
                <Said text={each.last_error} />
              </div>
            )}
          </>
        ) : each.last_delivered_at !== null ? (
          <>
            {t("notifications.delivered")} <When at={each.last_delivered_at} />
          </>
        ) : (
          <span className="daikan-subtle">{t("notifications.nothing_yet")}</span>
        ),
    },
  ];
  return (
    <Card>
      <CardHeader {...(add ? { actions: { actions: add, hasNoOffset: true } } : {})}>
        <CardTitle component="h2">{t("notifications.title")}</CardTitle>
      </CardHeader>
      <CardBody className="daikan-stack">
        <Content component="p">{t("notifications.lead")}</Content>
        <div role="status">{tested && <TestResult tested={tested} onClose={() => setTested(null)} />}</div>
        <Loaded query={destinations}>
          {(all) => (
            <RecordTable
              label={t("notifications.title")}
              columns={columns}
              rows={all}
              keyOf={(each) => each.name}
              empty={
                <Empty title={t("notifications.none")} icon={BellIcon}>
                  {t("notifications.none_body")}
                </Empty>
              }
              {...(may
                ? {
                    actions: (each: Destination) => (
                      <MenuButton
                        label={t("servers.actions_for", { name: each.name })}
                        actions={[
                          { name: "test", text: t("notifications.test"), onClick: () => void test(each) },
                          { name: "edit", text: t("common.edit"), onClick: () => setShown({ what: "edit", destination: each }) },
                          { name: "delete", text: t("common.delete"), onClick: () => setShown({ what: "delete", destination: each }), danger: true },
                        ]}
                      />
                    ),
                  }
                : {})}
            />
          )}
        </Loaded>
      </CardBody>
      {adds && <AddDestination onClose={() => setAdds(false)} />}
      {shown?.what === "edit" && <EditDestination seen={{ data: shown.destination, etag: `"${shown.destination.revision}"` }} onClose={() => setShown(null)} />}
      {shown?.what === "delete" && (
        <ConfirmDialog
          title={t("notifications.delete_title", { name: shown.destination.name })}
          confirm={t("common.delete")}
          onClose={() => setShown(null)}
          onConfirm={async () => {
            await api.delete("notifications/{id}", { path: { id: shown.destination.id } });
            tell(t("notifications.deleted", { name: shown.destination.name }));
            await reload();
          }}
        >
          <Content component="p">{t("notifications.delete_affects")}</Content>
        </ConfirmDialog>
      )}
    </Card>
  );
}
