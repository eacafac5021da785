import { useState } from "react";
import { ActionGroup, Button, PageSection } from "@patternfly/react-core";
import { useNavigate, useParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { freshKey } from "../../api/client";
import { lineage, useGroups, useReload } from "../../api/queries";
import type { Group } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { NotFoundPage } from "../not_found";
import { createRequest, emptyPolicy, wrongFields, type PolicyDraft } from "./model";
import { PolicyForm } from "./policy_form";
import { ReviewDialog } from "./review_dialog";
import { kServerApplication, useApplication, type ApplicationForm } from "./use_policies";

function AddForm({ form, group, back }: { form: ApplicationForm; group: Group; back: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { api, path, href } = useServer();
  const reload = useReload(path);
  const [draft, setDraft] = useState<PolicyDraft>(() => ({ ...emptyPolicy(form.fields, group.path), active: true }));
  const [reviews, setReviews] = useState(false);
  const [key] = useState(freshKey);
  const body = createRequest(form.fields, form.name, draft);
  const wrong = wrongFields(form.fields, draft);
  const make = async () => {
    const { data } = await api.post("policies", { body, idempotencyKey: key });
    tell(t("policies.made", { name: data.name }));
    if (data.deactivated) tell(t("policies.was_deactivated", { name: data.deactivated.name }), "info");
    await reload();
    void navigate(href(`/policies/${data.id}`));
  };
  return (
    <PolicyForm form={form} draft={draft} set={(part) => setDraft((now) => ({ ...now, ...part }) as PolicyDraft)} problem={null} fixedGroup onSubmit={() => wrong.length === 0 && setReviews(true)}>
      <ActionGroup>
        <Button type="submit" isDisabled={wrong.length > 0}>
          {t("policies.review")}
        </Button>
        <Button variant="link" onClick={() => void navigate(back)}>
          {t("common.cancel")}
        </Button>
      </ActionGroup>
      {reviews && <ReviewDialog title={t("policies.review_add", { name: body.name })} change={body} fields={form.fields} confirm={t("policies.make")} onConfirm={make} onClose={() => setReviews(false)} />}
    </PolicyForm>
  );
}

export function AddPolicyPage() {
  const { t } = useTranslation();
  const { path, href } = useServer();
  const { groupId = "" } = useParams();
  const { nameOf } = useGroupNames();
  const groups = useGroups(path);
  const application = useApplication(kServerApplication);
  return (
    <Loaded query={groups}>
      {(all) => {
        const group = all.find((each) => each.id === groupId);
        if (group === undefined) return <NotFoundPage />;
        const back = href(`/groups/${groupId}/policies`);
        return (
          <>
            <PageHeader title={t("policies.add_title", { name: nameOf(group) })} lead={t("policies.lead")} crumbs={[...lineage(all, groupId).map((each) => ({ text: nameOf(each), to: href(`/groups/${each.id}`) })), { text: t("policies.title"), to: back }]} />
            <PageSection hasBodyWrapper={false}>
              <ProblemAlert problem={groups.error} variant="warning" />
              <Loaded query={application}>{(form) => <AddForm form={form} group={group} back={back} />}</Loaded>
            </PageSection>
          </>
        );
      }}
    </Loaded>
  );
}
