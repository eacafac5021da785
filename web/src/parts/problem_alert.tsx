import type { ReactNode } from "react";
import { AlertActionLink, Content } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Alert } from "./alert";
import { useProblemText } from "./problem_text";
import { Said } from "./said";

interface Props {
  problem: unknown;
  onRetry?: () => void;
  /** More to do about it than to try again. */
  actions?: ReactNode;
  variant?: "danger" | "warning";
}

/** What failed on what, and what to do next. Nothing while there is no problem. */
export function ProblemAlert({ problem, onRetry, actions, variant = "danger" }: Props) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  if (problem === null || problem === undefined || problem === false) return null;
  const text = textOf(problem);
  const links = (
    <>
      {onRetry && <AlertActionLink onClick={onRetry}>{t("common.try_again")}</AlertActionLink>}
      {actions}
    </>
  );
  return (
    <Alert isInline variant={variant} title={text.sentence} className="daikan-problem" data-code={text.code} actionLinks={onRetry || actions ? links : undefined} role="alert">
      <Content component="small">
        {text.remedy && <p>{text.remedy}</p>}
        {text.original && <p><Said text={text.original} /></p>}
        {text.requestId && <p>{t("common.request_id", { id: text.requestId })}</p>}
      </Content>
    </Alert>
  );
}
