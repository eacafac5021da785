// Who did what on a server, newest first, with the state of the chain that would show a change.
import { useState } from "react";
import { Button, Card, CardBody, PageSection, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { apiRoot } from "../../api/path";
import type { AuditRecord } from "../../api/types";
import { useServer } from "../../app/place";
import { Empty } from "../../parts/empty";
import { Facts } from "../../parts/facts";
import { Waiting } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { RecordTable, type Column } from "../../parts/record_table";
import { SearchField } from "../../parts/search_field";
import { Said, useSaid, useTellsServers } from "../../parts/said";
import { When } from "../../parts/when";
import { Older } from "./pager";

const kPage = 100;

/** A word of a state, or the code of what it was refused with: the code itself where that is what the language calls it. */
function Outcome({ outcome }: { outcome: string }) {
  const { t, i18n } = useTranslation();
  const tellsServers = useTellsServers();
  if (outcome === "done") return <span className="daikan-nowrap">{t("history.done")}</span>;
  if (!tellsServers) return <code>{outcome}</code>;
  return i18n.exists(`problem.${outcome}.sentence`) ? <span title={outcome}>{t(`problem.${outcome}.sentence`)}</span> : <Said text={outcome} extent="phrase" />;
}

/** What was done, in words where the language has them; a name of ours otherwise, which scripts know. */
function Action({ action }: { action: string }) {
  const said = useSaid()(action, "phrase");
  return said.original === null ? <code>{action}</code> : <span className="daikan-nowrap" title={said.original}>{said.text}</span>;
}

export function AuditPage() {
  const { t } = useTranslation();
  const { api, path, key } = useServer();
  const [actor, setActor] = useState("");
  const chain = useQuery({ queryKey: [key, "events", "chain"], queryFn: async ({ signal }) => (await api.get("audit/chain", { signal })).data });
  const records = useInfiniteQuery({
    queryKey: [key, "events", "audit", actor],
    queryFn: async ({ pageParam, signal }) => (await api.get("audit", { query: { limit: kPage, actor: actor || undefined, before: pageParam }, signal })).data,
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.next_cursor === null ? undefined : Number(last.next_cursor)),
  });
  const items = records.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<AuditRecord>[] = [
    { name: "when", text: t("history.when"), modifier: "nowrap", cell: (record) => <When at={record.at} /> },
    {
      name: "who",
      text: t("history.who"),
      modifier: "breakWord",
      cell: (record) => (
        <>
          {record.actor}
          <div>
            <small className="daikan-nowrap">{record.source}</small>
            {record.through && <small> · {record.through}</small>}
          </div>
        </>
      ),
    },
    { name: "action", text: t("history.action"), cell: (record) => <Action action={record.action} /> },
    { name: "object", text: t("history.object"), modifier: "breakWord", cell: (record) => <Said text={record.object} extent="phrase" /> },
    { name: "outcome", text: t("history.outcome"), cell: (record) => <Outcome outcome={record.outcome} /> },
  ];
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
              <SearchField label={t("history.search_actor")} onSearch={setActor} />
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        <ProblemAlert problem={records.error} onRetry={() => void records.refetch()} />
        {records.isPending && <Waiting />}
        {records.data && <RecordTable label={t("history.audit")} columns={columns} rows={items} keyOf={(record) => record.sequence} empty={<Empty title={t("history.none")}>{t("history.none_body")}</Empty>} />}
        <Older query={records} />
      </PageSection>
    </>
  );
}
