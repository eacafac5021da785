import { useState } from "react";
import { Button, FormGroup, InputGroup, InputGroupItem, TextInput } from "@patternfly/react-core";
import { EyeIcon, EyeSlashIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { isAtField } from "../api/problem";
import { FieldError } from "./text_field";

interface Props {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: string;
  problem?: unknown;
  field?: string;
  message?: string | null;
  autoComplete?: "new-password" | "current-password";
  autoFocus?: boolean;
  isRequired?: boolean;
}

/** A secret that is typed, and shown on demand: whoever gives it to somebody else has to read it once. */
export function PasswordField({ id, label, value, onChange, hint, problem, field = id, message = null, autoComplete = "new-password", autoFocus = false, isRequired = true }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const wrong = Boolean(message) || isAtField(problem, field);
  return (
    <FormGroup label={label} fieldId={id} isRequired={isRequired}>
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            id={id}
            type={shown ? "text" : "password"}
            value={value}
            onChange={(_, text) => onChange(text)}
            validated={wrong ? "error" : "default"}
            aria-describedby={wrong || hint ? `${id}-help` : undefined}
            aria-invalid={wrong}
            isRequired={isRequired}
            autoComplete={autoComplete}
            autoFocus={autoFocus}
            spellCheck={false}
          />
        </InputGroupItem>
        <InputGroupItem>
          <Button variant="control" icon={shown ? <EyeSlashIcon /> : <EyeIcon />} aria-label={t(shown ? "common.hide_secret" : "common.show_secret")} aria-controls={id} onClick={() => setShown(!shown)} />
        </InputGroupItem>
      </InputGroup>
      <FieldError id={id} problem={problem} field={field} hint={hint} message={message} />
    </FormGroup>
  );
}
