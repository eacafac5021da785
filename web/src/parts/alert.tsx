// PatternFly's alert; what it says to screen readers before the title is in the language of the page.
import { Alert as PatternFlyAlert, type AlertProps } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

export function Alert({ variant = "custom", ...rest }: AlertProps) {
  const { t } = useTranslation();
  return <PatternFlyAlert variant={variant} variantLabel={t(`common.alert_${variant}`)} {...rest} />;
}
