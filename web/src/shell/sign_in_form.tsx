import { useState, type FormEvent } from "react";
import { ActionGroup, Button, Form } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { hasCode } from "../api/problem";
import { signIn } from "../api/session";
import { ProblemAlert } from "../parts/problem_alert";
import { TextField } from "../parts/text_field";

interface Props {
  /** Whose session it was. */
  user?: string;
  onDone?: () => void;
}

/** Name and password; the code only for an account that has a second factor. */
export function SignInForm({ user: known = "", onDone }: Props) {
  const { t } = useTranslation();
  const [user, setUser] = useState(known);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksForCode, setAsksForCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await signIn({ user: user.trim(), password, ...(asksForCode ? { code: code.trim() } : {}) });
      onDone?.();
    } catch (error) {
      if (hasCode(error, "two_factor_required") && !asksForCode) setAsksForCode(true);
      else setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form onSubmit={(event) => void submit(event)} className="daikan-sign-in-form">
      <ProblemAlert problem={problem} />
      <TextField id="user" label={t("sign_in.user")} value={user} onChange={setUser} isRequired autoComplete="username" autoFocus={known === ""} autoCapitalize="none" />
      <TextField
        id="password"
        type="password"
        label={t("sign_in.password")}
        value={password}
        onChange={setPassword}
        isRequired
        autoComplete="current-password"
        autoFocus={known !== ""}
      />
      {asksForCode && (
        <TextField
          id="code"
          label={t("sign_in.code")}
          value={code}
          onChange={setCode}
          isRequired
          autoComplete="one-time-code"
          hint={t("sign_in.code_hint")}
          autoFocus
        />
      )}
      <ActionGroup>
        <Button type="submit" isBlock isLoading={busy} isDisabled={busy || user.trim() === "" || password === "" || (asksForCode && code.trim() === "")}>
          {t("sign_in.submit")}
        </Button>
      </ActionGroup>
    </Form>
  );
}
