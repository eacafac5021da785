import { AlertActionCloseButton, AlertGroup } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useSignal } from "../api/signal";
import { dismiss, notices } from "../app/notices";
import { Alert } from "../parts/alert";

export function NoticeList() {
  const { t } = useTranslation();
  const all = useSignal(notices);
  return (
    <AlertGroup isToast isLiveRegion aria-label={t("shell.notices")}>
      {all.map((notice) => (
        <Alert
          key={notice.id}
          variant={notice.kind}
          title={notice.text}
          timeout={6000}
          onTimeout={() => dismiss(notice.id)}
          actionClose={<AlertActionCloseButton aria-label={t("common.close")} onClose={() => dismiss(notice.id)} />}
        />
      ))}
    </AlertGroup>
  );
}
