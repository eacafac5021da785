// Adding a destination, and changing one in place.
import { useState } from "react";
import { Checkbox, FormGroup, FormSelect, FormSelectOption, Radio, TextArea } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { freshKey, type Answer } from "../../api/client";
import { isAtField } from "../../api/problem";
import { useReload } from "../../api/queries";
import type { Destination } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { ConflictAlert } from "../../parts/conflict_alert";
import { EventKindsField } from "../../parts/event_kind";
import { FormDialog } from "../../parts/form_dialog";
import { PasswordField } from "../../parts/password_field";
import { FieldError, TextField } from "../../parts/text_field";
import { useRecordEdit } from "../../parts/use_record_edit";
import { useSubmit } from "../../parts/use_submit";
import { addRequest, destinationDraft, editRequest, firstDestination, hasCertificate, kKinds, kSeverities, kTransports, missingInDestination, type DestinationDraft, type Severity, type Transport } from "./model";

interface FieldProps {
  draft: DestinationDraft;
  set: (part: Partial<DestinationDraft>) => void;
  problem: unknown;
  /** A secret is kept already and stays when none is typed. */
  keepsSecret?: boolean;
}

const kFields = ["name", "address", "transport", "fingerprint", "user", "secret", "sender", "recipients", "severity", "kinds"];

function MailFields({ draft, set, problem }: FieldProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextField id="destination-sender" label={t("notifications.sender")} value={draft.sender} onChange={(sender) => set({ sender })} isRequired placeholder="daikan@example.com" problem={problem} field="sender" />
      <FormGroup label={t("notifications.recipients")} fieldId="destination-recipients" isRequired>
        <TextArea id="destination-recipients" value={draft.recipients} onChange={(_, recipients) => set({ recipients })} rows={3} resizeOrientation="vertical" spellCheck={false} validated={isAtField(problem, "recipients") ? "error" : "default"} aria-describedby="destination-recipients-help" />
        <FieldError id="destination-recipients" problem={problem} field="recipients" hint={t("notifications.recipients_hint")} />
      </FormGroup>
      {draft.transport !== "plain" && <TextField id="destination-user" label={t("notifications.user")} value={draft.user} onChange={(user) => set({ user })} hint={t("notifications.user_hint")} problem={problem} field="user" />}
    </>
  );
}

function SecretFields({ draft, set, problem, keepsSecret = false }: FieldProps) {
  const { t } = useTranslation();
  const hint = t(keepsSecret ? "notifications.secret_kept" : `notifications.secret_${draft.kind}_hint`);
  return (
    <>
      <PasswordField id="destination-secret" label={t(`notifications.secret_${draft.kind}`)} value={draft.secret} onChange={(secret) => set({ secret })} isRequired={false} hint={hint} problem={problem} field="secret" />
      {keepsSecret && draft.secret === "" && <Checkbox id="destination-forgets" label={t("notifications.forget_secret")} isChecked={draft.forgets} onChange={(_, forgets) => set({ forgets })} />}
    </>
  );
}

