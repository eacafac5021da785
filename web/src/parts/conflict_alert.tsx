import { AlertActionLink } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import { Alert } from "./alert";
import type { RecordEdit } from "./use_record_edit";

interface Props<D extends object> {
  edit: RecordEdit<unknown, D>;
  /** The name of a field, and its value as people read it. */
  label: (field: keyof D) => string;
  show: (field: keyof D, draft: D) => string;
}

/** Somebody else saved the record in the meantime: both values side by side, and a choice. Nothing typed is lost. */
export function ConflictAlert<D extends object>({ edit, label, show }: Props<D>) {
  const { t } = useTranslation();
  const { conflict } = edit;
  if (conflict === null) return null;
  const fields = [...conflict.conflicts, ...conflict.adopted];
  const decides = conflict.conflicts.length > 0;
  return (
    <Alert
      isInline
      variant="warning"
      role="alert"
      title={t(decides ? "conflict.title" : "conflict.title_merged")}
      actionLinks={
        decides ? (
          <>
            <AlertActionLink onClick={edit.keepMine}>{t("conflict.keep_mine")}</AlertActionLink>
            <AlertActionLink onClick={edit.takeTheirs}>{t("conflict.take_theirs")}</AlertActionLink>
          </>
        ) : (
          <AlertActionLink onClick={edit.keepMine}>{t("conflict.understood")}</AlertActionLink>
        )
      }
    >
      <p>{t(decides ? "conflict.body" : "conflict.body_merged")}</p>
      {fields.length > 0 && (
        <Table variant="compact" borders={false} aria-label={t("conflict.table")}>
          <Thead>
            <Tr>
              <Th>{t("conflict.field")}</Th>
              <Th>{t("conflict.theirs")}</Th>
              <Th>{t("conflict.mine")}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {fields.map((field) => (
              <Tr key={String(field)} data-field={String(field)}>
                <Td>{label(field)}</Td>
                <Td data-side="theirs">{show(field, conflict.theirs) || "–"}</Td>
                <Td data-side="mine">{show(field, conflict.mine) || "–"}</Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </Alert>
  );
}
