// A secondary, with everything below it, gets another primary by its certificate file; it comes back unless the new link comes up in time.
import { useState } from "react";
import { Button, Card, CardBody, CardTitle, Checkbox, Content, FormGroup, Label, Radio } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { hasCode } from "../../api/problem";
import { useReload } from "../../api/queries";
import type { AnswerOf } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import type { CertificateFile } from "../../parts/certificate";
import { CertificateField } from "../../parts/certificate_field";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { FormDialog } from "../../parts/form_dialog";
import { emptyProxy } from "../../parts/proxy";
import { ProxyFields } from "../../parts/proxy_fields";
import { Said } from "../../parts/said";
import { TextField } from "../../parts/text_field";
import { useSubmit } from "../../parts/use_submit";
import { When } from "../../parts/when";
import { firstMove, missingInMove, moveRequest, type MoveDraft } from "./primary_model";

type Move = NonNullable<AnswerOf<"get", "primary/move">>;

const kColours = { running: "blue", done: "green", undone: "orange" } as const;
const kAskAgainMs = 1_000;

/** The last one; null when there never was one. */
function useMove() {
  const { api, key } = useServer();
  return useQuery({
    queryKey: [key, "primary", "move"],
    queryFn: async ({ signal }): Promise<Move | null> => {
      try {
        return (await api.get("primary/move", { signal })).data;
      } catch (error) {
        if (hasCode(error, "not_found")) return null;
        throw error;
      }
    },
    // The way to a server that moves is away for a moment.
    refetchInterval: (query) => (query.state.data?.state === "running" || query.state.error !== null ? kAskAgainMs : false),
  });
}

function MoveDialog({ onClose, onBegun }: { onClose: () => void; onBegun: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const [draft, setDraft] = useState<MoveDraft>(firstMove);
  const [file, setFile] = useState<CertificateFile | null>(null);
  const set = (part: Partial<MoveDraft>) => setDraft({ ...draft, ...part });
  const dials = draft.direction === "secondary_dials";
  const { busy, problem, submit } = useSubmit(async () => {
    await api.post("primary/move", { body: moveRequest(draft, file!) });
    tell(t("move.begun"));
    onBegun();
    onClose();
  });
  return (
    <FormDialog title={t("move.title")} submit={t("move.move")} onSubmit={submit} onClose={onClose} busy={busy} disabled={file === null || missingInMove(draft)} problem={problem} fields={["address", "certificate", "proxy", "wait_seconds"]} variant="medium">
      <Content component="p">{t("move.first")}</Content>
      {path.length > 0 && <Alert isInline variant="info" title={t("move.from_above")} />}
      <CertificateField id="move-certificate" label={t("move.certificate")} value={file} onChange={setFile} problem={problem} isRequired hint={t("primary.certificate_hint")} />
      <FormGroup role="radiogroup" label={t("primary.field_direction")} fieldId="move-direction">
        <Radio id="move-secondary-dials" name="move-direction" label={t("primary.direction_secondary_dials")} isChecked={dials} onChange={() => set({ direction: "secondary_dials" })} />
        <Radio id="move-primary-dials" name="move-direction" label={t("primary.direction_primary_dials")} isChecked={!dials} onChange={() => set({ direction: "primary_dials" })} />
      </FormGroup>
      {dials && (
        <>
          <TextField id="move-address" label={t("add_secondary.primary_address")} value={draft.address} onChange={(address) => set({ address })} isRequired placeholder="hq2.example.com:13000" hint={t("primary.address_hint")} problem={problem} field="address" />
          <Checkbox id="move-uses-proxy" label={t("proxy.use")} isChecked={draft.proxy !== null} onChange={(_, uses) => set({ proxy: uses ? emptyProxy : null })} />
          {draft.proxy !== null && <ProxyFields id="move-proxy" value={draft.proxy} onChange={(proxy) => set({ proxy })} problem={problem} />}
        </>
      )}
      <TextField id="move-wait" type="number" min={5} max={600} label={t("move.wait")} value={draft.wait} onChange={(wait) => set({ wait })} hint={t("move.wait_hint")} problem={problem} field="wait_seconds" />
    </FormDialog>
  );
}

export function MoveCard() {
  const { t } = useTranslation();
  const { path } = useServer();
  const reload = useReload(path);
  const move = useMove();
  const [asks, setAsks] = useState(false);
  const last = move.data;
  return (
    <Card>
      <CardTitle component="h2">{t("move.title")}</CardTitle>
      <CardBody className="daikan-stack">
        <Content component="p">{t("move.lead")}</Content>
        {last && (
          <Facts
            items={[
              [
                t("move.last"),
                <Label isCompact color={kColours[last.state]} data-move={last.state}>
                  {t(`move.is_${last.state}`)}
                </Label>,
              ],
              [t("move.from"), last.from.name ?? last.from.address],
              [t("move.to"), <Fingerprint value={last.to_fingerprint} short />],
              [t("move.by"), last.by],
              [t("move.began"), <When at={last.began_at} exact />],
              [t("move.message"), last.message && <Said text={last.message} />],
            ]}
          />
        )}
        <div>
          <Button variant="secondary" isDisabled={last?.state === "running"} onClick={() => setAsks(true)}>
            {t("move.open")}
          </Button>
        </div>
      </CardBody>
      {asks && (
        <MoveDialog
          onClose={() => setAsks(false)}
          onBegun={() => {
            void move.refetch();
            void reload();
          }}
        />
      )}
    </Card>
  );
}
