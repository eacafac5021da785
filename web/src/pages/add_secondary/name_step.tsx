import { Form } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useGroups } from "../../api/queries";
import { useServer } from "../../app/place";
import { GroupSelect } from "../../parts/group_select";
import { TextField } from "../../parts/text_field";
import type { StepProps } from "./model";

export function NameStep({ draft, set, problem }: StepProps) {
  const { t } = useTranslation();
  const groups = useGroups(useServer().path);
  return (
    <Form onSubmit={(event) => event.preventDefault()}>
      <TextField
        id="name"
        label={t("add_secondary.name")}
        value={draft.name}
        onChange={(name) => set({ name })}
        problem={problem}
        hint={draft.found?.name ? t("add_secondary.name_hint_found") : t("add_secondary.name_hint")}
        maxLength={128}
        autoFocus
      />
      <GroupSelect id="group" groups={groups.data ?? []} value={draft.group} onChange={(group) => set({ group })} problem={problem} />
    </Form>
  );
}
