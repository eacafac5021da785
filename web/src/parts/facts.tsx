import type { ReactNode } from "react";
import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm } from "@patternfly/react-core";

/** Names and values of one record. A value of null is left out. */
export function Facts({ items, wide = false }: { items: [string, ReactNode][]; wide?: boolean }) {
  return (
    <DescriptionList isHorizontal termWidth="14rem" columnModifier={wide ? { default: "1Col", "2xl": "2Col" } : { default: "1Col" }} isCompact>
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
