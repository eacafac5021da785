// What kinds of events are called. The server's own word for a kind ("link_refused") is what filters, files and the API take.
import { FormGroup, FormSelect, FormSelectOption, TextInput } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { isAtField } from "../api/problem";
import { FieldError } from "./text_field";

/** The name of a kind in the language of the page; the kind itself where a later server tells of one that is not known here. */
export function useKindName(): (kind: string) => string {
  const { t, i18n } = useTranslation();
  return (kind) => (i18n.exists(`event_kind.${kind}`) ? t(`event_kind.${kind}`) : kind);
}

export function EventKind({ kind }: { kind: string }) {
  const nameOf = useKindName();
  const name = nameOf(kind);
  return name === kind ? <code>{kind}</code> : <span title={kind}>{name}</span>;
}

/** Kinds that are typed, separated by spaces. */
export const kindsOf = (text: string): string[] => text.split(/\s+/).filter((kind) => kind !== "");

interface Props {
  id: string;
  label: string;
  /** Separated by spaces. */
  value: string;
  onChange: (kinds: string) => void;
  hint: string;
  /** Kinds that make no sense here. */
  without?: (kind: string) => boolean;
  isRequired?: boolean;
  problem: unknown;
  field: string;
}

/** Kinds of events: typed, or picked from those that are known one after the other. */
export function EventKindsField({ id, label, value, onChange, hint, without = () => false, isRequired = false, problem, field }: Props) {
  const { t, i18n } = useTranslation();
  const taken = kindsOf(value);
  const names = Object.entries((i18n.getResource(i18n.language, "translation", "event_kind") ?? {}) as Record<string, string>);
  const free = names.filter(([kind]) => !taken.includes(kind) && !without(kind)).sort(([, a], [, b]) => a.localeCompare(b, i18n.language));
  const wrong = isAtField(problem, field);
  return (
    <FormGroup label={label} fieldId={id} isRequired={isRequired}>
      <div className="daikan-kinds">
        <TextInput id={id} value={value} onChange={(_, text) => onChange(text)} validated={wrong ? "error" : "default"} aria-describedby={`${id}-help`} aria-invalid={wrong} isRequired={isRequired} autoComplete="off" spellCheck={false} />
        <FormSelect id={`${id}-pick`} aria-label={t("common.add_kind")} value="" onChange={(_, kind) => onChange([...taken, kind].join(" "))}>
          <FormSelectOption value="" label={t("common.add_kind")} isPlaceholder />
          {free.map(([kind, name]) => (
            <FormSelectOption key={kind} value={kind} label={name} />
          ))}
        </FormSelect>
      </div>
      <FieldError id={id} problem={problem} field={field} hint={hint} />
    </FormGroup>
  );
}
