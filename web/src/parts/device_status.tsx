import type { ComponentType, SVGProps } from "react";
import { CheckCircleIcon, ExclamationCircleIcon, ExclamationTriangleIcon, QuestionCircleIcon } from "@patternfly/react-icons";
import { Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { DeviceStatus } from "../api/types";

/** In the order of columns and of the choices of a filter. */
export const kDeviceStatuses: DeviceStatus[] = ["ok", "warning", "critical", "unknown"];

const kMarks: Record<DeviceStatus, { icon: ComponentType<SVGProps<SVGElement>>; color: "green" | "orange" | "red" | "grey" }> = {
  ok: { icon: CheckCircleIcon, color: "green" },
  warning: { icon: ExclamationTriangleIcon, color: "orange" },
  critical: { icon: ExclamationCircleIcon, color: "red" },
  unknown: { icon: QuestionCircleIcon, color: "grey" },
};

/** The status of a device, or how many there are of it: a shape, a colour and words. */
export function DeviceStatusMark({ status, count }: { status: DeviceStatus; count?: number }) {
  const { t, i18n } = useTranslation();
  const { icon: Mark, color } = kMarks[status];
  const name = t(`devices.${status}`);
  return (
    <Label color={color} icon={<Mark />} isCompact variant="outline" data-device-status={status} {...(count === undefined ? {} : { "data-count": count })}>
      {count === undefined ? name : `${name} ${count.toLocaleString(i18n.language)}`}
    </Label>
  );
}
