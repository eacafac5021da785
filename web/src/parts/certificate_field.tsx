import { useState } from "react";
import { FileUpload, FormGroup } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { readCertificate, type CertificateFile } from "./certificate";
import { Fingerprint } from "./fingerprint";
import { FieldError } from "./text_field";

interface Props {
  id: string;
  label: string;
  value: CertificateFile | null;
  onChange: (value: CertificateFile | null) => void;
  problem?: unknown;
  field?: string;
  hint?: string;
  isRequired?: boolean;
}

/** Browse for a certificate file; shows its fingerprint at once. */
export function CertificateField({ id, label, value, onChange, problem, field = "certificate", hint, isRequired = false }: Props) {
  const { t } = useTranslation();
  const [message, setMessage] = useState<string | null>(null);
  const take = async (file: File) => {
    try {
      const read = await readCertificate(file.name, new Uint8Array(await file.arrayBuffer()));
      setMessage(null);
      onChange(read);
    } catch {
      setMessage(t("certificate.not_one", { name: file.name }));
      onChange(null);
    }
  };
  return (
    <FormGroup label={label} fieldId={`${id}-filename`} isRequired={isRequired}>
      <FileUpload
        id={id}
        filename={value?.fileName ?? ""}
        filenamePlaceholder={t("certificate.drop")}
        hideDefaultPreview
        browseButtonText={t("certificate.browse")}
        clearButtonText={t("certificate.clear")}
        onFileInputChange={(_, file) => void take(file)}
        onClearClick={() => {
          setMessage(null);
          onChange(null);
        }}
        isClearButtonDisabled={value === null}
        validated={message !== null ? "error" : "default"}
      />
      <FieldError id={id} problem={problem} field={field} hint={hint} message={message} />
      {value !== null && (
        <div className="daikan-compare">
          <span>{t("certificate.fingerprint")}</span>
          <Fingerprint value={value.fingerprint} />
        </div>
      )}
    </FormGroup>
  );
}
