import { memo, type MouseEvent } from "react";
import { AngleRightIcon, ExclamationTriangleIcon, FolderIcon, FolderOpenIcon, LaptopIcon, ServerIcon, SitemapIcon } from "@patternfly/react-icons";
import { Spinner } from "@patternfly/react-core";
import { StatusMark } from "../parts/status_mark";
import { useProblemText } from "../parts/problem_text";
import { serverKey, type Row } from "./model";

function Sign({ row }: { row: Row }) {
  switch (row.kind) {
    case "server":
      return <ServerIcon />;
    case "folder":
      return <SitemapIcon />;
    case "group":
      return row.parent === serverKey(row.path) ? <LaptopIcon /> : row.expanded ? <FolderOpenIcon /> : <FolderIcon />;
    case "secondary":
      return <StatusMark state={row.state!} bare />;
    case "loading":
      return <Spinner size="sm" aria-hidden />;
    case "problem":
      return <ExclamationTriangleIcon />;
    case "empty":
      return null;
  }
}

interface Props {
  row: Row;
  index: number;
  top: number;
  height: number;
  selected: boolean;
  focusable: boolean;
  onOpen: (row: Row, event: MouseEvent) => void;
  onToggle: (row: Row) => void;
}

const kIndent = 15;
const kPadding = 8;

export const TreeRow = memo(function TreeRow({ row, index, top, height, selected, focusable, onOpen, onToggle }: Props) {
  const textOf = useProblemText();
  const isNote = row.kind === "loading" || row.kind === "problem" || row.kind === "empty";
  const label = row.kind === "problem" ? textOf(row.error).sentence : row.label;
  return (
    <div
      role="treeitem"
      aria-level={row.depth}
      aria-expanded={row.expandable ? row.expanded : undefined}
      aria-selected={selected}
      aria-setsize={row.siblings}
      aria-posinset={row.position}
      aria-disabled={isNote || undefined}
      tabIndex={focusable ? 0 : -1}
      data-index={index}
      data-kind={row.kind}
      data-key={row.key}
      className={`daikan-tree-row${selected ? " is-selected" : ""}${isNote ? " is-note" : ""}`}
      style={{ transform: `translateY(${top}px)`, height, paddingInlineStart: kPadding + (row.depth - 1) * kIndent }}
      title={label}
      onClick={(event) => (isNote ? undefined : onOpen(row, event))}
    >
      <span
        className={`daikan-tree-twist${row.expandable ? "" : " is-leaf"}${row.expanded ? " is-open" : ""}`}
        aria-hidden
        onClick={(event) => {
          if (!row.expandable) return;
          event.stopPropagation();
          onToggle(row);
        }}
      >
        <AngleRightIcon />
      </span>
      <span className="daikan-tree-sign">
        <Sign row={row} />
      </span>
      <span className="daikan-tree-label">{label}</span>
    </div>
  );
});
