// The tree at the left: this server, its groups and secondaries, and the trees of connected secondaries, at any depth.
import { useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { SearchInput } from "@patternfly/react-core";
import { useLocation, useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { pageRoot, placeOf } from "../api/path";
import { useServerRecord } from "../api/queries";
import { stepOf } from "./keyboard";
import { flatten, rowOfPage, type Row } from "./model";
import { TreeRow } from "./tree_row";
import { useOpenTree } from "./use_tree";
import { useWindow } from "./virtual_list";

const kRowHeight = 32;
const kTypingMs = 700;

/** The page of a row: a connected server opens, of one that cannot be opened its record tells why. */
export function pageOfRow(row: Row): string {
  switch (row.kind) {
    case "group":
      return `${pageRoot(row.path)}/groups/${row.id}`;
    case "folder":
      return `${pageRoot(row.path)}/groups/${row.id}/servers`;
    case "secondary":
      return row.state === "connected" ? pageRoot(row.path) : `${pageRoot(row.path.slice(0, -1))}/secondaries/${row.id}`;
    default:
      return pageRoot(row.path) || "/";
  }
}

export function ServerTree() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const location = useLocation();
  const server = useServerRecord([]);
  const { levels, expanded, toggle } = useOpenTree();
  const [search, setSearch] = useState("");
  const needle = useDeferredValue(search);
  const words = useMemo(() => ({ root: t("group.root"), folder: t("tree.folder"), loading: t("common.loading"), empty: t("tree.empty"), problem: "" }), [t]);
  const rootName = server.data?.name ?? "…";
  const rows = useMemo(() => flatten({ levels, expanded, rootName, words, search: needle }), [levels, expanded, rootName, words, needle]);

  const scroller = useRef<HTMLDivElement>(null);
  const { first, end, reveal } = useWindow(scroller, kRowHeight, rows.length);

  const selectedKey = useMemo(() => {
    const { path, page } = placeOf(location.pathname);
    return rowOfPage(path, page);
  }, [location.pathname]);
  const [activeKey, setActiveKey] = useState(selectedKey);
  const wantsFocus = useRef(false);
  const activeIndex = Math.max(0, rows.findIndex((row) => row.key === activeKey));

  // The page in front is the place to go on from, and is brought into view once.
  const revealed = useRef("");
  useEffect(() => setActiveKey(selectedKey), [selectedKey]);
  useEffect(() => {
    if (revealed.current === selectedKey) return;
    const index = rows.findIndex((row) => row.key === selectedKey);
    if (index < 0) return;
    revealed.current = selectedKey;
    reveal(index);
  }, [rows, selectedKey, reveal]);

  // In the same commit as the row itself: effects of an earlier one may still be to come, and would spend the wish on the row before.
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-index="${activeIndex}"]`)?.focus({ preventScroll: true });
  });

  const open = useCallback(
    (row: Row, event?: MouseEvent) => {
      const to = pageOfRow(row);
      if (event && (event.ctrlKey || event.metaKey)) {
        window.open(to, "_blank", "noopener");
        return;
      }
      setActiveKey(row.key);
      void navigate(to);
    },
    [navigate],
  );
  const toggleRow = useCallback((row: Row) => toggle(row.key), [toggle]);

  const typed = useRef({ text: "", at: 0 });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    let text = "";
    if (event.key.length === 1 && event.key !== " ") {
      const now = Date.now();
      text = (now - typed.current.at < kTypingMs ? typed.current.text : "") + event.key.toLocaleLowerCase();
      typed.current = { text, at: now };
    }
    const step = stepOf(event.key, rows, activeIndex, text);
    if (step === null) return;
    event.preventDefault();
    if ("go" in step) {
      const next = rows[step.go];
      if (next === undefined) return;
      wantsFocus.current = true;
      setActiveKey(next.key);
      reveal(step.go);
    } else if ("toggle" in step) {
      wantsFocus.current = true;
      toggle(rows[step.toggle]!.key);
    } else if (rows[step.open]!.kind !== "loading" && rows[step.open]!.kind !== "problem" && rows[step.open]!.kind !== "empty") {
      wantsFocus.current = true;
      open(rows[step.open]!);
    }
  };

  const drawn: number[] = [];
  for (let index = first; index < Math.min(end, rows.length); ++index) drawn.push(index);
  // The row with the focus stays drawn, or the focus would be lost with it.
  if (rows.length > 0 && (activeIndex < first || activeIndex >= end)) drawn.push(activeIndex);

  return (
    <div className="daikan-tree">
      <div className="daikan-tree-search">
        <SearchInput
          aria-label={t("tree.search")}
          placeholder={t("tree.search")}
          value={search}
          onChange={(_, value) => setSearch(value)}
          onClear={() => setSearch("")}
          resetButtonLabel={t("common.clear_search")}
          resultsCount={needle.trim() === "" ? undefined : rows.filter((row) => row.label.toLocaleLowerCase().includes(needle.trim().toLocaleLowerCase())).length}
        />
      </div>
      <div ref={scroller} className="daikan-tree-scroll">
        <div role="tree" aria-label={t("tree.label")} className="daikan-tree-rows" style={{ height: rows.length * kRowHeight }} onKeyDown={onKeyDown}>
          {drawn.map((index) => {
            const row = rows[index]!;
            return (
              <TreeRow
                key={row.key}
                row={row}
                index={index}
                top={index * kRowHeight}
                height={kRowHeight}
                selected={row.key === selectedKey}
                focusable={index === activeIndex}
                onOpen={open}
                onToggle={toggleRow}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
