// The proof: what every server below, at any depth, has confirmed of the policies that are to be in force there.
import { useState } from "react";
import { Content, FormSelect, FormSelectOption, Label, Toolbar, ToolbarContent, ToolbarItem, type LabelProps } from "@patternfly/react-core";
import { ServerIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { keys } from "../../api/queries";
import type { AnswerOf, Policy } from "../../api/types";
import { useServer } from "../../app/place";
import { Empty } from "../../parts/empty";
import { Loaded } from "../../parts/loading";
import { Said } from "../../parts/said";
import { When } from "../../parts/when";

export type PolicyStatus = NonNullable<AnswerOf<"get", "policies/status">>;
export type InForce = PolicyStatus["items"][number];
type State = InForce["state"];

const kStates: State[] = ["failed", "behind", "unknown", "in_force"];
const kColours: Record<State, LabelProps["color"]> = { in_force: "green", behind: "orange", failed: "red", unknown: "grey" };

/** Fresh by the stream of events (app/live). */
export function usePolicyStatus(policy?: string): UseQueryResult<PolicyStatus> {
  const { api, path } = useServer();
  return useQuery({
    queryKey: [...keys.policyStatus(path), policy ?? ""],
    queryFn: async ({ signal }) => (await api.get("policies/status", { query: policy === undefined ? {} : { policy }, signal })).data,
  });
}

export function ForceMark({ state }: { state: State }) {
  const { t } = useTranslation();
  return (
    <Label isCompact color={kColours[state]} data-force={state}>
      {t(`policies.is_${state}`)}
    </Label>
  );
}

/** Those that want attention first; the order of the hierarchy within each. */
export const worstFirst = (items: InForce[]): InForce[] => [...items].sort((one, other) => kStates.indexOf(one.state) - kStates.indexOf(other.state));

function Servers({ status, shown }: { status: PolicyStatus; shown: State | "" }) {
  const { t } = useTranslation();
  const { href } = useServer();
  const items = worstFirst(status.items).filter((each) => shown === "" || each.state === shown);
  if (items.length === 0) return <Content component="p">{t("policies.status_none_found")}</Content>;
  return (
    <Table variant="compact" aria-label={t("policies.status")}>
      <Thead>
        <Tr>
          <Th modifier="nowrap">{t("policies.status_server")}</Th>
          <Th modifier="nowrap">{t("policies.state")}</Th>
          <Th modifier="nowrap">{t("policies.status_since")}</Th>
          <Th modifier="nowrap">{t("policies.status_confirmed")}</Th>
          <Th modifier="nowrap">{t("policies.status_revisions")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {items.map((each) => (
          <Tr key={each.path.join("\n")} data-server={each.name} data-state={each.state}>
            <Td dataLabel={t("policies.status_server")} modifier="breakWord">
              {each.path.length === 1 ? <Link to={href(`/secondaries/${each.registration_id}`)}>{each.name}</Link> : each.name}
              {each.path.length > 1 && <div className="daikan-subtle">{each.path.slice(0, -1).join(" / ")}</div>}
            </Td>
            <Td dataLabel={t("policies.state")} modifier="breakWord">
              <ForceMark state={each.state} />
              {each.reason && (
                <div className="daikan-subtle">
                  <Said text={each.reason} />
                </div>
              )}
            </Td>
            <Td dataLabel={t("policies.status_since")}>{each.behind_since ? <When at={each.behind_since} /> : "–"}</Td>
            <Td dataLabel={t("policies.status_confirmed")}>
              <When at={each.applied_at} />
              {!each.current && each.heard_at && (
                <div className="daikan-subtle">
                  {t("policies.status_heard")} <When at={each.heard_at} />
                </div>
              )}
            </Td>
            <Td dataLabel={t("policies.status_revisions")} modifier="breakWord">
              {each.policies.length === 0
                ? "–"
                : each.policies.map((policy) => (
                    <div key={policy.id}>
                      <Link to={href(`/policies/${policy.id}`)}>{policy.name}</Link>{" "}
                      {t(policy.in_force_revision === null ? "policies.revision_none_of" : "policies.revision_of", { number: policy.in_force_revision, wanted: policy.revision })}
                    </div>
                  ))}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

export function StatusView({ policies }: { policies: Policy[] }) {
  const { t } = useTranslation();
  const [policy, setPolicy] = useState("");
  const [shown, setShown] = useState<State | "">("");
  const status = usePolicyStatus(policy === "" ? undefined : policy);
  return (
    <>
      <Content component="p">{t("policies.status_lead")}</Content>
      <Toolbar>
        <ToolbarContent>
          <ToolbarItem>
            <FormSelect aria-label={t("policies.policy")} value={policy} onChange={(_, value) => setPolicy(value)}>
              <FormSelectOption value="" label={t("policies.status_all")} />
              {policies.filter((each) => each.active).map((each) => (
                <FormSelectOption key={each.id} value={each.id} label={each.name} />
              ))}
            </FormSelect>
          </ToolbarItem>
          <ToolbarItem>
            <FormSelect aria-label={t("policies.state")} value={shown} onChange={(_, value) => setShown(value as State | "")}>
              <FormSelectOption value="" label={t("servers.any_state")} />
              {kStates.map((state) => (
                <FormSelectOption key={state} value={state} label={t(`policies.is_${state}`)} />
              ))}
            </FormSelect>
          </ToolbarItem>
          <ToolbarItem alignSelf="center">
            <span role="status">{status.data && t("policies.status_counts", status.data.counts)}</span>
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      <Loaded query={status}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title={t("policies.status_none")} icon={ServerIcon}>
              {t("policies.status_none_body")}
            </Empty>
          ) : (
            <Servers status={data} shown={shown} />
          )
        }
      </Loaded>
    </>
  );
}
