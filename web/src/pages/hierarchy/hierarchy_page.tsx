// The picture of the hierarchy: every server at every level, drawn only where it is in view.
import { memo, useDeferredValue, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Button, Label, LabelGroup, PageSection, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { ArrowLeftIcon, ArrowRightIcon, MinusIcon, PlusIcon, ServerIcon, SyncAltIcon } from "@patternfly/react-icons";
import { useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { pageRoot } from "../../api/path";
import { useTree } from "../../api/queries";
import type { LinkState, TreeNode } from "../../api/types";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { Empty } from "../../parts/empty";
import { Loaded } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { StatusMark } from "../../parts/status_mark";
import { useWindow } from "../../tree/virtual_list";
import { Details } from "./details";
import { countStates, layOut, moveIn, type Placed } from "./layout";

const kRow = 56;
const kCard = { width: 200, height: 44 };
const kGap = 56; // three levels are in view in a window of 1440 pixels
const kColumn = kCard.width + kGap;
const kMargin = 16;
const kPointMs = 120;
const kStates: LinkState[] = ["connected", "connecting", "disconnected", "refused", "never_connected"];

const left = (one: Placed) => kMargin + one.column * kColumn;
const top = (one: Placed) => kMargin + one.row * kRow;

interface CardProps {
  one: Placed;
  index: number;
  focusable: boolean;
  onPoint: (one: Placed) => void;
  onToggle: (one: Placed) => void;
  onOpen: (one: Placed) => void;
}

const ServerCard = memo(function ServerCard({ one, index, focusable, onPoint, onToggle, onOpen }: CardProps) {
  const { t } = useTranslation();
  const Arrow = one.link?.direction === "primary_dials" ? ArrowRightIcon : ArrowLeftIcon;
  return (
    <div
      role="treeitem"
      aria-level={one.column + 1}
      aria-expanded={one.below > 0 ? one.expanded : undefined}
      aria-selected={focusable}
      aria-label={one.link ? t("hierarchy.server_label", { name: one.label, state: t(`link_state.${one.link.state}`) }) : one.label}
      tabIndex={focusable ? 0 : -1}
      data-index={index}
      data-server={one.label}
      className={`daikan-card${one.matches ? " is-found" : ""}`}
      style={{ transform: `translate(${left(one)}px, ${top(one)}px)`, width: kCard.width, height: kCard.height }}
      onMouseEnter={() => onPoint(one)}
      onFocus={() => onPoint(one)}
      onDoubleClick={() => onOpen(one)}
    >
      {one.link && (
        <span className="daikan-card-arrow" data-state={one.link.state} aria-hidden>
          <Arrow />
        </span>
      )}
      {one.link ? <StatusMark state={one.link.state} bare /> : <ServerIcon aria-hidden />}
      <span className="daikan-card-name" title={one.label}>
        {one.label}
      </span>
      {one.below > 0 && (
        <button type="button" className="daikan-card-more" tabIndex={-1} aria-hidden onClick={() => onToggle(one)}>
          {one.expanded ? <MinusIcon /> : <PlusIcon />} {one.below}
        </button>
      )}
    </div>
  );
});

/** The lines from a server to those below it: one trunk, and a branch for each that is in view. */
function Lines({ placed, first, end }: { placed: Placed[]; first: number; end: number }) {
  const trunk = (one: Placed) => left(one) + kCard.width + kGap / 2;
  const middle = (row: number) => kMargin + row * kRow + kCard.height / 2;
  const byKey = useMemo(() => new Map(placed.map((one) => [one.key, one])), [placed]);
  return (
    <>
      {placed
        .filter((one) => one.expanded && one.row < end && one.lastBelowRow >= first)
        .map((one) => (
          <span key={`t ${one.key}`} className="daikan-line-v" style={{ transform: `translate(${trunk(one)}px, ${middle(one.row)}px)`, height: middle(one.lastBelowRow) - middle(one.row) }} />
        ))}
      {placed
        .filter((one) => one.expanded && one.row >= first && one.row < end)
        .map((one) => (
          <span key={`o ${one.key}`} className="daikan-line-h" style={{ transform: `translate(${left(one) + kCard.width}px, ${middle(one.row)}px)`, width: kGap / 2 }} />
        ))}
      {placed
        .filter((one) => one.parent !== null && one.row >= first && one.row < end)
        .map((one) => (
          <span
            key={`b ${one.key}`}
            className="daikan-line-h"
            data-state={one.link?.state}
            style={{ transform: `translate(${trunk(byKey.get(one.parent!)!)}px, ${middle(one.row)}px)`, width: kGap / 2 }}
          />
        ))}
    </>
  );
}

function Drawing({ root }: { root: TreeNode }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { path } = useServer();
  const [search, setSearch] = useState("");
  const needle = useDeferredValue(search);
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const picture = useMemo(() => layOut({ root, rootPath: path, toggled, search: needle }), [root, path, toggled, needle]);
  const { placed } = picture;
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [pointedKey, setPointedKey] = useState<string | null>(null);
  const active = Math.max(0, placed.findIndex((one) => one.key === activeKey));
  const scroller = useRef<HTMLDivElement>(null);
  const { first, end, reveal } = useWindow(scroller, kRow, picture.rows);
  const wantsFocus = useRef(false);
  const pointing = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const counts = useMemo(() => countStates(root), [root]);

  // In the same commit as the row itself: effects of an earlier one may still be to come, and would spend the wish on the row before.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    const card = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  const actions = useMemo(
    () => ({
      point: (one: Placed) => {
        clearTimeout(pointing.current);
        pointing.current = setTimeout(() => setPointedKey(one.key), kPointMs);
      },
      toggle: (one: Placed) => setToggled((now) => new Map(now).set(one.key, !one.expanded)),
      open: (one: Placed) => void navigate(one.link === null || one.link.state === "connected" ? pageRoot(one.path) || "/" : `${pageRoot(one.path.slice(0, -1))}/secondaries/${one.link.registration_id}`),
    }),
    [navigate],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveIn(event.key, placed, active);
    if (move === null) return;
    event.preventDefault();
    if ("go" in move) {
      const next = placed[move.go]!;
      wantsFocus.current = true;
      setActiveKey(next.key);
      reveal(next.row);
    } else if ("toggle" in move) {
      wantsFocus.current = true;
      actions.toggle(placed[move.toggle]!);
    } else {
      actions.open(placed[move.open]!);
    }
  };

  const pointed = placed.find((one) => one.key === pointedKey) ?? null;
  return (
    <>
      <Toolbar>
        <ToolbarContent>
          <ToolbarItem>
            <SearchInput aria-label={t("hierarchy.search")} placeholder={t("hierarchy.search")} value={search} onChange={(_, value) => setSearch(value)} onClear={() => setSearch("")} resetButtonLabel={t("common.clear_search")} />
          </ToolbarItem>
          <ToolbarItem>
            <Button variant="link" onClick={() => setToggled(new Map(placed.filter((one) => one.column > 0 && one.below > 0).map((one) => [one.key, false])))}>
              {t("hierarchy.close_all")}
            </Button>
          </ToolbarItem>
          <ToolbarItem align={{ default: "alignEnd" }}>
            <LabelGroup numLabels={6} aria-label={t("hierarchy.counts")}>
              {[
                <Label key="all" isCompact variant="outline" icon={<ServerIcon />}>
                  {t("hierarchy.servers", { count: counts.servers })}
                </Label>,
                ...kStates
                  .filter((state) => counts[state] > 0)
                  .map((state) => (
                    <Label key={state} isCompact variant="outline" icon={<StatusMark state={state} bare />}>
                      {t(`link_state.${state}`)} {counts[state]}
                    </Label>
                  )),
              ]}
            </LabelGroup>
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {!root.complete && <Alert isInline variant="warning" title={t("hierarchy.incomplete")} />}
      <div className="daikan-picture">
        <div ref={scroller} className="daikan-picture-scroll" tabIndex={-1}>
          <div
            role="tree"
            aria-label={t("tree.label")}
            className="daikan-picture-area"
            style={{ height: picture.rows * kRow + 2 * kMargin, width: picture.columns * kColumn - kGap + 2 * kMargin }}
            onKeyDown={onKeyDown}
          >
            <Lines placed={placed} first={first} end={end} />
            {placed.map((one, index) =>
              (one.row >= first && one.row < end) || index === active ? (
                <ServerCard key={one.key} one={one} index={index} focusable={index === active} onPoint={actions.point} onToggle={actions.toggle} onOpen={actions.open} />
              ) : null,
            )}
          </div>
        </div>
        <aside className="daikan-picture-details" aria-live="polite" aria-label={t("hierarchy.details")}>
          <Details one={pointed} />
        </aside>
      </div>
    </>
  );
}

export function HierarchyPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { path, href } = useServer();
  const tree = useTree(path);
  return (
    <>
      <PageHeader
        title={t("hierarchy.title")}
        lead={t("hierarchy.lead")}
        actions={
          <>
            <Button variant="secondary" onClick={() => void navigate(href("/link-doctor"))}>
              {t("link_doctor.title")}
            </Button>{" "}
            <Button variant="secondary" icon={<SyncAltIcon />} isLoading={tree.isFetching} onClick={() => void tree.refetch()}>
              {t("hierarchy.ask_again")}
            </Button>
          </>
        }
      />
      <PageSection hasBodyWrapper={false} isFilled className="daikan-picture-page">
        <Loaded query={tree}>
          {(root) => (root.secondaries.length === 0 ? <Empty title={t("hierarchy.alone")}>{t("hierarchy.alone_body")}</Empty> : <Drawing root={root} />)}
        </Loaded>
      </PageSection>
    </>
  );
}
