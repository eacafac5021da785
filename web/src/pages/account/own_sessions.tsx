import { useState } from "react";
import { Button, Card, CardBody, CardTitle, Content, Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { session } from "../../api/session";
import { useSignal } from "../../api/signal";
import type { Credential } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { useCredentialColumns } from "../../parts/credential_columns";
import { Loaded } from "../../parts/loading";
import { RecordTable } from "../../parts/record_table";
import { useCredentials } from "./credentials";
import { ofKind } from "./model";

/** Where one is signed in oneself, and ending what was left open elsewhere. */
export function OwnSessions() {
  const { t } = useTranslation();
  const { api } = useServer();
  const state = useSignal(session);
  const own = "session" in state ? state.session.id : null;
  const credentials = useCredentials();
  const columns = useCredentialColumns<Credential>();
  const [ends, setEnds] = useState<Credential | null>(null);
  return (
    <Card>
      <CardTitle component="h2">{t("account.sessions")}</CardTitle>
      <CardBody className="daikan-stack">
        <Content component="p">{t("account.sessions_for")}</Content>
        <Loaded query={credentials}>
          {(all) => (
            <RecordTable
              label={t("account.sessions")}
              columns={[
                {
                  name: "client",
                  text: t("sessions.client"),
                  modifier: "breakWord",
                  cell: (each) => (
                    <>
                      {each.name} {each.id === own && <Label isCompact>{t("sessions.this_one")}</Label>}
                    </>
                  ),
                },
                ...columns,
              ]}
              rows={ofKind(all, "session")}
              keyOf={(each) => each.id}
              actions={(each) =>
                each.id !== own && (
                  <Button variant="secondary" size="sm" onClick={() => setEnds(each)}>
                    {t("sessions.end")}
                  </Button>
                )
              }
            />
          )}
        </Loaded>
      </CardBody>
      {ends && (
        <ConfirmDialog
          title={t("account.end_title")}
          confirm={t("sessions.end")}
          onClose={() => setEnds(null)}
          onConfirm={async () => {
            await api.delete("tokens/{id}", { path: { id: ends.id } });
            tell(t("account.ended"));
            await credentials.refetch();
          }}
        >
          <Content component="p">{t("account.end_affects", { client: ends.name, source: ends.source })}</Content>
        </ConfirmDialog>
      )}
    </Card>
  );
}
