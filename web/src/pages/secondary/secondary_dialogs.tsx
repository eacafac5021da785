// What is done with one secondary from its row or its page: editing, moving, removing.
import { useState, type ReactNode } from "react";
import { Content } from "@patternfly/react-core";
import { useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useGroups, useReload, useSecondary } from "../../api/queries";
import type { Secondary } from "../../api/types";
import { useMayOn, useServer } from "../../app/place";
import { tell } from "../../app/notices";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import type { MenuAction } from "../../parts/menu_button";
import { EditSecondaryDialog } from "./edit_secondary";

type What = "edit" | "move" | "remove";

function RemoveDialog({ secondary, etag, onClose, onDone }: { secondary: Secondary; etag: string | null; onClose: () => void; onDone?: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  return (
    <ConfirmDialog
      title={t("secondary.remove_title", { name: secondary.name })}
      confirm={t("common.remove")}
      onClose={onClose}
      onConfirm={async () => {
        await api.delete("secondaries/{id}", { path: { id: secondary.id }, ifMatch: etag });
        tell(t("secondary.removed", { name: secondary.name }));
        onDone?.();
        await reload();
      }}
    >
      <Content component="p">{t("secondary.remove_affects", { name: secondary.name })}</Content>
      <Content component="p">{t(secondary.state === "connected" ? "secondary.remove_told" : "secondary.remove_untold")}</Content>
    </ConfirmDialog>
  );
}

/** Reads the record anew, so that the dialog begins with what is true now and can tell when somebody changes it. */
function Opened({ what, id, onClose, onRemoved }: { what: What; id: string; onClose: () => void; onRemoved?: () => void }) {
  const { path } = useServer();
  const seen = useSecondary(path, id);
  const groups = useGroups(path);
  // The dialog keeps what it began with: an event in between must not change what is typed.
  const [first, setFirst] = useState(seen.data);
  if (first === undefined && seen.data !== undefined) setFirst(seen.data);
  if (first === undefined) return null;
  if (what === "remove") return <RemoveDialog secondary={first.data} etag={first.etag} onClose={onClose} {...(onRemoved ? { onDone: onRemoved } : {})} />;
  return <EditSecondaryDialog seen={first} groups={groups.data ?? []} what={what} onClose={onClose} />;
}

export interface SecondaryActions {
  actions: (secondary: Secondary) => MenuAction[];
  dialog: ReactNode;
}

export function useSecondaryActions(onRemoved?: () => void): SecondaryActions {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { href } = useServer();
  const [opened, setOpened] = useState<{ what: What; id: string } | null>(null);
  const may = useMayOn("configure_hierarchy");
  const open = (what: What, secondary: Secondary) => setOpened({ what, id: secondary.id });
  return {
    actions: (secondary) => {
      const list: MenuAction[] = [];
      if (secondary.state === "connected") list.push({ name: "open", text: t("secondary.open"), onClick: () => void navigate(href(`/servers/${secondary.id}`)) });
      list.push({ name: "properties", text: t("common.properties"), onClick: () => void navigate(href(`/secondaries/${secondary.id}`)) });
      list.push({ name: "check", text: t("secondary.check_link"), onClick: () => void navigate(href(`/link-doctor?secondary=${secondary.id}`)) });
      if (may(secondary.group_id)) {
        list.push({ name: "edit", text: t("common.edit"), onClick: () => open("edit", secondary) });
        list.push({ name: "move", text: t("common.move"), onClick: () => open("move", secondary) });
        list.push({ name: "remove", text: t("common.remove"), onClick: () => open("remove", secondary), danger: true });
      }
      return list;
    },
    dialog: opened && <Opened key={`${opened.what} ${opened.id}`} what={opened.what} id={opened.id} onClose={() => setOpened(null)} {...(onRemoved ? { onRemoved } : {})} />,
  };
}
