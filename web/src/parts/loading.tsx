import type { ReactNode } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Bullseye, PageSection, Spinner } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "./problem_alert";

export function Waiting() {
  const { t } = useTranslation();
  return (
    <Bullseye className="daikan-waiting">
      <Spinner size="lg" aria-label={t("common.loading")} />
    </Bullseye>
  );
}

/** What was read, once it is there; what went wrong with reading it, with a way to try again. Old content stays while it is read anew. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) {
    return (
      <PageSection hasBodyWrapper={false}>
        <ProblemAlert problem={query.error} onRetry={() => void query.refetch()} />
      </PageSection>
    );
  }
  return <Waiting />;
}
