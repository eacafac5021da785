import { ProgressStep, ProgressStepper } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { LinkCheck } from "../../api/types";
import { useProblemText } from "../../parts/problem_text";
import { Said } from "../../parts/said";
import { firstFailed, seenBy, type Step } from "./model";

const kVariants = { passed: "success", failed: "danger", skipped: "pending" } as const;

function Outcome({ check, step }: { check: LinkCheck; step: Step }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const by = seenBy(check, step);
  const text = step.error === null ? null : textOf(step.error);
  return (
    <>
      {text === null ? <Said text={step.detail} extent="phrase" /> : <span className="daikan-error">{text.sentence}</span>}
      {text?.remedy && <div>{text.remedy}</div>}
      {text?.original && <div><Said text={text.original} /></div>}
      <div>
        {[t(`link_doctor.outcome_${step.outcome}`), by !== null && step.outcome !== "skipped" && t("link_doctor.seen_by", { name: by }), step.took_ms !== null && t("secondary.milliseconds", { value: step.took_ms.toFixed(step.took_ms < 10 ? 1 : 0) })]
          .filter(Boolean)
          .join(" · ")}
      </div>
    </>
  );
}

/** All ten, in the order in which a link comes up. */
export function Steps({ check }: { check: LinkCheck }) {
  const { t } = useTranslation();
  const failed = firstFailed(check);
  return (
    <ProgressStepper isVertical aria-label={t("link_doctor.steps")}>
      {check.steps.map((step) => (
        <ProgressStep
          key={step.step}
          id={`step-${step.step}`}
          titleId={`step-${step.step}-title`}
          variant={kVariants[step.outcome]}
          isCurrent={step === failed}
          description={<Outcome check={check} step={step} />}
          aria-label={`${t(`link_doctor.step_${step.step}`)}: ${t(`link_doctor.outcome_${step.outcome}`)}`}
        >
          {t(`link_doctor.step_${step.step}`)}
        </ProgressStep>
      ))}
    </ProgressStepper>
  );
}
