// The frame that every list of records has in common: heads, cells with their names for narrow windows, what can be done with a row, and what
// is said when there is nothing. It knows no record; a page says what its columns show.
import type { ReactNode } from "react";
import { Table, Tbody, Td, Th, Thead, Tr, type TdProps } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";

export interface Column<T> {
  name: string;
  /** The head, and the name of the cell where the table is too narrow for heads. */
  text: string;
  cell: (row: T) => ReactNode;
  modifier?: NonNullable<TdProps["modifier"]>;
}

interface Props<T> {
  /** What the table is, for who cannot see it. */
  label: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string | number;
  /** Buttons or a menu at the end of each row. */
  actions?: (row: T) => ReactNode;
  /** Instead of a table without rows. */
  empty?: ReactNode;
}

export function RecordTable<T>({ label, columns, rows, keyOf, actions, empty = null }: Props<T>) {
  const { t } = useTranslation();
  if (rows.length === 0) return <>{empty}</>;
  return (
    <Table aria-label={label} variant="compact">
      <Thead>
        <Tr>
          {columns.map((column) => (
            <Th key={column.name} modifier="nowrap">
              {column.text}
            </Th>
          ))}
          {actions && <Th screenReaderText={t("common.actions")} />}
        </Tr>
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={keyOf(row)} data-row={keyOf(row)}>
            {columns.map((column) => (
              <Td key={column.name} dataLabel={column.text} {...(column.modifier ? { modifier: column.modifier } : {})}>
                {column.cell(row)}
              </Td>
            ))}
            {actions && <Td isActionCell>{actions(row)}</Td>}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
