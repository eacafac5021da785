import { Button } from "@patternfly/react-core";
import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

/** Older ones, page by page; nothing when there are none. */
export function Older({ query }: { query: UseInfiniteQueryResult }) {
  const { t } = useTranslation();
  if (!query.hasNextPage) return null;
  return (
    <Button variant="secondary" onClick={() => void query.fetchNextPage()} isLoading={query.isFetchingNextPage} isDisabled={query.isFetchingNextPage}>
      {t("history.older")}
    </Button>
  );
}
