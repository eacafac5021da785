import { ClipboardCopyButton } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** Groups of four pairs, as people read them to each other: `AB:CD:EF:01 23:…`. */
export const fingerprintGroups = (fingerprint: string): string[] => {
  const pairs = fingerprint.replace(/[^0-9a-fA-F]/g, "").toUpperCase().match(/.{1,2}/g) ?? [];
  const groups: string[] = [];
  for (let at = 0; at < pairs.length; at += 4) groups.push(pairs.slice(at, at + 4).join(":"));
  return groups;
};

/** Two fingerprints that differ in writing only are the same. */
export const sameFingerprint = (one: string, other: string) => fingerprintGroups(one).join() === fingerprintGroups(other).join();

/** The SHA-256 of a certificate, to compare and to copy. `short` shows its beginning. */
export function Fingerprint({ value, short = false }: { value: string; short?: boolean }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const groups = fingerprintGroups(value);
  if (short) {
    return (
      <code className="daikan-fingerprint" title={value}>
        {groups[0]}…
      </code>
    );
  }
  return (
    <span className="daikan-fingerprint-row">
      <code className="daikan-fingerprint" data-fingerprint={value}>
        {groups.map((group, at) => (
          <span key={at}>{group}</span>
        ))}
      </code>
      <ClipboardCopyButton
        id={`copy-${value.slice(0, 11)}`}
        aria-label={t("common.copy_fingerprint")}
        variant="plain"
        onClick={() => {
          void navigator.clipboard?.writeText(value).then(() => setCopied(true));
        }}
        onTooltipHidden={() => setCopied(false)}
      >
        {copied ? t("common.copied") : t("common.copy")}
      </ClipboardCopyButton>
    </span>
  );
}
