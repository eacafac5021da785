// Every policy of a server, and what is in force on the server itself.
import { useState } from "react";
import { Button, Checkbox, Content, PageSection } from "@patternfly/react-core";
import { ClipboardCheckIcon } from "@patternfly/react-icons";
import { useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { lineage, useGroups } from "../../api/queries";
import type { EffectiveSetting, Group, Policy } from "../../api/types";
import { useMay, useMayOn, useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { Empty } from "../../parts/empty";
import { Loaded } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { PageTabs } from "../../parts/page_tabs";
import { EffectiveTable } from "./effective_table";
import { ImportDialog } from "./import_dialog";
import { LocalSettingDialog } from "./local_setting_dialog";
import { PoliciesTable, savePolicyFile } from "./policies_table";
import type { SettingField } from "./schema";
import { StatusView } from "./status_page";
import { kServerApplication, useApplication, useEffective, usePolicies, type ApplicationForm } from "./use_policies";

function ShowInherited({ shows, onChange }: { shows: boolean; onChange: (shows: boolean) => void }) {
  const { t } = useTranslation();
  return <Checkbox id="show-inherited" label={t("policies.show_inherited")} isChecked={shows} onChange={(_, value) => onChange(value)} />;
}

/** A group's own policies, and the active ones that reach it from groups and servers above. */
export function policiesOfGroup(policies: Policy[], groups: Group[], groupId: string): { own: Policy[]; inherited: Policy[] } {
  const above = lineage(groups, groupId).slice(0, -1).map((group) => group.id);
  return {
    own: policies.filter((each) => each.group_id === groupId),
    inherited: [...policies.filter((each) => each.inherited_from !== null), ...above.flatMap((id) => policies.filter((each) => each.group_id === id && each.active))],
  };
}

function useMayAdd(group: Group): boolean {
  const mayEdit = useMayOn("edit_policies")(group.id);
  const mayManage = useMay("manage_server");
  return mayEdit && (group.parent_id !== null || mayManage);
}

/** The policies of one group, in its workspace. */
export function GroupPolicies({ group, groups }: { group: Group; groups: Group[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { href } = useServer();
  const policies = usePolicies();
  const application = useApplication(kServerApplication);
  const [showsInherited, setShowsInherited] = useState(true);
  const mayAdd = useMayAdd(group);
  const add = mayAdd && <Button onClick={() => void navigate(href(`/groups/${group.id}/add-policy`))}>{t("policies.add")}</Button>;
  return (
    <Loaded query={application}>
      {(form) => (
        <Loaded query={policies}>
          {(all) => {
            const { own, inherited } = policiesOfGroup(all, groups, group.id);
            const shown = showsInherited ? [...own, ...inherited] : own;
            return (
              <>
                <div className="daikan-line daikan-bar">
                  {add}
                  <ShowInherited shows={showsInherited} onChange={setShowsInherited} />
                </div>
                {shown.length === 0 ? (
                  <Empty title={t("policies.none")} icon={ClipboardCheckIcon}>
                    {t("policies.none_body")}
                  </Empty>
                ) : (
                  <PoliciesTable policies={shown} form={form} groupId={group.id} />
                )}
              </>
            );
          }}
        </Loaded>
      )}
    </Loaded>
  );
}

/** What is in force in one group, in its workspace. */
export function GroupSettings({ group }: { group: Group }) {
  const { t } = useTranslation();
  const effective = useEffective(group.id);
  const application = useApplication(kServerApplication);
  return (
    <Loaded query={application}>
      {(form) => (
        <Loaded query={effective}>
          {(settings) => (
            <>
              <Content component="p">{t("policies.effective_group_lead")}</Content>
              <EffectiveTable effective={settings} form={form} label={t("policies.effective")} />
            </>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

function ServerSettings({ form }: { form: ApplicationForm }) {
  const { t } = useTranslation();
  const effective = useEffective(null);
  const mayManage = useMay("manage_server");
  const [edits, setEdits] = useState<{ setting: EffectiveSetting; field: SettingField } | null>(null);
  const action = (setting: EffectiveSetting, field: SettingField) =>
    setting.locked ? null : (
      <Button variant="link" isInline className="daikan-nowrap" onClick={() => setEdits({ setting, field })} aria-label={t("policies.set_here_for", { name: field.title })}>
        {t("policies.set_here")}
      </Button>
    );
  return (
    <Loaded query={effective}>
      {(settings) => (
        <>
          <Content component="p">{t("policies.effective_server_lead")}</Content>
          {settings.items.some((each) => each.locked) && <Alert isInline isPlain variant="info" title={t("policies.locked_here")} />}
          <EffectiveTable effective={settings} form={form} label={t("policies.effective")} {...(mayManage ? { action } : {})} />
          {edits && <LocalSettingDialog {...edits} onClose={() => setEdits(null)} />}
        </>
      )}
    </Loaded>
  );
}

function AllPolicies({ form }: { form: ApplicationForm }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { path, href } = useServer();
  const policies = usePolicies();
  const groups = useGroups(path);
  const [showsInherited, setShowsInherited] = useState(true);
  const [imports, setImports] = useState(false);
  const root = groups.data?.find((group) => group.parent_id === null);
  const mayEdit = useMay("edit_policies", root?.id ?? null);
  return (
    <Loaded query={policies}>
      {(all) => {
        const own = all.filter((each) => each.inherited_from === null);
        const shown = showsInherited ? all : own;
        const add = mayEdit && root && <Button onClick={() => void navigate(href(`/groups/${root.id}/add-policy`))}>{t("policies.add")}</Button>;
        return (
          <>
            <div className="daikan-line daikan-bar">
              {shown.length > 0 && add}
              {mayEdit && (
                <Button variant="secondary" onClick={() => setImports(true)}>
                  {t("policies.import")}
                </Button>
              )}
              {own.length > 0 && (
                <Button variant="secondary" onClick={() => own.forEach(savePolicyFile)}>
                  {t("policies.export_all")}
                </Button>
              )}
              <ShowInherited shows={showsInherited} onChange={setShowsInherited} />
            </div>
            {shown.length === 0 ? (
              <Empty title={t("policies.none")} icon={ClipboardCheckIcon} actions={add}>
                {t("policies.none_body")}
              </Empty>
            ) : (
              <PoliciesTable policies={shown} form={form} />
            )}
            {imports && <ImportDialog policies={all} form={form} onClose={() => setImports(false)} />}
          </>
        );
      }}
    </Loaded>
  );
}

function Status() {
  const policies = usePolicies();
  return <Loaded query={policies}>{(all) => <StatusView policies={all} />}</Loaded>;
}

function Page({ view }: { view: "list" | "effective" | "status" }) {
  const { t } = useTranslation();
  const { href } = useServer();
  const application = useApplication(kServerApplication);
  return (
    <>
      <PageHeader title={t("policies.title")} lead={t("policies.lead")}>
        <PageTabs
          label={t("policies.views")}
          current={view}
          tabs={[
            { name: "list", text: t("policies.title"), to: href("/policies") },
            { name: "effective", text: t("policies.effective"), to: href("/policies/effective") },
            { name: "status", text: t("policies.status"), to: href("/policies/status") },
          ]}
        />
      </PageHeader>
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        {view === "status" && <Status />}
        {view !== "status" && <Loaded query={application}>{(form) => (view === "list" ? <AllPolicies form={form} /> : <ServerSettings form={form} />)}</Loaded>}
      </PageSection>
    </>
  );
}

export const PoliciesPage = () => <Page view="list" />;
export const EffectiveSettingsPage = () => <Page view="effective" />;
export const PolicyStatusPage = () => <Page view="status" />;
