import { useState } from "react";
import { ClipboardCopy } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Alert } from "./alert";

/** A secret that the server tells once: to copy, with the warning that it is not shown again. */
export function SecretOnce({ title, label, secret, children }: { title: string; label: string; secret: string; children?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <>
      <Alert isInline variant="warning" title={title}>
        {children}
      </Alert>
      <ClipboardCopy isReadOnly isCode hoverTip={t("common.copy")} clickTip={t("common.copied")} textAriaLabel={label} toggleAriaLabel={label} onCopy={() => void navigator.clipboard?.writeText(secret).then(() => setCopied(true))}>
        {secret}
      </ClipboardCopy>
      <span className="pf-v6-u-screen-reader" role="status">
        {copied ? t("common.copied") : ""}
      </span>
    </>
  );
}
