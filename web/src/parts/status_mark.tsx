import type { ComponentType, SVGProps } from "react";
import { CheckCircleIcon, DisconnectedIcon, ExclamationCircleIcon, InProgressIcon, OutlinedClockIcon } from "@patternfly/react-icons";
import { Icon, Label, type IconComponentProps } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { LinkState } from "../api/types";

type Status = NonNullable<IconComponentProps["status"]>;

const kMarks: Record<LinkState, { icon: ComponentType<SVGProps<SVGElement>>; status: Status | undefined; color: "green" | "blue" | "orange" | "red" | "grey" }> = {
  connected: { icon: CheckCircleIcon, status: "success", color: "green" },
  connecting: { icon: InProgressIcon, status: "info", color: "blue" },
  disconnected: { icon: DisconnectedIcon, status: "warning", color: "orange" },
  refused: { icon: ExclamationCircleIcon, status: "danger", color: "red" },
  never_connected: { icon: OutlinedClockIcon, status: undefined, color: "grey" },
};

/** The state of a link: a shape and a colour, and its name for who cannot see either. */
export function StatusMark({ state, bare = false }: { state: LinkState; bare?: boolean }) {
  const { t } = useTranslation();
  const mark = kMarks[state];
  const Mark = mark.icon;
  const name = t(`link_state.${state}`);
  if (bare) {
    return (
      <Icon status={mark.status} isInline className="daikan-mark" data-state={state}>
        <Mark aria-label={name} role="img" />
      </Icon>
    );
  }
  return (
    <Label color={mark.color} icon={<Mark />} isCompact data-state={state} variant="outline">
      {name}
    </Label>
  );
}
