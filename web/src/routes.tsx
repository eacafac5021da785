// The map of the product: every page, where it stands below a server, and what is in a server's menu.
//
// A page works for every server of the hierarchy: its address is /servers/{a}/servers/{b}<path>, its server comes from useServer().
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import type { RightName } from "./api/types";

type Page = LazyExoticComponent<ComponentType>;

const page = <K extends string>(load: () => Promise<Record<K, ComponentType>>, name: K): Page => lazy(async () => ({ default: (await load())[name] }));

export interface PageRoute {
  path: string;
  page: Page;
  /** Pages that a lower server refuses from above (own sessions, tokens, account). */
  ownServerOnly?: boolean;
}

export const routes: PageRoute[] = [
  { path: "/", page: page(() => import("./pages/overview"), "OverviewPage") },
  { path: "/hierarchy", page: page(() => import("./pages/hierarchy/hierarchy_page"), "HierarchyPage") },
  { path: "/tasks", page: page(() => import("./pages/tasks/tasks_page"), "TasksPage") },
  { path: "/properties", page: page(() => import("./pages/properties/properties_page"), "PropertiesPage") },
  { path: "/properties/:section", page: page(() => import("./pages/properties/properties_page"), "PropertiesPage") },
  { path: "/unrecognised", page: page(() => import("./pages/unrecognised/unrecognised_page"), "UnrecognisedPage") },
  { path: "/events", page: page(() => import("./pages/history/events_page"), "EventsPage") },
  { path: "/reports", page: page(() => import("./pages/reports/reports_page"), "ReportsPage") },
  { path: "/audit", page: page(() => import("./pages/history/audit_page"), "AuditPage") },
  { path: "/users", page: page(() => import("./pages/people/users_page"), "UsersPage") },
  { path: "/users/roles", page: page(() => import("./pages/people/roles_page"), "RolesPage") },
  { path: "/users/sessions", page: page(() => import("./pages/people/sessions_page"), "SessionsPage"), ownServerOnly: true },
  { path: "/account", page: page(() => import("./pages/account/account_page"), "AccountPage"), ownServerOnly: true },
  { path: "/account/:section", page: page(() => import("./pages/account/account_page"), "AccountPage"), ownServerOnly: true },
  { path: "/link-doctor", page: page(() => import("./pages/link_doctor/link_doctor_page"), "LinkDoctorPage") },
  { path: "/invitations", page: page(() => import("./pages/invitations/invitations_page"), "InvitationsPage") },
  { path: "/groups/:groupId", page: page(() => import("./pages/group/group_page"), "GroupPage") },
  { path: "/groups/:groupId/servers", page: page(() => import("./pages/group/group_page"), "ServersPage") },
  { path: "/groups/:groupId/devices", page: page(() => import("./pages/group/group_page"), "GroupDevicesPage") },
  { path: "/policies", page: page(() => import("./pages/policies/policies_page"), "PoliciesPage") },
  { path: "/policies/effective", page: page(() => import("./pages/policies/policies_page"), "EffectiveSettingsPage") },
  { path: "/policies/status", page: page(() => import("./pages/policies/policies_page"), "PolicyStatusPage") },
  { path: "/policies/:id", page: page(() => import("./pages/policies/policy_page"), "PolicyPage") },
  { path: "/policies/:id/revisions", page: page(() => import("./pages/policies/policy_page"), "PolicyRevisionsPage") },
  { path: "/groups/:groupId/policies", page: page(() => import("./pages/group/group_page"), "GroupPoliciesPage") },
  { path: "/groups/:groupId/settings", page: page(() => import("./pages/group/group_page"), "GroupSettingsPage") },
  { path: "/groups/:groupId/add-policy", page: page(() => import("./pages/policies/add_policy_page"), "AddPolicyPage") },
  { path: "/secondaries/:id", page: page(() => import("./pages/secondary/secondary_page"), "SecondaryPage") },
  { path: "/groups/:groupId/add-secondary", page: page(() => import("./pages/add_secondary/wizard"), "AddSecondaryPage") },
];

export interface MenuEntry {
  /** `menu.<name>` is its text. */
  name: string;
  path: string;
  /** Shown to whoever holds it on the server. */
  right?: RightName;
  ownServerOnly?: boolean;
  /** Another page that belongs to this entry. */
  also?: string;
}

/** What is above the workspace of a server. */
export const menu: MenuEntry[] = [
  { name: "overview", path: "/" },
  { name: "hierarchy", path: "/hierarchy", also: "/link-doctor" },
  { name: "policies", path: "/policies" },
  { name: "tasks", path: "/tasks" },
  { name: "unrecognised", path: "/unrecognised" },
  { name: "invitations", path: "/invitations", right: "configure_hierarchy" },
  { name: "events", path: "/events", right: "read" },
  { name: "reports", path: "/reports", right: "read" },
  { name: "audit", path: "/audit", right: "read_audit" },
  { name: "users", path: "/users", right: "manage_users" },
  { name: "properties", path: "/properties" },
];
