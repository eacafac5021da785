import { FormGroup, FormSelect, FormSelectOption } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Group } from "../api/types";
import { useGroupNames } from "./group_names";
import { FieldError } from "./text_field";

/** Choosing an administration group by its path. `without`: a group that cannot be chosen, with all below it. */
export function GroupSelect({ id, label, groups, value, onChange, problem, field = "group", without = null }: { id: string; label?: string; groups: Group[]; value: string; onChange: (path: string) => void; problem?: unknown; field?: string; without?: string | null }) {
  const { t } = useTranslation();
  const { pathOf } = useGroupNames();
  const offered = groups.filter((group) => without === null || (group.path !== without && !group.path.startsWith(`${without}/`)));
  return (
    <FormGroup label={label ?? t("group.administration_group")} fieldId={id} isRequired>
      <FormSelect id={id} value={value} onChange={(_, path) => onChange(path)}>
        {offered.map((group) => (
          <FormSelectOption key={group.id} value={group.path} label={pathOf(group.path)} />
        ))}
      </FormSelect>
      <FieldError id={id} problem={problem} field={field} />
    </FormGroup>
  );
}
