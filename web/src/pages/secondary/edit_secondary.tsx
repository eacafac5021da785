import { useState } from "react";
import { Checkbox, FormGroup, Radio } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { useReload } from "../../api/queries";
import type { Direction, EditSecondary, Group, Secondary } from "../../api/types";
import { useServer } from "../../app/place";
import { tell } from "../../app/notices";
import type { CertificateFile } from "../../parts/certificate";
import { CertificateField } from "../../parts/certificate_field";
import { ConflictAlert } from "../../parts/conflict_alert";
import { FormDialog } from "../../parts/form_dialog";
import { GroupSelect } from "../../parts/group_select";
import { emptyProxy, proxyDraft, proxyRequest, type ProxyDraft } from "../../parts/proxy";
import { ProxyFields } from "../../parts/proxy_fields";
import { TextField } from "../../parts/text_field";
import { useRecordEdit } from "../../parts/use_record_edit";

export interface SecondaryDraft {
  name: string;
  group: string;
  direction: Direction;
  address: string;
  proxy: ProxyDraft | null;
}

export const secondaryDraft = (record: Secondary): SecondaryDraft => ({
  name: record.name,
  group: record.group,
  direction: record.direction,
  address: record.address ?? "",
  proxy: proxyDraft(record.proxy),
});

/** What is sent for what changed. A proxy of which only the password is typed goes along as well. */
export function editRequest(changed: Partial<SecondaryDraft>): EditSecondary {
  const { address, proxy, ...rest } = changed;
  const body: EditSecondary = { ...rest };
  if (address !== undefined) body.address = address.trim() === "" ? null : address.trim();
  if (proxy !== undefined) body.proxy = proxy === null ? null : proxyRequest(proxy);
  return body;
}

interface Props {
  seen: Answer<Secondary>;
  groups: Group[];
  what: "edit" | "move";
  onClose: () => void;
}

export function EditSecondaryDialog({ seen, groups, what, onClose }: Props) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const [file, setFile] = useState<CertificateFile | null>(null);
  const [untested, setUntested] = useState(false);
  const at = { path: { id: seen.data.id } };
  const edit = useRecordEdit<Secondary, SecondaryDraft>({
    seen,
    toDraft: secondaryDraft,
    read: () => api.get("secondaries/{id}", at),
    save: (changed, _, etag) => {
      const body = { ...editRequest(changed), ...(file === null ? {} : { certificate: file.text }), ...(untested ? { untested: true } : {}) };
      return api.patch("secondaries/{id}", { ...at, body, ifMatch: etag });
    },
  });
  const { draft, set, problem } = edit;
  const dials = draft.direction === "primary_dials";
  // The new way was tried and failed: it can be saved all the same, if the other side is not there yet.
  const wasTried = problem instanceof ProblemError && problem.status === 502;
  const save = async () => {
    if (!(await edit.submit())) return;
    tell(t("secondary.saved", { name: draft.name }));
    await reload();
    onClose();
  };
  const show = (field: keyof SecondaryDraft, of: SecondaryDraft): string => {
    if (field === "direction") return t(`secondary.direction_${of.direction}`);
    if (field === "proxy") return of.proxy === null ? "" : proxyRequest(of.proxy).url;
    return of[field];
  };
  return (
    <FormDialog
      title={t(`secondary.${what}_title`, { name: seen.data.name })}
      submit={t(what === "edit" ? "common.save" : "common.move")}
      onSubmit={() => void save()}
      onClose={onClose}
      busy={edit.busy}
      disabled={(!edit.dirty && file === null) || draft.name.trim() === "" || (dials && draft.address.trim() === "")}
      problem={problem}
      fields={what === "edit" ? ["name", "group", "address", "certificate"] : ["group"]}
      variant="medium"
    >
      <ConflictAlert edit={edit} label={(field) => t(`secondary.field_${field}`)} show={show} />
      {what === "edit" && <TextField id="edit-name" label={t("secondary.field_name")} value={draft.name} onChange={(name) => set({ name })} problem={problem} field="name" isRequired autoFocus maxLength={128} />}
      <GroupSelect id="edit-group" groups={groups} value={draft.group} onChange={(group) => set({ group })} problem={problem} />
      {what === "edit" && (
        <>
          <FormGroup role="radiogroup" label={t("secondary.field_direction")} fieldId="edit-direction">
            <Radio id="edit-secondary-dials" name="direction" label={t("secondary.direction_secondary_dials")} isChecked={!dials} onChange={() => set({ direction: "secondary_dials" })} />
            <Radio id="edit-primary-dials" name="direction" label={t("secondary.direction_primary_dials")} isChecked={dials} onChange={() => set({ direction: "primary_dials" })} />
          </FormGroup>
          <TextField
            id="edit-address"
            label={t("secondary.field_address")}
            value={draft.address}
            onChange={(address) => set({ address })}
            problem={problem}
            field="address"
            isRequired={dials}
            hint={t(dials ? "secondary.address_dials_hint" : "secondary.address_hint")}
          />
          {dials && <Checkbox id="edit-uses-proxy" label={t("proxy.use")} isChecked={draft.proxy !== null} onChange={(_, uses) => set({ proxy: uses ? emptyProxy : null })} />}
          {dials && draft.proxy !== null && <ProxyFields id="edit-proxy" value={draft.proxy} onChange={(proxy) => set({ proxy })} problem={problem} keepsPassword={seen.data.proxy !== null} />}
          <CertificateField id="edit-certificate" label={t("secondary.new_certificate")} value={file} onChange={setFile} problem={problem} hint={t("secondary.new_certificate_hint")} />
          {(wasTried || untested) && <Checkbox id="edit-untested" label={t("secondary.untested")} description={t("secondary.untested_hint")} isChecked={untested} onChange={(_, value) => setUntested(value)} />}
        </>
      )}
    </FormDialog>
  );
}
