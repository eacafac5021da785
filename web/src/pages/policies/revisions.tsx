// What a policy was after every save: two compared, one made the present one again.
import { useState } from "react";
import { Button, Content, Radio } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { useReload } from "../../api/queries";
import type { Policy, PolicyRevision } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { When } from "../../parts/when";
import { LockMark } from "./effective_table";
import { differences } from "./model";
import { ReviewDialog } from "./review_dialog";
import { useSettingNames, type ApplicationForm } from "./use_policies";

function Cell({ of, at, isSetting, form }: { of: PolicyRevision; at: string; isSetting: boolean; form: ApplicationForm }) {
  const { t } = useTranslation();
  const names = useSettingNames();
  const { pathOf } = useGroupNames();
  if (isSetting) {
    const said = of.settings[at];
    if (said === undefined) return <span className="daikan-subtle">{t("policies.not_said")}</span>;
    return (
      <>
        {names.value(form.fields.find((each) => each.path === at), said.value)} {said.locked && <LockMark />}
      </>
    );
  }
  const value = of[at as "name" | "group" | "active" | "inherit" | "force"];
  if (typeof value === "boolean") return <>{t(value ? "policies.yes" : "policies.no")}</>;
  return <>{at === "group" ? pathOf(value) : value}</>;
}

function Comparison({ older, newer, form }: { older: PolicyRevision; newer: PolicyRevision; form: ApplicationForm }) {
  const { t } = useTranslation();
  const names = useSettingNames();
  const found = differences(older, newer);
  return (
    <section aria-labelledby="comparison-title">
      <Content component="h2" id="comparison-title">
        {t("policies.compared", { older: older.revision, newer: newer.revision })}
      </Content>
      {found.length === 0 ? (
        <Content component="p" data-comparison="same">{t("policies.no_difference")}</Content>
      ) : (
        <Table variant="compact" aria-label={t("policies.compared", { older: older.revision, newer: newer.revision })} data-comparison="differs">
          <Thead>
            <Tr>
              <Th>{t("policies.setting")}</Th>
              <Th>{t("policies.revision_number", { number: older.revision })}</Th>
              <Th>{t("policies.revision_number", { number: newer.revision })}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {found.map(({ at, isSetting }) => (
              <Tr key={at} data-differs={at}>
                <Td dataLabel={t("policies.setting")}>{isSetting ? names.ofPath(form.fields, at) : t(`policies.field_${at}`)}</Td>
                <Td dataLabel={t("policies.revision_number", { number: older.revision })}>
                  <Cell of={older} at={at} isSetting={isSetting} form={form} />
                </Td>
                <Td dataLabel={t("policies.revision_number", { number: newer.revision })}>
                  <Cell of={newer} at={at} isSetting={isSetting} form={form} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </section>
  );
}

interface Props {
  seen: Answer<Policy>;
  form: ApplicationForm;
  mayEdit: boolean;
}

function RevisionsTable({ all, seen, form, mayEdit }: Props & { all: PolicyRevision[] }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const newest = all[0]!;
  const [left, setLeft] = useState((all[1] ?? newest).revision);
  const [right, setRight] = useState(newest.revision);
  const [restores, setRestores] = useState<{ revision: PolicyRevision; etag: string | null } | null>(null);
  const of = (number: number) => all.find((each) => each.revision === number) ?? newest;
  const [older, newer] = left <= right ? [of(left), of(right)] : [of(right), of(left)];
  const restore = async () => {
    if (restores === null) return;
    const number = restores.revision.revision;
    await api.post("policies/{id}/revisions/{revision}/restore", { path: { id: seen.data.id, revision: String(number) }, ifMatch: restores.etag });
    tell(t("policies.restored", { number }));
    await reload();
  };
  const change = (revision: PolicyRevision) => ({ policy_id: seen.data.id, name: revision.name, inherit: revision.inherit, force: revision.force, settings: revision.settings });
  return (
    <>
      <Table variant="compact" aria-label={t("policies.tab_revisions")}>
        <Thead>
          <Tr>
            <Th modifier="nowrap">{t("policies.compare_from")}</Th>
            <Th modifier="nowrap">{t("policies.compare_to")}</Th>
            <Th>{t("policies.revision")}</Th>
            <Th>{t("history.when")}</Th>
            <Th>{t("policies.author")}</Th>
            <Th>{t("policies.says")}</Th>
            <Th screenReaderText={t("servers.column_actions")} />
          </Tr>
        </Thead>
        <Tbody>
          {all.map((each) => (
            <Tr key={each.revision} data-revision={each.revision}>
              <Td dataLabel={t("policies.compare_from")}>
                <Radio id={`from-${each.revision}`} name="compare-from" aria-label={t("policies.compare_from_revision", { number: each.revision })} isChecked={left === each.revision} onChange={() => setLeft(each.revision)} />
              </Td>
              <Td dataLabel={t("policies.compare_to")}>
                <Radio id={`to-${each.revision}`} name="compare-to" aria-label={t("policies.compare_to_revision", { number: each.revision })} isChecked={right === each.revision} onChange={() => setRight(each.revision)} />
              </Td>
              <Td dataLabel={t("policies.revision")}>{each.revision}</Td>
              <Td dataLabel={t("history.when")}>
                <When at={each.at} exact />
              </Td>
              <Td dataLabel={t("policies.author")}>{each.author}</Td>
              <Td dataLabel={t("policies.says")}>{t("policies.settings_count", { count: Object.keys(each.settings).length })}</Td>
              <Td isActionCell>
                {mayEdit && each !== newest && (
                  <Button variant="secondary" size="sm" onClick={() => setRestores({ revision: each, etag: seen.etag })}>
                    {t("policies.restore")}
                  </Button>
                )}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      <Comparison older={older} newer={newer} form={form} />
      {restores && (
        <ReviewDialog title={t("policies.restore_title", { number: restores.revision.revision })} change={change(restores.revision)} fields={form.fields} confirm={t("policies.restore")} onConfirm={restore} onClose={() => setRestores(null)}>
          <Content component="p">{t("policies.restore_body")}</Content>
        </ReviewDialog>
      )}
    </>
  );
}

export function RevisionsView(props: Props) {
  const { api, key } = useServer();
  const id = props.seen.data.id;
  const revisions = useQuery({ queryKey: [key, "policy", id, "revisions"], queryFn: async ({ signal }) => (await api.get("policies/{id}/revisions", { path: { id }, signal })).data.items });
  return <Loaded query={revisions}>{(all) => <RevisionsTable all={all} {...props} />}</Loaded>;
}
