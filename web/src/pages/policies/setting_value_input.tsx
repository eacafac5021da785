import { FormSelect, FormSelectOption, InputGroup, InputGroupItem, InputGroupText, TextArea, TextInput } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { readValue, type SettingField } from "./schema";
import { useSettingNames } from "./use_policies";

interface Props {
  id: string;
  label: string;
  field: SettingField;
  typed: string;
  onChange: (typed: string) => void;
  isDisabled?: boolean;
  isWrong?: boolean;
  describedBy?: string;
}

/** One value of a setting, entered as its kind asks. */
export function SettingValueInput({ id, label, field, typed, onChange, isDisabled = false, isWrong = false, describedBy }: Props) {
  const { t } = useTranslation();
  const { unit, choice: nameOf } = useSettingNames();
  const validated = isWrong ? "error" : "default";
  const common = { id, "aria-label": label, "aria-describedby": describedBy, validated, isDisabled } as const;
  if (field.kind === "boolean" || field.kind === "choice") {
    const choices = field.kind === "boolean" ? ["true", "false"] : field.choices;
    return (
      <FormSelect {...common} value={typed} onChange={(_, value) => onChange(value)}>
        {choices.map((choice) => (
          <FormSelectOption key={choice} value={choice} label={field.kind === "boolean" ? t(choice === "true" ? "policies.yes" : "policies.no") : nameOf(field, choice)} />
        ))}
      </FormSelect>
    );
  }
  if (field.kind === "texts") return <TextArea {...common} value={typed} onChange={(_, value) => onChange(value)} rows={3} spellCheck={false} resizeOrientation="vertical" />;
  const isNumber = field.kind !== "text";
  const input = (
    <TextInput
      {...common}
      value={typed}
      onChange={(_, value) => onChange(value)}
      type={isNumber ? "number" : "text"}
      {...(isNumber ? { min: field.minimum ?? undefined, max: field.maximum ?? undefined, step: field.kind === "integer" ? 1 : "any" } : {})}
      aria-invalid={isWrong}
      autoComplete="off"
      spellCheck={false}
    />
  );
  if (field.unit === null) return input;
  return (
    <InputGroup>
      <InputGroupItem isFill>{input}</InputGroupItem>
      <InputGroupText>{unit(field)}</InputGroupText>
    </InputGroup>
  );
}

/** What is wrong with what was typed, in words; null when nothing is. */
export function useWrongText(): (field: SettingField, typed: string) => string | null {
  const { t } = useTranslation();
  return (field, typed) => {
    const read = readValue(field, typed);
    if (!("wrong" in read)) return null;
    return t(`policies.wrong_${read.wrong}`, { least: field.minimum ?? "−∞", most: field.maximum ?? "∞", bytes: field.maxLength ?? 0, items: field.maxItems ?? 0 });
  };
}
