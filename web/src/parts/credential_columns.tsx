import { useTranslation } from "react-i18next";
import type { Credential } from "../api/types";
import type { Column } from "./record_table";
import { When } from "./when";

/** What is shown of a session or token wherever it is listed. */
export function useCredentialColumns<T extends Credential>(): Column<T>[] {
  const { t } = useTranslation();
  return [
    { name: "source", text: t("sessions.source"), cell: (each) => each.source },
    { name: "created", text: t("sessions.created"), modifier: "nowrap", cell: (each) => <When at={each.created_at} /> },
    { name: "used", text: t("sessions.last_used"), modifier: "nowrap", cell: (each) => <When at={each.last_used_at} /> },
    { name: "expires", text: t("sessions.expires"), modifier: "nowrap", cell: (each) => <When at={each.expires_at} /> },
  ];
}
