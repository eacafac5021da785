import { useTranslation } from "react-i18next";
import { readCertificate, type CertificateFile } from "./certificate";
import { FileBrowse } from "./file_field";
import { Fingerprint } from "./fingerprint";

interface Props {
  id: string;
  label: string;
  value: CertificateFile | null;
  onChange: (value: CertificateFile | null) => void;
  problem?: unknown;
  field?: string;
  hint?: string;
  message?: string | null;
  isRequired?: boolean;
}

/** Browse for a certificate file; shows its fingerprint at once. */
export function CertificateField({ value, onChange, field = "certificate", ...rest }: Props) {
  const { t } = useTranslation();
  const take = async (file: File) => {
    try {
      onChange(await readCertificate(file.name, new Uint8Array(await file.arrayBuffer())));
      return null;
    } catch {
      onChange(null);
      return t("certificate.not_one", { name: file.name });
    }
  };
  return (
    <FileBrowse {...rest} field={field} fileName={value?.fileName ?? ""} take={take} onClear={() => onChange(null)}>
      {value !== null && (
        <div className="daikan-compare">
          <span>{t("certificate.fingerprint")}</span>
          <Fingerprint value={value.fingerprint} />
        </div>
      )}
    </FileBrowse>
  );
}
