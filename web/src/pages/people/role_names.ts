// The built-in roles have names in each language; every other role is called as somebody named it.
import { useTranslation } from "react-i18next";

const kBuiltIn = ["administrator", "operator", "viewer", "auditor"];

export function useRoleNames(): { nameOf: (name: string) => string; descriptionOf: (role: { name: string; description: string; built_in: boolean }) => string } {
  const { t } = useTranslation();
  return {
    nameOf: (name) => (kBuiltIn.includes(name) ? t(`roles.built_in_${name}`) : name),
    descriptionOf: (role) => (role.built_in && kBuiltIn.includes(role.name) ? t(`roles.built_in_${role.name}_for`) : role.description),
  };
}
