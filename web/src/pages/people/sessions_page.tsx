// Who is signed in at this server, and ending a session.
import { useState } from "react";
import { Button, Content, Label, PageSection } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { session } from "../../api/session";
import { useSignal } from "../../api/signal";
import type { UserSession } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { useCredentialColumns } from "../../parts/credential_columns";
import { Loaded } from "../../parts/loading";
import { RecordTable } from "../../parts/record_table";
import { PeopleHeader } from "./people_header";

export function SessionsPage() {
  const { t } = useTranslation();
  const { api, key } = useServer();
  const state = useSignal(session);
  const own = "session" in state ? state.session.id : null;
  const [ends, setEnds] = useState<UserSession | null>(null);
  const columns = useCredentialColumns<UserSession>();
  const sessions = useQuery({ queryKey: [key, "sessions"], queryFn: async ({ signal }) => (await api.get("sessions", { signal })).data.items, refetchInterval: 30_000 }); // using one is no event
  return (
    <>
      <PeopleHeader current="sessions" />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <Loaded query={sessions}>
          {(all) => (
            <RecordTable
              label={t("sessions.title")}
              columns={[
                {
                  name: "user",
                  text: t("sign_in.user"),
                  cell: (each) => (
                    <>
                      {each.account.name} {each.id === own && <Label isCompact>{t("sessions.this_one")}</Label>}
                    </>
                  ),
                },
                { name: "client", text: t("sessions.client"), modifier: "breakWord", cell: (each) => each.name || "–" },
                ...columns,
              ]}
              rows={all}
              keyOf={(each) => each.id}
              actions={(each) =>
                each.id !== own && (
                  <Button variant="secondary" size="sm" onClick={() => setEnds(each)} aria-label={t("sessions.end_of", { name: each.account.name })}>
                    {t("sessions.end")}
                  </Button>
                )
              }
            />
          )}
        </Loaded>
      </PageSection>
      {ends && (
        <ConfirmDialog
          title={t("sessions.end_title", { name: ends.account.name })}
          confirm={t("sessions.end")}
          onClose={() => setEnds(null)}
          onConfirm={async () => {
            await api.delete("sessions/{id}", { path: { id: ends.id } });
            tell(t("sessions.ended", { name: ends.account.name }));
            await sessions.refetch();
          }}
        >
          <Content component="p">{t("sessions.end_affects", { name: ends.account.name })}</Content>
        </ConfirmDialog>
      )}
    </>
  );
}