function DestinationFields(props: FieldProps) {
  const { draft, set, problem } = props;
  const { t } = useTranslation();
  const transports = kTransports[draft.kind];
  return (
    <>
      <TextField id="destination-name" label={t("common.name")} value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus maxLength={128} problem={problem} field="name" />
      <TextField id="destination-address" label={t(`notifications.address_${draft.kind}`)} value={draft.address} onChange={(address) => set({ address })} isRequired maxLength={1024} hint={t(`notifications.address_${draft.kind}_hint`)} problem={problem} field="address" />
      {transports.length > 0 && (
        <FormGroup label={t("notifications.transport")} fieldId="destination-transport">
          <FormSelect id="destination-transport" value={draft.transport} onChange={(_, transport) => set({ transport: transport as Transport })}>
            {transports.map((each) => (
              <FormSelectOption key={each} value={each} label={t(`notifications.transport_${each}`)} />
            ))}
          </FormSelect>
          <FieldError id="destination-transport" problem={problem} field="transport" />
        </FormGroup>
      )}
      {draft.kind === "email" && <MailFields {...props} />}
      {(draft.kind === "webhook" || (draft.kind === "email" && draft.user.trim() !== "")) && <SecretFields {...props} />}
      {hasCertificate(draft) && <TextField id="destination-fingerprint" label={t("certificate.fingerprint")} value={draft.fingerprint} onChange={(fingerprint) => set({ fingerprint })} hint={t("notifications.fingerprint_hint")} problem={problem} field="fingerprint" />}
      <FormGroup label={t("notifications.severity")} fieldId="destination-severity">
        <FormSelect id="destination-severity" value={draft.severity} onChange={(_, severity) => set({ severity: severity as Severity })}>
          {kSeverities.map((each) => (
            <FormSelectOption key={each} value={each} label={t(`history.from_${each}`)} />
          ))}
        </FormSelect>
      </FormGroup>
      <EventKindsField id="destination-kinds" label={t("notifications.kinds")} value={draft.kinds} onChange={(kinds) => set({ kinds })} hint={t("notifications.kinds_hint")} problem={problem} field="kinds" />
    </>
  );
}

export function AddDestination({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const [draft, setDraft] = useState(firstDestination);
  const [idempotencyKey] = useState(freshKey);
  const set = (part: Partial<DestinationDraft>) => setDraft((now) => ({ ...now, ...part }));
  const { busy, problem, submit } = useSubmit(async () => {
    const body = addRequest(draft);
    await api.post("notifications", { body, idempotencyKey });
    tell(t("notifications.added", { name: body.name }));
    await reload();
    onClose();
  });
  return (
    <FormDialog title={t("notifications.add")} submit={t("common.add")} onSubmit={submit} onClose={onClose} busy={busy} disabled={missingInDestination(draft).length > 0} problem={problem} fields={kFields} variant="medium">
      <FormGroup role="radiogroup" label={t("notifications.kind")} fieldId="destination-kind">
        {kKinds.map((each) => (
          <Radio key={each} id={`destination-${each}`} name="destination-kind" label={t(`notifications.kind_${each}`)} isChecked={draft.kind === each} onChange={() => set({ kind: each, transport: kTransports[each][0] ?? "tls" })} />
        ))}
      </FormGroup>
      <DestinationFields draft={draft} set={set} problem={problem} />
    </FormDialog>
  );
}

export function EditDestination({ seen, onClose }: { seen: Answer<Destination>; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const at = { path: { id: seen.data.id } };
  const edit = useRecordEdit<Destination, DestinationDraft>({
    seen,
    toDraft: destinationDraft,
    read: () => api.get("notifications/{id}", at),
    save: (changed, _, etag) => api.patch("notifications/{id}", { ...at, body: editRequest(changed), ifMatch: etag }),
  });
  const save = async () => {
    if (!(await edit.submit())) return;
    tell(t("notifications.saved", { name: edit.draft.name }));
    await reload();
    onClose();
  };
  const label = (field: keyof DestinationDraft) => (field === "address" ? t(`notifications.address_${edit.draft.kind}`) : t(`notifications.field_${field}`));
  const show = (field: keyof DestinationDraft, of: DestinationDraft) => (field === "secret" ? "…" : String(of[field]));
  return (
    <FormDialog title={t("notifications.edit_title", { name: seen.data.name })} submit={t("common.save")} onSubmit={() => void save()} onClose={onClose} busy={edit.busy} disabled={!edit.dirty || missingInDestination(edit.draft).length > 0} problem={edit.problem} fields={kFields} variant="medium">
      <ConflictAlert edit={edit} label={label} show={show} />
      <DestinationFields draft={edit.draft} set={edit.set} problem={edit.problem} keepsSecret={edit.record.has_secret} />
    </FormDialog>
  );
}
