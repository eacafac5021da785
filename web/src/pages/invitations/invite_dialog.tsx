// Inviting one server: group, name, how long, and then the file, which is told this once.
import { useState } from "react";
import { Button, Content, FormGroup, FormSelect, FormSelectOption, ModalBody, ModalFooter, ModalHeader, TextArea } from "@patternfly/react-core";
import { DownloadIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { useGroups, useReload } from "../../api/queries";
import { isAtField } from "../../api/problem";
import type { MadeInvitation } from "../../api/types";
import { useMayOn, useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { Dialog } from "../../parts/dialog";
import { saveAs } from "../../parts/download";
import { Facts } from "../../parts/facts";
import { FormDialog } from "../../parts/form_dialog";
import { useGroupNames } from "../../parts/group_names";
import { GroupSelect } from "../../parts/group_select";
import { FieldError, TextField } from "../../parts/text_field";
import { useSubmit } from "../../parts/use_submit";
import { When } from "../../parts/when";
import { firstInvitation, invitationFileName, invitationRequest, kValid, type InvitationDraft } from "./model";

function MadeDialog({ made, onClose }: { made: MadeInvitation; onClose: () => void }) {
  const { t } = useTranslation();
  const { pathOf } = useGroupNames();
  const [saved, setSaved] = useState(false);
  const save = () => {
    saveAs(new Blob([made.file], { type: "text/plain" }), invitationFileName(made));
    setSaved(true);
  };
  return (
    <Dialog variant="medium" aria-labelledby="invitation-made">
      <ModalHeader title={t("invitations.made_title")} labelId="invitation-made" />
      <ModalBody className="daikan-stack">
        <Alert isInline variant="warning" title={t("invitations.once")}>
          {t("invitations.once_body")}
        </Alert>
        <Facts
          items={[
            [t("common.name"), made.name],
            [t("group.administration_group"), pathOf(made.group)],
            [t("invitations.expires"), <When at={made.expires_at} exact />],
          ]}
        />
        <div>
          <Button variant="primary" icon={<DownloadIcon />} onClick={save}>
            {t("invitations.download")}
          </Button>
        </div>
        <Content component="p">{t("invitations.how")}</Content>
      </ModalBody>
      <ModalFooter>
        <Button variant="secondary" onClick={onClose} isDisabled={!saved}>
          {t("common.close")}
        </Button>
        {!saved && (
          <Button variant="link" onClick={onClose}>
            {t("invitations.without_file")}
          </Button>
        )}
      </ModalFooter>
    </Dialog>
  );
}

export function InviteDialog({ group: first = "", onClose }: { group?: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const groups = useGroups(path);
  const may = useMayOn("configure_hierarchy");
  const offered = (groups.data ?? []).filter((each) => may(each.id));
  const [draft, setDraft] = useState({ ...firstInvitation, group: first });
  const [made, setMade] = useState<MadeInvitation | null>(null);
  const set = (part: Partial<InvitationDraft>) => setDraft((now) => ({ ...now, ...part }));
  const group = draft.group || offered[0]?.path || "";
  const { busy, problem, submit } = useSubmit(async () => {
    setMade((await api.post("invitations", { body: invitationRequest({ ...draft, group }) })).data);
    await reload();
  });
  if (made !== null) return <MadeDialog made={made} onClose={onClose} />;
  return (
    <FormDialog title={t("invitations.add")} description={t("invitations.add_lead")} submit={t("invitations.make")} onSubmit={submit} onClose={onClose} busy={busy} disabled={group === ""} problem={problem} fields={["group", "name", "addresses", "expires_in_seconds"]} variant="medium">
      <GroupSelect id="invitation-group" groups={offered} value={group} onChange={(path) => set({ group: path })} problem={problem} />
      <TextField id="invitation-name" label={t("add_secondary.name")} value={draft.name} onChange={(name) => set({ name })} maxLength={128} hint={t("invitations.name_hint")} problem={problem} field="name" />
      <FormGroup label={t("invitations.valid")} fieldId="invitation-valid">
        <FormSelect id="invitation-valid" value={draft.valid} onChange={(_, valid) => set({ valid })}>
          {Object.keys(kValid).map((each) => (
            <FormSelectOption key={each} value={each} label={t(`invitations.valid_${each}`)} />
          ))}
        </FormSelect>
        <FieldError id="invitation-valid" problem={problem} field="expires_in_seconds" />
      </FormGroup>
      <FormGroup label={t("invitations.addresses")} fieldId="invitation-addresses">
        <TextArea id="invitation-addresses" value={draft.addresses} onChange={(_, addresses) => set({ addresses })} rows={3} resizeOrientation="vertical" spellCheck={false} placeholder="hq.example.com:13000" validated={isAtField(problem, "addresses") ? "error" : "default"} aria-describedby="invitation-addresses-help" />
        <FieldError id="invitation-addresses" problem={problem} field="addresses" hint={t("invitations.addresses_hint")} />
      </FormGroup>
    </FormDialog>
  );
}
