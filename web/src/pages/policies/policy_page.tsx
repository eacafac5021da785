// One policy: its settings, to be changed by whoever may, and what it was before. An inherited one is shown, and says why it is not changed here.
import { useState } from "react";
import { ActionGroup, Button, Label, PageSection } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import { lineage, useGroups, useReload } from "../../api/queries";
import type { Policy } from "../../api/types";
import { tell } from "../../app/notices";
import { useMayOn, useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { ConflictAlert } from "../../parts/conflict_alert";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { PageTabs } from "../../parts/page_tabs";
import { ProblemAlert } from "../../parts/problem_alert";
import { useRecordEdit } from "../../parts/use_record_edit";
import { When } from "../../parts/when";
import { changedFields } from "../../parts/edit_conflict";
import { editRequest, policyDraft, wrongFields, type PolicyDraft } from "./model";
import { PolicyForm, useDraftText } from "./policy_form";
import { ReviewDialog } from "./review_dialog";
import { RevisionsView } from "./revisions";
import { useApplication, usePolicy, type ApplicationForm } from "./use_policies";

/** Whether the person may change the policy: edit_policies on its group, and manage_server besides where it governs the server itself. */
export function useMayEditPolicy(): (policy: Policy) => boolean {
  const { path } = useServer();
  const groups = useGroups(path);
  const mayEdit = useMayOn("edit_policies");
  const mayManage = useMayOn("manage_server");
  return (policy) => {
    if (policy.inherited_from !== null) return false;
    const isRoot = groups.data?.some((group) => group.id === policy.group_id && group.parent_id === null) ?? false;
    return mayEdit(policy.group_id) && (!isRoot || mayManage(null));
  };
}

function Why({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const { pathOf } = useGroupNames();
  const from = policy.inherited_from;
  if (from !== null) {
    return (
      <Alert isInline variant="info" title={t("policies.inherited_title", { server: from.server })} data-read-only="inherited">
        {t("policies.inherited_body", { server: from.server, group: pathOf(from.group) })}
      </Alert>
    );
  }
  return <Alert isInline variant="info" title={t("policies.not_allowed")} data-read-only="right" />;
}

function ShownForm({ policy, form }: { policy: Policy; form: ApplicationForm }) {
  return (
    <>
      <Why policy={policy} />
      <PolicyForm form={form} draft={policyDraft(form.fields, policy)} set={() => undefined} problem={null} isDisabled onSubmit={() => undefined} />
    </>
  );
}

function EditForm({ seen, form, onSaved }: { seen: Answer<Policy>; form: ApplicationForm; onSaved: () => void }) {
  const { t } = useTranslation();
  const { api, path, key } = useServer();
  const client = useQueryClient();
  const reload = useReload(path);
  const text = useDraftText(form);
  const [reviews, setReviews] = useState(false);
  const at = { path: { id: seen.data.id } };
  const edit = useRecordEdit<Policy, PolicyDraft>({
    seen,
    toDraft: (policy) => policyDraft(form.fields, policy),
    read: () => api.get("policies/{id}", at),
    save: async (changed, draft, etag) => {
      const saved = await api.patch("policies/{id}", { ...at, body: editRequest(form.fields, changed, draft, edit.record.settings), ifMatch: etag });
      client.setQueryData([key, "policy", saved.data.id], saved);
      tell(t("policies.saved", { name: saved.data.name }));
      if (saved.data.deactivated) tell(t("policies.was_deactivated", { name: saved.data.deactivated.name }), "info");
    },
  });
  const { draft } = edit;
  const changed = changedFields(policyDraft(form.fields, edit.record), draft);
  const wrong = wrongFields(form.fields, draft);
  const save = async () => {
    setReviews(false);
    if (!(await edit.submit())) return;
    await reload();
    onSaved();
  };
  const ready = edit.dirty && wrong.length === 0 && !edit.busy;
  return (
    <>
      <ProblemAlert problem={edit.problem} />
      <ConflictAlert edit={edit} label={text.label} show={text.show} />
      <PolicyForm form={form} draft={draft} set={edit.set} problem={edit.problem} onSubmit={() => ready && setReviews(true)}>
        <ActionGroup className="daikan-save-bar">
          <Button type="submit" isDisabled={!ready} isLoading={edit.busy}>
            {t("policies.review")}
          </Button>
          <Button variant="link" isDisabled={!edit.dirty || edit.busy} onClick={onSaved}>
            {t("policies.discard")}
          </Button>
        </ActionGroup>
      </PolicyForm>
      {reviews && (
        <ReviewDialog
          title={t("policies.review_edit", { name: edit.record.name })}
          change={{ policy_id: edit.record.id, ...editRequest(form.fields, changed, draft, edit.record.settings) }}
          fields={form.fields}
          confirm={t("common.save")}
          onConfirm={save}
          onClose={() => setReviews(false)}
        />
      )}
    </>
  );
}

function Shown({ seen, form, view }: { seen: Answer<Policy>; form: ApplicationForm; view: "settings" | "revisions" }) {
  const { t } = useTranslation();
  const { path, href } = useServer();
  const groups = useGroups(path);
  const { nameOf } = useGroupNames();
  const mayEdit = useMayEditPolicy();
  // What the form began with stays, so that an edit of somebody else in between is noticed when saving; it begins anew when it was saved.
  const [first, setFirst] = useState(seen);
  const [round, setRound] = useState(0);
  const client = useQueryClient();
  const { key } = useServer();
  const policy = seen.data;
  const again = () => {
    setFirst(client.getQueryData<Answer<Policy>>([key, "policy", policy.id]) ?? seen);
    setRound((now) => now + 1);
  };
  const crumbs =
    policy.group_id === null
      ? [{ text: t("policies.title"), to: href("/policies") }]
      : [...lineage(groups.data ?? [], policy.group_id).map((each) => ({ text: nameOf(each), to: href(`/groups/${each.id}`) })), { text: t("policies.title"), to: href(`/groups/${policy.group_id}/policies`) }];
  return (
    <>
      <PageHeader
        title={
          <>
            {policy.name} <Label color={policy.active ? "green" : "grey"}>{t(policy.active ? "policies.active" : "policies.inactive")}</Label>
          </>
        }
        name={policy.name}
        crumbs={crumbs}
        lead={
          policy.changed_at && (
            <>
              {t("policies.last_changed", { who: policy.changed_by ?? "–", revision: policy.revision })} <When at={policy.changed_at} />
            </>
          )
        }
      >
        {policy.inherited_from === null && (
          <PageTabs
            label={t("policies.views")}
            current={view}
            tabs={[
              { name: "settings", text: t("policies.tab_settings"), to: href(`/policies/${policy.id}`) },
              { name: "revisions", text: t("policies.tab_revisions"), to: href(`/policies/${policy.id}/revisions`) },
            ]}
          />
        )}
      </PageHeader>
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        {view === "revisions" ? <RevisionsView seen={seen} form={form} mayEdit={mayEdit(policy)} /> : mayEdit(policy) ? <EditForm key={round} seen={first} form={form} onSaved={again} /> : <ShownForm policy={policy} form={form} />}
      </PageSection>
    </>
  );
}

function Page({ view }: { view: "settings" | "revisions" }) {
  const { id = "" } = useParams();
  const { path } = useServer();
  const policy = usePolicy(id);
  const groups = useGroups(path);
  return (
    <Loaded query={policy}>
      {(seen) => <OfApplication key={seen.data.id} seen={seen} view={view} ready={!groups.isPending} />}
    </Loaded>
  );
}

function OfApplication({ seen, view, ready }: { seen: Answer<Policy>; view: "settings" | "revisions"; ready: boolean }) {
  const application = useApplication(seen.data.application);
  return <Loaded query={application}>{(form) => (ready ? <Shown seen={seen} form={form} view={view} /> : null)}</Loaded>;
}

export const PolicyPage = () => <Page view="settings" />;
export const PolicyRevisionsPage = () => <Page view="revisions" />;
