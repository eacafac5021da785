// The secondaries of one group as a table: found, sorted and paged here, because all of them are at hand for the tree anyway.
import { useMemo, useState } from "react";
import { FormSelect, FormSelectOption, Pagination, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr, type ThProps } from "@patternfly/react-table";
import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import type { LinkState, Secondary } from "../../api/types";
import { useServer } from "../../app/place";
import { Empty } from "../../parts/empty";
import { MenuButton } from "../../parts/menu_button";
import { StatusMark } from "../../parts/status_mark";
import { When } from "../../parts/when";
import { ForceMark, usePolicyStatus, type InForce } from "../policies/status_page";
import type { SecondaryActions } from "../secondary/secondary_dialogs";

const kStates: LinkState[] = ["connected", "connecting", "disconnected", "refused", "never_connected"];
const kColumns = ["name", "address", "state", "version", "last_connected"] as const;
type Column = (typeof kColumns)[number];

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

function valueOf(secondary: Secondary, column: Column): string {
  switch (column) {
    case "name":
      return secondary.name;
    case "address":
      return secondary.address ?? secondary.peer_address ?? "";
    case "state":
      return String(kStates.indexOf(secondary.state));
    case "version":
      return secondary.version ?? "";
    case "last_connected":
      return secondary.last_connected_at ?? "";
  }
}

export function sortSecondaries(list: Secondary[], column: Column, direction: "asc" | "desc"): Secondary[] {
  const sign = direction === "asc" ? 1 : -1;
  return [...list].sort((one, other) => sign * collator.compare(valueOf(one, column), valueOf(other, column)) || collator.compare(one.name, other.name));
}

export function findSecondaries(list: Secondary[], text: string, state: LinkState | ""): Secondary[] {
  const needle = text.trim().toLocaleLowerCase();
  return list.filter(
    (each) =>
      (state === "" || each.state === state) &&
      (needle === "" || [each.name, each.address, each.peer_address].some((value) => value?.toLocaleLowerCase().includes(needle))),
  );
}

/** What a secondary confirmed of the policies that are to be in force there. */
function Confirmed({ at }: { at: InForce | undefined }) {
  const { t } = useTranslation();
  if (at === undefined) return <>–</>;
  return (
    <>
      <ForceMark state={at.state} />
      {at.policies.map((policy) => (
        <div key={policy.id} className="daikan-subtle">
          {policy.name}: {t(policy.in_force_revision === null ? "policies.revision_none_of" : "policies.revision_of", { number: policy.in_force_revision, wanted: policy.revision })}
        </div>
      ))}
    </>
  );
}

export function ServersTable({ secondaries, actions }: { secondaries: Secondary[]; actions: SecondaryActions["actions"] }) {
  const { t } = useTranslation();
  const { href } = useServer();
  const [text, setText] = useState("");
  const [state, setState] = useState<LinkState | "">("");
  const [column, setColumn] = useState<Column>("name");
  const [direction, setDirection] = useState<"asc" | "desc">("asc");
  const [page, setPage] = useState(1);
  const [perPage, setPerPage] = useState(50);

  const status = usePolicyStatus();
  const proof = useMemo(() => new Map((status.data?.items ?? []).filter((each) => each.path.length === 1).map((each) => [each.registration_id, each])), [status.data]);

  const found = useMemo(() => sortSecondaries(findSecondaries(secondaries, text, state), column, direction), [secondaries, text, state, column, direction]);
  const last = Math.max(1, Math.ceil(found.length / perPage));
  const current = Math.min(page, last);
  const shown = found.slice((current - 1) * perPage, current * perPage);

  const sort = (at: Column): ThProps["sort"] => ({
    sortBy: { index: kColumns.indexOf(column), direction },
    columnIndex: kColumns.indexOf(at),
    onSort: (_, index, to) => {
      setColumn(kColumns[index]!);
      setDirection(to);
    },
  });
  const pages = (
    <Pagination
      itemCount={found.length}
      page={current}
      perPage={perPage}
      perPageOptions={[50, 100, 500].map((value) => ({ title: String(value), value }))}
      onSetPage={(_, to) => setPage(to)}
      onPerPageSelect={(_, size) => setPerPage(size)}
      isCompact
      titles={{
        items: t("servers.items"),
        ofWord: t("servers.of"),
        perPageSuffix: t("servers.per_page"),
        toPreviousPageAriaLabel: t("servers.previous_page"),
        toNextPageAriaLabel: t("servers.next_page"),
        paginationAriaLabel: t("servers.pages"),
        optionsToggleAriaLabel: t("servers.per_page"),
      }}
    />
  );

  return (
    <>
      <Toolbar>
        <ToolbarContent>
          <ToolbarItem>
            <SearchInput aria-label={t("servers.search")} placeholder={t("servers.search")} value={text} onChange={(_, value) => setText(value)} onClear={() => setText("")} resetButtonLabel={t("common.clear_search")} />
          </ToolbarItem>
          <ToolbarItem>
            <FormSelect aria-label={t("servers.state")} value={state} onChange={(_, value) => setState(value as LinkState | "")}>
              <FormSelectOption value="" label={t("servers.any_state")} />
              {kStates.map((each) => (
                <FormSelectOption key={each} value={each} label={t(`link_state.${each}`)} />
              ))}
            </FormSelect>
          </ToolbarItem>
          <ToolbarItem variant="pagination" align={{ default: "alignEnd" }}>
            {pages}
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {shown.length === 0 ? (
        <Empty title={t("servers.none_found")}>{t("servers.none_found_body")}</Empty>
      ) : (
        <Table aria-label={t("tree.folder")} variant="compact">
          <Thead>
            <Tr>
              {kColumns.map((each) => (
                <Th key={each} sort={sort(each)} modifier="nowrap">
                  {t(`servers.column_${each}`)}
                </Th>
              ))}
              <Th modifier="nowrap">{t("policies.in_force_column")}</Th>
              <Th screenReaderText={t("servers.column_actions")} />
            </Tr>
          </Thead>
          <Tbody>
            {shown.map((each) => (
              <Tr key={each.id} data-secondary={each.name}>
                <Td dataLabel={t("servers.column_name")}>
                  <Link to={href(`/secondaries/${each.id}`)}>{each.name}</Link>
                </Td>
                <Td dataLabel={t("servers.column_address")}>{each.address ?? <span className="daikan-subtle">{each.peer_address ?? "–"}</span>}</Td>
                <Td dataLabel={t("servers.column_state")}>
                  <StatusMark state={each.state} />
                </Td>
                <Td dataLabel={t("servers.column_version")}>{each.version ?? "–"}</Td>
                <Td dataLabel={t("servers.column_last_connected")}>
                  <When at={each.last_connected_at} />
                </Td>
                <Td dataLabel={t("policies.in_force_column")}>
                  <Confirmed at={proof.get(each.id)} />
                </Td>
                <Td isActionCell>
                  <MenuButton label={t("servers.actions_for", { name: each.name })} actions={actions(each)} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </>
  );
}
