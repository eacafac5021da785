import { Content, Form, FormGroup, Radio } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { TextField } from "../../parts/text_field";
import type { Draft, StepProps } from "./model";

/** The account that sets up the secondary's side: user and password with a code, or an API token. */
export function LoginFields({ draft, set, problem, shown }: StepProps) {
  const { t } = useTranslation();
  const missing = (field: keyof Draft) => (shown[field] ? t("common.required") : null);
  return (
    <>
      <FormGroup role="radiogroup" isInline label={t("add_secondary.login")} fieldId="login">
        <Radio id="login-password" name="login" label={t("add_secondary.login_password")} isChecked={draft.login === "password"} onChange={() => set({ login: "password" })} />
        <Radio id="login-token" name="login" label={t("add_secondary.login_token")} isChecked={draft.login === "token"} onChange={() => set({ login: "token" })} />
      </FormGroup>
      {draft.login === "password" ? (
        <>
          <TextField id="secondary-user" label={t("sign_in.user")} value={draft.user} onChange={(user) => set({ user })} isRequired problem={problem} field="credentials" message={missing("user")} />
          <TextField
            id="secondary-password"
            type="password"
            label={t("sign_in.password")}
            value={draft.password}
            onChange={(password) => set({ password })}
            isRequired
            autoComplete="new-password"
            message={missing("password")}
          />
          <TextField
            id="secondary-code"
            label={t("add_secondary.code")}
            value={draft.code}
            onChange={(code) => set({ code })}
            hint={t("add_secondary.code_hint")}
            autoComplete="one-time-code"
          />
        </>
      ) : (
        <TextField
          id="secondary-token"
          type="password"
          label={t("add_secondary.token")}
          value={draft.token}
          onChange={(token) => set({ token })}
          isRequired
          problem={problem}
          field="credentials"
          autoComplete="off"
          message={missing("token")}
        />
      )}
    </>
  );
}

export function AccountStep(props: StepProps) {
  const { t } = useTranslation();
  const { draft, set, shown } = props;
  return (
    <Form onSubmit={(event) => event.preventDefault()}>
      {draft.dmz && (
        <FormGroup role="radiogroup" label={t("add_secondary.other_side")} fieldId="other-side">
          <Radio
            id="sets-up"
            name="other-side"
            label={t("add_secondary.sets_up")}
            description={t("add_secondary.sets_up_hint")}
            isChecked={draft.setsUpSecondary}
            onChange={() => set({ setsUpSecondary: true })}
          />
          <Radio
            id="by-file"
            name="other-side"
            label={t("add_secondary.by_file")}
            description={t("add_secondary.by_file_hint")}
            isChecked={!draft.setsUpSecondary}
            onChange={() => set({ setsUpSecondary: false })}
          />
        </FormGroup>
      )}
      {(!draft.dmz || draft.setsUpSecondary) && (
        <>
          <Content component="p">{t("add_secondary.account_lead")}</Content>
          {draft.dmz && (
            <TextField
              id="console"
              label={t("add_secondary.console")}
              value={draft.console}
              onChange={(console) => set({ console })}
              isRequired
              hint={t("add_secondary.console_hint")}
              message={shown.console ? t("common.required") : null}
              problem={props.problem}
              field="secondary_console"
            />
          )}
          <LoginFields {...props} />
        </>
      )}
    </Form>
  );
}
