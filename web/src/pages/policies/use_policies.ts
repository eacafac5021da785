// What the pages of policies read, and the names of settings in the language of the page.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Answer } from "../../api/client";
import type { ApplicationSchema, EffectiveSettings, Policy, SettingOrigin, SettingValue } from "../../api/types";
import { useServer } from "../../app/place";
import { fieldsOf, sectionsOf, typedValue, type SettingField, type SettingSection } from "./schema";

export const kServerApplication = "daikan-server";

export interface ApplicationForm {
  name: string;
  title: string;
  sections: SettingSection[];
  fields: SettingField[];
}

function formOf(application: ApplicationSchema): ApplicationForm {
  const sections = sectionsOf(application.schema);
  return { name: application.name, title: application.title, sections, fields: fieldsOf(sections) };
}

export function useApplication(name: string): UseQueryResult<ApplicationForm> {
  const { api, key } = useServer();
  return useQuery({
    queryKey: [key, "application", name],
    queryFn: async ({ signal }) => formOf((await api.get("applications/{name}", { path: { name }, signal })).data),
    staleTime: 300_000,
  });
}

export function useApplications(): UseQueryResult<{ name: string; title: string }[]> {
  const { api, key } = useServer();
  return useQuery({ queryKey: [key, "applications"], queryFn: async ({ signal }) => (await api.get("applications", { signal })).data.items, staleTime: 300_000 });
}

export function usePolicies(): UseQueryResult<Policy[]> {
  const { api, key } = useServer();
  return useQuery({ queryKey: [key, "policies"], queryFn: async ({ signal }) => (await api.get("policies", { signal })).data.items });
}

export function usePolicy(id: string): UseQueryResult<Answer<Policy>> {
  const { api, key } = useServer();
  return useQuery({ queryKey: [key, "policy", id], queryFn: ({ signal }) => api.get("policies/{id}", { path: { id }, signal }) });
}

/** Of a group; null: of the server itself. */
export function useEffective(groupId: string | null): UseQueryResult<EffectiveSettings> {
  const { api, key } = useServer();
  return useQuery({
    queryKey: [key, "effective", groupId],
    queryFn: async ({ signal }) => (groupId === null ? await api.get("server/effective_settings", { signal }) : await api.get("groups/{id}/effective_settings", { path: { id: groupId }, signal })).data,
  });
}

/** Titles, descriptions and units: the server speaks English; what the console has in another language goes before that. */
export function useSettingNames() {
  const { t, i18n } = useTranslation();
  const own = (name: string, english: string) => {
    const key = name.replaceAll(".", "_");
    return i18n.language !== "en" && i18n.exists(`setting_names.${key}`) ? t(`setting_names.${key}`) : english;
  };
  const unit = (field: SettingField) => (field.unit === null ? "" : own(`unit_${field.unit}`, field.unit));
  const choice = (field: SettingField, one: string): string => {
    const key = `setting_names.choice_${field.path.replaceAll(".", "_")}_${one}`;
    return i18n.exists(key) ? t(key) : one;
  };
  const value = (field: SettingField | undefined, said: SettingValue): string => {
    if (typeof said === "boolean") return t(said ? "policies.yes" : "policies.no");
    if (Array.isArray(said) && said.length > 0) return said.join(", ");
    if (Array.isArray(said)) {
      // For some, nothing in the list is not nothing.
      const means = `setting_names.empty_${field?.path.replaceAll(".", "_") ?? ""}`;
      return i18n.exists(means) ? t(means) : t("policies.empty_list");
    }
    if (field?.kind === "choice") return choice(field, String(said));
    // The server's units are plural, as English has them.
    return field?.unit ? t("policies.with_unit", { value: said, unit: said === 1 && i18n.language === "en" ? unit(field).replace(/s$/, "") : unit(field) }) : typedValue(said) || "–";
  };
  return {
    title: (field: SettingField) => own(`title_${field.path}`, field.title),
    about: (field: SettingField) => own(`about_${field.path}`, field.description),
    section: (section: SettingSection) => own(`section_${section.path}`, section.title),
    aboutSection: (section: SettingSection) => own(`about_section_${section.path}`, section.description),
    application: (form: { name: string; title: string }) => own(`application_${form.name}`, form.title),
    unit,
    choice,
    value,
    /** The title of a path; the path itself where the application does not have it. */
    ofPath: (fields: SettingField[], path: string) => {
      const field = fields.find((each) => each.path === path);
      return field === undefined ? path : own(`title_${path}`, field.title);
    },
  };
}

/** Where a value is from, as a sentence. */
export function useOriginText(): (origin: SettingOrigin) => string {
  const { t } = useTranslation();
  return ({ kind, source }) => (source === null ? t(`policies.from_${kind}`) : t("policies.from_policy", { policy: source.policy, group: source.group, server: source.server }));
}
