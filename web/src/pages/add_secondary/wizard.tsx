// The Add secondary Administration Server Wizard: its pages, what it knows (model.ts) and what it carries out (use_join.ts).
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { PageSection, useWizardContext, Wizard, WizardFooterWrapper, WizardStep, Button } from "@patternfly/react-core";
import { useLocation, useNavigate, useParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { isLocalConsole } from "../../api/local_console";
import { told } from "../../api/problem";
import { lineage, useGroups, useServerRecord } from "../../api/queries";
import type { Operation, Server } from "../../api/types";
import { useServer } from "../../app/place";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { AccountStep } from "./account_step";
import { AddressStep } from "./address_step";
import { CertificateStep } from "./certificate_step";
import { change, firstDraft, kSteps, mayGoOn, missingOn, stepsOf, stepToMend, type Draft, type StepName, type StepProps } from "./model";
import { NameStep } from "./name_step";
import { ProgressStepPage } from "./progress_step";
import { ReachStep } from "./reach_step";
import { useJoin } from "./use_join";

/** Where the secondary probably reaches this server: the name that this browser knows it by, and its link port. */
function likelyAddress(server: Server, isOwn: boolean): string {
  const endpoint = server.link_endpoints[0] ?? "";
  const match = /^(.*):(\d+)$/.exec(endpoint);
  const host = match?.[1] ?? "";
  const port = match?.[2] ?? "13000";
  const isWildcard = host === "" || host === "0.0.0.0" || host === "[::]" || host === "*";
  if (!isWildcard) return endpoint;
  // The console of the administrator's own machine is on 127.0.0.1, which says nothing of where the server is.
  return isOwn && !isLocalConsole ? `${window.location.hostname}:${port}` : "";
}

interface Going {
  step: StepName;
  draft: Draft;
  onGone: () => void;
  onRefused: () => void;
}

function useNext({ step, draft, onGone, onRefused }: Going): () => void {
  const { goToNextStep } = useWizardContext();
  return () => {
    if (!mayGoOn(step, draft)) {
      onRefused();
      return;
    }
    onGone();
    void goToNextStep();
  };
}

/** A page of the wizard: Enter in one of its fields goes on, as the button below does. */
function Page({ children, ...going }: Going & { children: ReactNode }) {
  const next = useNext(going);
  const typed = (event: KeyboardEvent) => {
    // Enter that ends the choice of a Japanese word is not meant.
    if (event.key !== "Enter" || event.nativeEvent.isComposing || going.step === "progress") return;
    const field = event.target instanceof HTMLInputElement ? event.target.type : "";
    if (field !== "text" && field !== "password") return;
    event.preventDefault();
    next();
  };
  return <div onKeyDown={typed}>{children}</div>;
}

function Footer({ hasBegun, ...going }: Going & { hasBegun: boolean }) {
  const { t } = useTranslation();
  const { goToPrevStep, close } = useWizardContext();
  const { step, draft } = going;
  const next = useNext(going);
  const isFirst = step === "address";
  const isLast = step === "progress";
  return (
    <WizardFooterWrapper>
      {!isLast && (
        <Button variant="primary" onClick={next} isDisabled={missingOn(step, draft).found !== undefined}>
          {t("add_secondary.next")}
        </Button>
      )}
      <Button variant="secondary" onClick={() => void goToPrevStep()} isDisabled={isFirst}>
        {t("add_secondary.back")}
      </Button>
      <Button variant="link" onClick={() => close()}>
        {t(hasBegun ? "common.close" : "common.cancel")}
      </Button>
    </WizardFooterWrapper>
  );
}

/** Goes to a page of the wizard from outside of its footer. */
function Jump({ to, onDone }: { to: StepName | null; onDone: () => void }) {
  const { goToStepById } = useWizardContext();
  useEffect(() => {
    if (to === null) return;
    goToStepById(`page-${to}`);
    onDone();
  }, [to, goToStepById, onDone]);
  return null;
}

function AddSecondary({ server, group }: { server: Server; group: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { path, href } = useServer();
  const { groupId } = useParams();
  const fresh = () => firstDraft(group, likelyAddress(server, path.length === 0));
  const [draft, setDraft] = useState(fresh);
  const [tried, setTried] = useState<ReadonlySet<StepName>>(new Set());
  const [problem, setProblem] = useState<unknown>(null);
  const [jump, setJump] = useState<StepName | null>(null);
  const join = useJoin();
  const jumped = useRef(() => setJump(null));

  const set = (part: Partial<Draft>) => setDraft((now) => change(now, part));
  const steps = stepsOf(draft);
  const locked = join.operation?.state === "running" || join.operation?.state === "done" || join.secondary !== null;

  // PatternFly calls the list of steps of a narrow window "Wizard toggle" and takes no other name.
  useEffect(() => {
    document.querySelector(".daikan-wizard .pf-v6-c-wizard__toggle")?.setAttribute("aria-label", t("add_secondary.pages"));
  }, [t]);

  const mend = (operation: Operation | null, what: unknown) => {
    const failed = operation?.steps.find((step) => step.state === "failed")?.step ?? null;
    const { field, code } = told(what);
    setProblem(what);
    const step = stepToMend(draft, field, failed, code);
    join.forget();
    setJump(steps.includes(step) ? step : "address");
  };
  const another = () => {
    // Everything anew but the group: the wizard itself begins again with the page.
    void navigate(href(`/groups/${groupId}/add-secondary`), { state: { again: Date.now() } });
  };

  const going = (step: StepName): Going => ({ step, draft, onGone: () => setProblem(null), onRefused: () => setTried(new Set([...tried, step])) });
  const stepProps = (step: StepName): StepProps => ({ draft, set, problem, shown: tried.has(step) ? missingOn(step, draft) : {} });
  const bodies: Record<StepName, () => ReactNode> = {
    address: () => <AddressStep {...stepProps("address")} />,
    certificate: () => <CertificateStep {...stepProps("certificate")} />,
    name: () => <NameStep {...stepProps("name")} />,
    reach: () => <ReachStep {...stepProps("reach")} />,
    account: () => <AccountStep {...stepProps("account")} />,
    progress: () => <ProgressStepPage {...stepProps("account")} join={join} onMend={mend} onAnother={another} />,
  };
  return (
    <Wizard isVisitRequired onClose={() => void navigate(href(`/groups/${groupId}/servers`))} navAriaLabel={t("add_secondary.pages")} className="daikan-wizard">
      {kSteps.map((step) => (
        <WizardStep
          key={step}
          id={`page-${step}`}
          name={t(`add_secondary.page_${step}`)}
          isHidden={!steps.includes(step)}
          isDisabled={(locked && step !== "progress") || steps.slice(0, Math.max(0, steps.indexOf(step))).some((before) => !mayGoOn(before, draft))}
          footer={locked ? <span /> : <Footer {...going(step)} hasBegun={join.operation !== null} />}
        >
          <Jump to={jump} onDone={jumped.current} />
          <Page {...going(step)}>
            {step !== "progress" && problem !== null && told(problem).field === null && <ProblemAlert problem={problem} />}
            {bodies[step]()}
          </Page>
        </WizardStep>
      ))}
    </Wizard>
  );
}

export function AddSecondaryPage() {
  const { t } = useTranslation();
  const { path, href } = useServer();
  const { groupId } = useParams();
  const { nameOf } = useGroupNames();
  const groups = useGroups(path);
  const server = useServerRecord(path);
  const group = groups.data?.find((each) => each.id === groupId);
  const again = (useLocation().state as { again?: number } | null)?.again ?? 0;
  return (
    <>
      <PageHeader
        title={t("add_secondary.title")}
        crumbs={[...lineage(groups.data ?? [], groupId ?? null).map((each) => ({ text: nameOf(each), to: href(`/groups/${each.id}`) })), { text: t("tree.folder"), to: href(`/groups/${groupId}/servers`) }]}
      />
      <PageSection hasBodyWrapper={false} isFilled padding={{ default: "noPadding" }} type="wizard">
        <Loaded query={groups}>{() => <Loaded query={server}>{(record) => <AddSecondary key={again} server={record} group={group?.path ?? groups.data?.[0]?.path ?? ""} />}</Loaded>}</Loaded>
      </PageSection>
    </>
  );
}
