// The rights that roles and tokens are made of, in the language of the page. A right that this console does not know yet is told in the
// server's words.
import { Checkbox, FormGroup, Label, LabelGroup } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Right, RightName } from "../api/types";
import { useServer } from "../app/place";
import { FieldError } from "./text_field";

export interface RightTexts {
  all: Right[];
  titleOf: (name: string) => string;
  descriptionOf: (right: Right) => string;
}

export function useRightTexts(): RightTexts {
  const { t, i18n } = useTranslation();
  const { key, api } = useServer();
  const rights = useQuery({ queryKey: [key, "rights"], queryFn: async ({ signal }) => (await api.get("rights", { signal })).data.items, staleTime: Infinity });
  const all = rights.data ?? [];
  return {
    all,
    titleOf: (name) => (i18n.exists(`rights.${name}`) ? t(`rights.${name}`) : (all.find((each) => each.name === name)?.title ?? name)),
    descriptionOf: (right) => (i18n.exists(`rights.${right.name}_for`) ? t(`rights.${right.name}_for`) : right.description),
  };
}

export function RightLabels({ rights }: { rights: readonly RightName[] }) {
  const { t } = useTranslation();
  const { titleOf } = useRightTexts();
  return (
    <LabelGroup numLabels={12} aria-label={t("rights.title")}>
      {rights.map((each) => (
        <Label key={each} isCompact variant="outline">
          {titleOf(each)}
        </Label>
      ))}
    </LabelGroup>
  );
}

interface Props {
  id: string;
  label: string;
  value: readonly RightName[];
  onChange: (value: RightName[]) => void;
  /** What the person may give: nobody gives what they do not have. */
  may: (right: RightName) => boolean;
  problem?: unknown;
}

/** Choosing rights, each with what it is for. */
export function RightChoice({ id, label, value, onChange, may, problem }: Props) {
  const { t } = useTranslation();
  const { all, titleOf, descriptionOf } = useRightTexts();
  return (
    <FormGroup role="group" label={label} fieldId={id} isStack>
      {all.map((right) => (
        <Checkbox
          key={right.name}
          id={`${id}-${right.name}`}
          label={titleOf(right.name)}
          description={
            <>
              {descriptionOf(right)} {right.reaches === "server" && t("rights.server_only")} {!may(right.name) && t("rights.not_yours")}
            </>
          }
          isChecked={value.includes(right.name)}
          isDisabled={!may(right.name) && !value.includes(right.name)}
          onChange={(_, on) => onChange(on ? all.map((each) => each.name).filter((each) => each === right.name || value.includes(each)) : value.filter((each) => each !== right.name))}
        />
      ))}
      <FieldError id={id} problem={problem} field="rights" />
    </FormGroup>
  );
}
