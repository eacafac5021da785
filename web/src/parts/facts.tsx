import type { ReactNode } from "react";
import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from "@patternfly/react-core";

/** Names and values of one record. A value of null is left out. `narrow`: names above the values, as on a narrow screen. */
export function Facts({ items, narrow = false }: { items: [string, ReactNode][]; narrow?: boolean }) {
  return (
    <DescriptionList {...(narrow ? {} : { termWidth: "14rem", orientation: { md: "horizontal" as const } })} isCompact>
      {items
        .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "")
        .map(([name, value]) => (
          <DescriptionListGroup key={name}>
            <DescriptionListTerm>{name}</DescriptionListTerm>
            <DescriptionListDescription>{value}</DescriptionListDescription>
          </DescriptionListGroup>
        ))}
    </DescriptionList>
  );
}
