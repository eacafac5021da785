import type { ReactNode } from "react";
import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from "@patternfly/react-core";

/** Names and values of one record. A value of null is left out. `narrow`: names above the values. */
export function Facts({ items, narrow = false }: { items: [string, ReactNode][]; narrow?: boolean }) {
  return (
    <DescriptionList isHorizontal={!narrow} {...(narrow ? {} : { termWidth: "14rem" })} isCompact>
      {items
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <DescriptionListGroup key={name}>
            <DescriptionListTerm>{name}</DescriptionListTerm>
            <DescriptionListDescription>{value}</DescriptionListDescription>
          </DescriptionListGroup>
        ))}
    </DescriptionList>
  );
}
