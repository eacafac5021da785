import { Card, CardBody, CardTitle, Content, Form, FormGroup, Radio } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useSignal } from "../../api/signal";
import { kThemes, theme } from "../../app/theme";
import { kLanguages, kOwnNames, speak } from "../../i18n";

/** Language and theme, kept in this browser. */
export function AppearanceCard() {
  const { t, i18n } = useTranslation();
  const current = useSignal(theme);
  return (
    <Card>
      <CardTitle component="h2">{t("account.section_appearance")}</CardTitle>
      <CardBody className="daikan-stack">
        <Content component="p">{t("account.appearance_for")}</Content>
        <Form>
          <FormGroup role="radiogroup" label={t("shell.language")} fieldId="language">
            {kLanguages.map((each) => (
              <Radio key={each} id={`language-${each}`} name="language" label={<span lang={each}>{kOwnNames[each]}</span>} isChecked={i18n.language === each} onChange={() => void speak(each)} />
            ))}
          </FormGroup>
          <FormGroup role="radiogroup" label={t("account.theme")} fieldId="theme">
            {kThemes.map((each) => (
              <Radio key={each} id={`theme-${each}`} name="theme" label={t(`shell.theme_${each}`)} isChecked={current === each} onChange={() => theme.set(each)} />
            ))}
          </FormGroup>
        </Form>
      </CardBody>
    </Card>
  );
}
