import type { ComponentType, ReactNode } from "react";
import { EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";

interface Props {
  title: string;
  /** What to do first. */
  children: ReactNode;
  icon?: ComponentType;
  actions?: ReactNode;
}

/** A page or table with nothing in it: says what to do first. */
export function Empty({ title, children, icon, actions }: Props) {
  return (
    <EmptyState titleText={title} headingLevel="h2" icon={icon} variant="sm">
      <EmptyStateBody>{children}</EmptyStateBody>
      {actions && (
        <EmptyStateFooter>
          <EmptyStateActions>{actions}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
