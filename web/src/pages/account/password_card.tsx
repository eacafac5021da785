import { useState } from "react";
import { ActionGroup, Button, Card, CardBody, CardTitle, Form } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { isAtField } from "../../api/problem";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { PasswordField } from "../../parts/password_field";
import { ProblemAlert } from "../../parts/problem_alert";
import { useSubmit } from "../../parts/use_submit";

/** Changing one's own password; every other session ends with it. */
export function PasswordCard({ name }: { name: string }) {
  const { t } = useTranslation();
  const { api } = useServer();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const differs = password !== again;
  const { busy, problem, submit } = useSubmit(async () => {
    await api.put("account/password", { body: { current_password: current, password } });
    tell(t("account.password_changed"));
    setCurrent("");
    setPassword("");
    setAgain("");
    setTried(false);
  });
  const atField = isAtField(problem, "current_password") || isAtField(problem, "password");
  return (
    <Card>
      <CardTitle component="h2">{t("account.password")}</CardTitle>
      <CardBody>
        <Form
          className="daikan-form"
          onSubmit={(event) => {
            event.preventDefault();
            setTried(true);
            if (!differs) submit();
          }}
        >
          {!atField && <ProblemAlert problem={problem} />}
          {/* For programs that keep passwords: whose it is. */}
          <input type="text" autoComplete="username" value={name} readOnly hidden />
          <PasswordField id="current-password" label={t("account.current_password")} value={current} onChange={setCurrent} autoComplete="current-password" problem={problem} field="current_password" />
          <PasswordField id="new-password" label={t("users.new_password")} value={password} onChange={setPassword} hint={t("account.password_hint")} problem={problem} field="password" />
          <PasswordField id="new-password-again" label={t("account.password_again")} value={again} onChange={setAgain} message={tried && differs ? t("account.password_differs") : null} />
          <ActionGroup>
            <Button type="submit" isLoading={busy} isDisabled={busy || current === "" || password === "" || again === ""}>
              {t("account.change_password")}
            </Button>
          </ActionGroup>
        </Form>
      </CardBody>
    </Card>
  );
}
