// Who did what on a server, newest first, with the state of the chain that would show a change.
import { useState } from "react";
import { Button, Card, CardBody, PageSection, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { apiRoot } from "../../api/path";
import { useServer } from "../../app/place";
import { Empty } from "../../parts/empty";
import { Facts } from "../../parts/facts";
import { Waiting } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { When } from "../../parts/when";
import { Older } from "./pager";

const kPage = 100;

export function AuditPage() {
  const { t } = useTranslation();
  const { api, path, key } = useServer();
  const [typed, setTyped] = useState("");
  const [actor, setActor] = useState("");
  const chain = useQuery({ queryKey: [key, "events", "chain"], queryFn: async ({ signal }) => (await api.get("audit/chain", { signal })).data });
  const records = useInfiniteQuery({
    queryKey: [key, "events", "audit", actor],
    queryFn: async ({ pageParam, signal }) => (await api.get("audit", { query: { limit: kPage, actor: actor || undefined, before: pageParam }, signal })).data,
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.next_cursor === null ? undefined : Number(last.next_cursor)),
  });
  const items = records.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHeader
        title={t("history.audit")}
        lead={t("history.audit_lead")}
        actions={
          <Button variant="secondary" component="a" href={`${apiRoot(path)}/audit/export?format=jsonl`} download="audit.jsonl">
            {t("history.export", { format: "JSON" })}
          </Button>
        }
      />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        {chain.data && (
          <Card isCompact>
            <CardBody>
              <Facts
                items={[
                  [t("history.chain_head"), <code className="daikan-hash">{`${chain.data.head.sequence} · ${chain.data.head.hash}`}</code>],
                  [t("history.chain_verify"), <code>daikan audit verify</code>],
                ]}
              />
            </CardBody>
          </Card>
        )}
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <SearchInput
                aria-label={t("history.search_actor")}
                placeholder={t("history.search_actor")}
                value={typed}
                onChange={(_, value) => setTyped(value)}
                submitSearchButtonLabel={t("history.search_actor")}
                resetButtonLabel={t("history.clear")}
                onSearch={() => setActor(typed.trim())}
                onClear={() => {
                  setTyped("");
                  setActor("");
                }}
              />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        <ProblemAlert problem={records.error} onRetry={() => void records.refetch()} />
        {records.isPending && <Waiting />}
        {records.data && items.length === 0 && <Empty title={t("history.none")}>{t("history.none_body")}</Empty>}
        {items.length > 0 && (
          <Table aria-label={t("history.audit")} variant="compact">
            <Thead>
              <Tr>
                <Th>{t("history.when")}</Th>
                <Th>{t("history.who")}</Th>
                <Th>{t("history.action")}</Th>
                <Th>{t("history.object")}</Th>
                <Th>{t("history.outcome")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {items.map((record) => (
                <Tr key={record.sequence}>
                  <Td dataLabel={t("history.when")} modifier="nowrap">
                    <When at={record.at} />
                  </Td>
                  <Td dataLabel={t("history.who")} modifier="breakWord">
                    {record.actor}
                    <div>
                      <small>{[record.source, record.through].filter(Boolean).join(" · ")}</small>
                    </div>
                  </Td>
                  <Td dataLabel={t("history.action")}>
                    <code>{record.action}</code>
                  </Td>
                  <Td dataLabel={t("history.object")} modifier="breakWord">
                    {record.object}
                  </Td>
                  <Td dataLabel={t("history.outcome")}>{record.outcome === "done" ? t("history.done") : <code>{record.outcome}</code>}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
        <Older query={records} />
      </PageSection>
    </>
  );
}
