import type { ReactNode } from "react";
import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput, type TextInputProps } from "@patternfly/react-core";
import { isAtField } from "../api/problem";
import { useProblemText } from "./problem_text";
import { useSaid } from "./said";

/** The problem of one field, below it; otherwise the hint. */
export function FieldError({ id, problem, field, hint, message }: { id: string; problem?: unknown; field: string; hint?: ReactNode; message?: string | null }) {
  const textOf = useProblemText();
  const said = useSaid();
  const text = message ? { sentence: message, remedy: "", original: null } : isAtField(problem, field) ? textOf(problem) : null;
  if (text === null && !hint) return null;
  return (
    <FormHelperText>
      <HelperText id={`${id}-help`} isLiveRegion={text !== null}>
        {text === null ? (
          <HelperTextItem>{hint}</HelperTextItem>
        ) : (
          <HelperTextItem variant="error">
            {[text.sentence, text.remedy, text.original && said(text.original).text].filter(Boolean).join(" ")}
          </HelperTextItem>
        )}
      </HelperText>
    </FormHelperText>
  );
}

interface Props extends Omit<TextInputProps, "onChange" | "ref" | "value" | "label"> {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  /** The last problem of the form; shown here when it names `field`. */
  problem?: unknown;
  field?: string;
  /** What is wrong with it before the server was asked. */
  message?: string | null;
}

/** A labelled input with its hint, or with what is wrong with it. */
export function TextField({ id, label, value, onChange, hint, problem, field = id, message, isRequired, ...rest }: Props) {
  const wrong = Boolean(message) || isAtField(problem, field);
  return (
    <FormGroup label={label} fieldId={id} isRequired={isRequired ?? false}>
      <TextInput
        id={id}
        value={value}
        onChange={(_, text) => onChange(text)}
        validated={wrong ? "error" : "default"}
        aria-describedby={wrong || hint ? `${id}-help` : undefined}
        aria-invalid={wrong}
        isRequired={isRequired ?? false}
        autoComplete="off"
        spellCheck={false}
        {...rest}
      />
      <FieldError id={id} problem={problem} field={field} hint={hint} message={message ?? null} />
    </FormGroup>
  );
}
