// Invitations: one file each, with which one server becomes a secondary by itself.
import { useState } from "react";
import { Button, Content, Label, PageSection } from "@patternfly/react-core";
import { EnvelopeIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useReload } from "../../api/queries";
import type { Invitation } from "../../api/types";
import { tell } from "../../app/notices";
import { useMayOn, useServer } from "../../app/place";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { Empty } from "../../parts/empty";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { RecordTable, type Column } from "../../parts/record_table";
import { When } from "../../parts/when";
import { InviteDialog } from "./invite_dialog";

const kColours = { open: "blue", used: "green", revoked: "grey", expired: "orange" } as const;

export function InvitationsPage() {
  const { t } = useTranslation();
  const { api, key, path, href } = useServer();
  const reload = useReload(path);
  const may = useMayOn("configure_hierarchy");
  const { pathOf } = useGroupNames();
  const [adds, setAdds] = useState(false);
  const [revokes, setRevokes] = useState<Invitation | null>(null);
  const invitations = useQuery({
    queryKey: [key, "invitations"],
    queryFn: async ({ signal }) => (await api.get("invitations", { signal })).data.items,
    refetchInterval: 30_000, // that one expires is no event
  });
  const add = may(null) && <Button onClick={() => setAdds(true)}>{t("invitations.add")}</Button>;
  const nameOf = (each: Invitation) => each.name ?? t("invitations.nameless");
  const columns: Column<Invitation>[] = [
    { name: "name", text: t("add_secondary.name"), modifier: "breakWord", cell: (each) => (each.secondary_id === null ? nameOf(each) : <Link to={href(`/secondaries/${each.secondary_id}`)}>{nameOf(each)}</Link>) },
    { name: "group", text: t("group.administration_group"), cell: (each) => <Link to={href(`/groups/${each.group_id}`)}>{pathOf(each.group)}</Link> },
    {
      name: "state",
      text: t("servers.column_state"),
      modifier: "nowrap",
      cell: (each) => (
        <>
          <Label isCompact color={kColours[each.state]} data-invitation={each.state}>
            {t(`invitations.state_${each.state}`)}
          </Label>{" "}
          {each.used_at && <When at={each.used_at} />}
          {each.revoked_at && <When at={each.revoked_at} />}
        </>
      ),
    },
    { name: "expires", text: t("invitations.expires"), modifier: "nowrap", cell: (each) => <When at={each.expires_at} /> },
    {
      name: "made",
      text: t("invitations.made"),
      modifier: "nowrap",
      cell: (each) => (
        <>
          <When at={each.created_at} /> · {each.created_by}
        </>
      ),
    },
  ];
  return (
    <>
      <PageHeader title={t("invitations.title")} lead={t("invitations.lead")} actions={add} />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <Loaded query={invitations}>
          {(all) => (
            <RecordTable
              label={t("invitations.title")}
              columns={columns}
              rows={all}
              keyOf={(each) => each.id}
              empty={
                <Empty title={t("invitations.none")} icon={EnvelopeIcon} actions={add}>
                  {t("invitations.none_body")}
                </Empty>
              }
              actions={(each) =>
                each.state === "open" &&
                may(each.group_id) && (
                  <Button variant="secondary" size="sm" isDanger onClick={() => setRevokes(each)} aria-label={t("invitations.revoke_one", { name: nameOf(each) })}>
                    {t("invitations.revoke")}
                  </Button>
                )
              }
            />
          )}
        </Loaded>
      </PageSection>
      {adds && <InviteDialog onClose={() => setAdds(false)} />}
      {revokes && (
        <ConfirmDialog
          title={t("invitations.revoke_title", { name: nameOf(revokes) })}
          confirm={t("invitations.revoke")}
          onClose={() => setRevokes(null)}
          onConfirm={async () => {
            await api.delete("invitations/{id}", { path: { id: revokes.id } });
            tell(t("invitations.revoked"));
            await reload();
          }}
        >
          <Content component="p">{t("invitations.revoke_affects")}</Content>
        </ConfirmDialog>
      )}
    </>
  );
}
