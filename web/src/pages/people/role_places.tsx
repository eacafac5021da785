import { Button, FormGroup, FormSelect, FormSelectOption, Grid, GridItem } from "@patternfly/react-core";
import { PlusCircleIcon, TimesIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import type { Group, Role } from "../../api/types";
import { useGroupNames } from "../../parts/group_names";
import { FieldError } from "../../parts/text_field";
import type { RolePlace } from "./model";
import { useRoleNames } from "./role_names";

interface Props {
  roles: Role[];
  groups: Group[];
  value: RolePlace[];
  onChange: (value: RolePlace[]) => void;
  problem?: unknown;
}

/** Which roles, and where each counts: on the server with all groups, or in one group and below. */
export function RolePlaces({ roles, groups, value, onChange, problem }: Props) {
  const { t } = useTranslation();
  const { nameOf } = useRoleNames();
  const { pathOf } = useGroupNames();
  const set = (at: number, part: Partial<RolePlace>) => onChange(value.map((each, index) => (index === at ? { ...each, ...part } : each)));
  return (
    <FormGroup role="group" label={t("users.roles")} fieldId="places">
      {value.length === 0 && <p className="daikan-subtle">{t("users.no_roles")}</p>}
      {value.map((place, at) => (
        <Grid key={at} hasGutter className="daikan-place">
          <GridItem span={5}>
            <FormSelect aria-label={t("users.role_at", { number: at + 1 })} value={place.role} onChange={(_, role) => set(at, { role })}>
              {roles.map((role) => (
                <FormSelectOption key={role.id} value={role.id} label={role.owner ? t("users.role_of", { role: role.name, name: role.owner.name }) : nameOf(role.name)} />
              ))}
            </FormSelect>
          </GridItem>
          <GridItem span={6}>
            <FormSelect aria-label={t("users.place_at", { number: at + 1 })} value={place.group} onChange={(_, group) => set(at, { group })}>
              <FormSelectOption value="" label={t("users.everywhere")} />
              {groups.map((group) => (
                <FormSelectOption key={group.id} value={group.path} label={pathOf(group.path)} />
              ))}
            </FormSelect>
          </GridItem>
          <GridItem span={1}>
            <Button variant="plain" icon={<TimesIcon />} aria-label={t("users.take_role", { number: at + 1 })} onClick={() => onChange(value.filter((_, index) => index !== at))} />
          </GridItem>
        </Grid>
      ))}
      <Button variant="link" isInline icon={<PlusCircleIcon />} isDisabled={roles.length === 0} onClick={() => onChange([...value, { role: roles[0]!.id, group: "" }])}>
        {t("users.add_role")}
      </Button>
      <FieldError id="places" problem={problem} field="assignments" />
    </FormGroup>
  );
}
