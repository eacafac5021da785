import { useState } from "react";
import { FileUpload, FormGroup } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { FieldError } from "./text_field";

export interface ReadFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

interface Props {
  id: string;
  label: string;
  value: ReadFile | null;
  onChange: (value: ReadFile | null) => void;
  /** In bytes: what the server takes at most. */
  most: number;
  problem?: unknown;
  field: string;
  hint?: string;
}

/** Browse for a file that the server judges; one that is too large is told here. */
export function FileField({ id, label, value, onChange, most, problem, field, hint }: Props) {
  const { t } = useTranslation();
  const [message, setMessage] = useState<string | null>(null);
  const take = async (file: File) => {
    const fits = file.size > 0 && file.size <= most;
    setMessage(fits ? null : t(file.size === 0 ? "common.file_empty" : "common.file_too_large", { name: file.name, most: Math.floor(most / 1024) }));
    onChange(fits ? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } : null);
  };
  return (
    <FormGroup label={label} fieldId={`${id}-filename`} isRequired>
      <FileUpload
        id={id}
        filename={value?.name ?? ""}
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
    </FormGroup>
  );
}
