// API tokens of one's own account, for scripts: scope, expiry, and the secret once.
import { useState } from "react";
import { Button, Card, CardBody, CardTitle, Content, FormGroup, ModalBody, ModalFooter, ModalHeader, Radio } from "@patternfly/react-core";
import { KeyIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { holds, useAccount } from "../../api/queries";
import type { Credential } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { useCredentialColumns } from "../../parts/credential_columns";
import { Dialog } from "../../parts/dialog";
import { Empty } from "../../parts/empty";
import { FormDialog } from "../../parts/form_dialog";
import { Loaded } from "../../parts/loading";
import { RecordTable } from "../../parts/record_table";
import { RightChoice, RightLabels } from "../../parts/rights";
import { SecretOnce } from "../../parts/secret_once";
import { TextField } from "../../parts/text_field";
import { useSubmit } from "../../parts/use_submit";
import { useCredentials } from "./credentials";
import { firstToken, kLongestDays, missingInToken, ofKind, tokenRequest, type TokenDraft } from "./model";

interface Made {
  name: string;
  secret: string;
}

function MakeToken({ onMade, onClose }: { onMade: (made: Made) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useServer();
  const account = useAccount();
  const [draft, setDraft] = useState(firstToken);
  const set = (part: Partial<TokenDraft>) => setDraft((now) => ({ ...now, ...part }));
  const { busy, problem, submit } = useSubmit(async () => {
    const made = (await api.post("tokens", { body: tokenRequest(draft) })).data;
    onMade({ name: made.name, secret: made.token });
  });
  const missing = missingInToken(draft);
  return (
    <FormDialog title={t("tokens.add")} description={t("tokens.add_lead")} submit={t("tokens.make")} onSubmit={submit} onClose={onClose} busy={busy} disabled={missing.length > 0} problem={problem} fields={["name", "expires_in_hours", "rights"]} variant="medium">
      <TextField id="token-name" label={t("common.name")} value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus maxLength={128} hint={t("tokens.name_hint")} problem={problem} field="name" />
      <TextField id="token-days" type="number" min={1} max={kLongestDays} label={t("tokens.days")} value={draft.days} onChange={(days) => set({ days })} isRequired message={missing.includes("days") ? t("tokens.days_range", { most: kLongestDays }) : null} problem={problem} field="expires_in_hours" />
      <FormGroup role="radiogroup" label={t("tokens.scope")} fieldId="token-scope">
        <Radio id="token-some" name="token-scope" label={t("tokens.scope_some")} isChecked={draft.scope === "some"} onChange={() => set({ scope: "some" })} />
        <Radio id="token-all" name="token-scope" label={t("tokens.scope_all")} description={t("tokens.scope_all_hint")} isChecked={draft.scope === "all"} onChange={() => set({ scope: "all" })} />
      </FormGroup>
      {draft.scope === "some" && (
        <RightChoice
          id="token-rights"
          label={t("rights.title")}
          value={draft.rights}
          onChange={(rights) => set({ rights })}
          may={(right) => holds(account.data, right) || (account.data?.may.groups ?? []).some((each) => each.rights.includes(right))}
          problem={problem}
        />
      )}
    </FormDialog>
  );
}

function Secret({ made, onClose }: { made: Made; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog variant="medium" aria-labelledby="token-made">
      <ModalHeader title={t("tokens.made_title", { name: made.name })} labelId="token-made" />
      <ModalBody className="daikan-stack">
        <SecretOnce title={t("tokens.once")} label={t("tokens.secret")} secret={made.secret}>
          {t("tokens.once_body")}
        </SecretOnce>
        <Content component="small">
          {t("tokens.use")} <code>Authorization: Bearer dkt_…</code>
        </Content>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>{t("tokens.kept")}</Button>
      </ModalFooter>
    </Dialog>
  );
}

export function Tokens() {
  const { t } = useTranslation();
  const { api } = useServer();
  const credentials = useCredentials();
  const columns = useCredentialColumns<Credential>();
  const [adds, setAdds] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const [revokes, setRevokes] = useState<Credential | null>(null);
  const add = <Button onClick={() => setAdds(true)}>{t("tokens.add")}</Button>;
  return (
    <Card>
      <CardTitle component="h2">{t("tokens.title")}</CardTitle>
      <CardBody className="daikan-stack">
        <Content component="p">{t("tokens.lead")}</Content>
        <Loaded query={credentials}>
          {(all) => (
            <>
              {ofKind(all, "token").length > 0 && <div>{add}</div>}
              <RecordTable
                label={t("tokens.title")}
                columns={[
                  { name: "name", text: t("common.name"), modifier: "breakWord", cell: (each) => each.name },
                  { name: "rights", text: t("tokens.scope"), cell: (each) => (each.rights === null ? t("tokens.scope_all") : <RightLabels rights={each.rights} />) },
                  ...columns,
                ]}
                rows={ofKind(all, "token")}
                keyOf={(each) => each.name}
                empty={
                  <Empty title={t("tokens.none")} icon={KeyIcon} actions={add}>
                    {t("tokens.none_body")}
                  </Empty>
                }
                actions={(each) => (
                  <Button variant="secondary" size="sm" isDanger onClick={() => setRevokes(each)} aria-label={t("tokens.revoke_one", { name: each.name })}>
                    {t("tokens.revoke")}
                  </Button>
                )}
              />
            </>
          )}
        </Loaded>
      </CardBody>
      {adds && (
        <MakeToken
          onMade={(fresh) => {
            setAdds(false);
            setMade(fresh);
            void credentials.refetch();
          }}
          onClose={() => setAdds(false)}
        />
      )}
      {made && <Secret made={made} onClose={() => setMade(null)} />}
      {revokes && (
        <ConfirmDialog
          title={t("tokens.revoke_title", { name: revokes.name })}
          confirm={t("tokens.revoke")}
          onClose={() => setRevokes(null)}
          onConfirm={async () => {
            await api.delete("tokens/{id}", { path: { id: revokes.id } });
            tell(t("tokens.revoked", { name: revokes.name }));
            await credentials.refetch();
          }}
        >
          <Content component="p">{t("tokens.revoke_affects")}</Content>
        </ConfirmDialog>
      )}
    </Card>
  );
}
