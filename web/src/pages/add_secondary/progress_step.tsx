import { useEffect, useRef, type ReactNode } from "react";
import { Button, Card, CardBody, Content, Flex, Form, ProgressStep, ProgressStepper, Title } from "@patternfly/react-core";
import { useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { hasCode } from "../../api/problem";
import type { Operation } from "../../api/types";
import { useServer } from "../../app/place";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { useGroupNames } from "../../parts/group_names";
import { ProblemAlert } from "../../parts/problem_alert";
import { useProblemText } from "../../parts/problem_text";
import { Said } from "../../parts/said";
import { LoginFields } from "./account_step";
import { Handover } from "./handover";
import { calledHere, joins, takesFile, wantsOtherLogin, wayOf, type Draft, type StepProps } from "./model";
import type { Join } from "./use_join";

type OperationStep = Operation["steps"][number];

const kVariants = { pending: "pending", running: "info", done: "success", failed: "danger", undone: "warning" } as const;

function Steps({ operation }: { operation: Operation }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const describe = (step: OperationStep) => {
    if (step.error !== null) return [textOf(step.error).sentence, textOf(step.error).remedy].filter(Boolean).join(" ");
    return step.detail ? <Said text={step.detail} extent="phrase" /> : null;
  };
  return (
    <ProgressStepper isVertical aria-label={t("add_secondary.progress_label")}>
      {operation.steps.map((step) => (
        <ProgressStep
          key={step.step}
          id={`step-${step.step}`}
          titleId={`step-${step.step}-title`}
          variant={kVariants[step.state]}
          isCurrent={step.state === "running"}
          aria-label={t(`add_secondary.step_state_${step.state}`)}
          description={describe(step)}
        >
          <span data-step={step.step} data-state={step.state}>
            {t(`add_secondary.step_${step.step}`)}
          </span>
        </ProgressStep>
      ))}
    </ProgressStepper>
  );
}

function Summary({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const { pathOf } = useGroupNames();
  const fingerprint = takesFile(draft) ? draft.file?.fingerprint : draft.found?.fingerprint;
  return (
    <>
      <Content component="p">{t(`add_secondary.ready_${joins(draft) ? wayOf(draft) : "register"}`, { name: calledHere(draft) || t("add_secondary.the_server"), group: pathOf(draft.group) })}</Content>
      {fingerprint && <Facts items={[[t("certificate.fingerprint"), <Fingerprint value={fingerprint} />]]} />}
    </>
  );
}

/** How it stands. Takes the focus when what had it is gone: the button that began or resumed the join. */
function Standing({ state, children }: { state: Operation["state"]; children: ReactNode }) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) line.current?.focus();
  }, [state]);
  return (
    <div ref={line} tabIndex={-1}>
      <Title headingLevel="h3" size="md" aria-live="polite">
        {children}
      </Title>
    </div>
  );
}

interface Props extends StepProps {
  join: Join;
  onMend: (operation: Operation | null, problem: unknown) => void;
  onAnother: () => void;
}

/** The last page: each step as it runs, the remedy at the one that failed, and going on from there. */
export function ProgressStepPage(props: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { href } = useServer();
  const { draft, set, join, shown, onMend, onAnother } = props;
  const { operation, secondary, problem, busy } = join;

  if (secondary !== null) return <Handover draft={draft} secondary={secondary} onAnother={onAnother} />;

  if (operation === null) {
    return (
      <div className="daikan-stack">
        <Summary draft={draft} />
        <ProblemAlert problem={problem} actions={problem ? <Button variant="link" isInline onClick={() => onMend(null, problem)}>{t("add_secondary.mend")}</Button> : undefined} />
        <Flex>
          <Button onClick={() => void join.begin(draft)} isLoading={busy} isDisabled={busy}>
            {problem ? t("common.try_again") : t("add_secondary.begin")}
          </Button>
        </Flex>
      </div>
    );
  }

  const failed = operation.steps.find((step) => step.state === "failed") ?? null;
  const reason = failed?.error ?? operation.error;
  const wantsLogin = reason !== null && wantsOtherLogin(failed?.step ?? null, reason.code);
  const running = operation.state === "running";
  return (
    <div className="daikan-stack" data-operation={operation.state}>
      <Standing state={operation.state}>{t(`add_secondary.state_${operation.state}`, { name: calledHere(draft) })}</Standing>
      <Steps operation={operation} />
      {!running && operation.state !== "done" && (
        <>
          <ProblemAlert problem={reason} />
          {wantsLogin && (
            <Card>
              <CardBody>
                <Form onSubmit={(event) => event.preventDefault()}>
                  <LoginFields draft={draft} set={set} problem={null} shown={shown} />
                </Form>
              </CardBody>
            </Card>
          )}
          <Flex>
            {operation.state !== "undone" && (
              <Button onClick={() => void join.resume(draft)} isLoading={busy} isDisabled={busy}>
                {t("add_secondary.resume")}
              </Button>
            )}
            <Button variant={operation.state === "undone" ? "primary" : "secondary"} onClick={() => onMend(operation, reason)} isDisabled={busy}>
              {t("add_secondary.mend")}
            </Button>
            {operation.state === "interrupted" && (
              <Button variant="link" onClick={() => void join.cancel()} isDisabled={busy}>
                {t("add_secondary.undo")}
              </Button>
            )}
          </Flex>
        </>
      )}
      {running && (
        <Flex>
          <Button variant="secondary" onClick={() => void join.cancel()} isDisabled={busy}>
            {t("add_secondary.undo")}
          </Button>
        </Flex>
      )}
      {/* An operation that just ended cannot be resumed or cancelled any more: that is no failure to tell. */}
      {problem !== null && !hasCode(problem, "conflict") && <ProblemAlert problem={problem} />}
      {operation.state === "done" && operation.result && (
        <Flex>
          <Button onClick={() => void navigate(href(`/servers/${operation.result!.registration_id}`))}>{t("add_secondary.open")}</Button>
          <Button variant="link" onClick={onAnother}>
            {t("add_secondary.another")}
          </Button>
        </Flex>
      )}
    </div>
  );
}
