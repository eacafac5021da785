import { useEffect } from "react";
import { Banner, Button } from "@patternfly/react-core";
import { DisconnectedIcon } from "@patternfly/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { askAgain, reach } from "../api/reach";
import { useSignal } from "../api/signal";

/** While the server is away; everything is read again when it is back. */
export function AwayBanner() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { away, returns } = useSignal(reach);
  useEffect(() => {
    if (returns > 0) void client.invalidateQueries();
  }, [client, returns]);
  return (
    <div role="status" aria-live="polite" className="daikan-away">
      {away && (
        <Banner color="orange" screenReaderText={t("away.label")}>
          <DisconnectedIcon aria-hidden /> {t("away.sentence")}{" "}
          <Button variant="link" isInline onClick={() => void askAgain()}>
            {t("away.try_now")}
          </Button>
        </Banner>
      )}
    </div>
  );
}
