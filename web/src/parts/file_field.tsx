import { useState, type ReactNode } from "react";
import { FileUpload, FormGroup } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { FieldError } from "./text_field";

export interface ReadFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

interface BrowseProps {
  id: string;
  label: string;
  /** Of the file that was taken; empty: none. */
  fileName: string;
  /** Reads what was chosen; what it returns is told at the field. */
  take: (file: File) => Promise<string | null>;
  onClear: () => void;
  problem?: unknown;
  field: string;
  hint?: string;
  /** What is wrong with the choice before the server was asked. */
  message?: string | null;
  isRequired?: boolean;
  children?: ReactNode;
}

/** Browse for a file, or drop it; what is wrong with it stands at the field. */
export function FileBrowse({ id, label, fileName, take, onClear, problem, field, hint, message: wrong = null, isRequired = false, children }: BrowseProps) {
  const { t } = useTranslation();
  const [message, setMessage] = useState<string | null>(null);
  return (
    <FormGroup label={label} fieldId={`${id}-filename`} isRequired={isRequired}>
      <FileUpload
        id={id}
        filename={fileName}
        filenamePlaceholder={t("certificate.drop")}
        hideDefaultPreview
        browseButtonText={t("certificate.browse")}
        clearButtonText={t("certificate.clear")}
        onFileInputChange={(_, file) => void take(file).then(setMessage)}
        onClearClick={() => {
          setMessage(null);
          onClear();
        }}
        isClearButtonDisabled={fileName === ""}
        validated={message !== null || wrong !== null ? "error" : "default"}
      />
      <FieldError id={id} problem={problem} field={field} hint={hint} message={message ?? wrong} />
      {children}
    </FormGroup>
  );
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

/** A file that the server judges; one that is too large is told here. */
export function FileField({ value, onChange, most, ...field }: Props) {
  const { t } = useTranslation();
  const take = async (file: File) => {
    const fits = file.size > 0 && file.size <= most;
    onChange(fits ? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } : null);
    return fits ? null : t(file.size === 0 ? "common.file_empty" : "common.file_too_large", { name: file.name, most: Math.floor(most / 1024) });
  };
  return <FileBrowse {...field} fileName={value?.name ?? ""} take={take} onClear={() => onChange(null)} isRequired />;
}
