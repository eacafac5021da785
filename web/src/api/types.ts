// Short names for the schemas of spec/openapi.yaml, and what each route takes and gives.
import type { components, paths } from "./schema";

type Schemas = components["schemas"];

export type Problem = Schemas["Problem"];
export type Code = Schemas["Code"];
export type Reason = Schemas["Reason"];
export type Identity = Schemas["Identity"];
export type Server = Schemas["Server"];
export type Group = Schemas["Group"];
export type Device = Schemas["Device"];
export type DeviceStatus = Schemas["DeviceStatus"];
export type DeviceCounts = Schemas["DeviceCounts"];
export type Secondary = Schemas["Secondary"];
export type AddSecondary = Schemas["AddSecondary"];
export type EditSecondary = Schemas["EditSecondary"];
export type Primary = Schemas["Primary"];
export type ConfiguredPrimary = Extract<Primary, { configured: true }>;
export type SetPrimary = Schemas["SetPrimary"];
export type MoveToPrimary = Schemas["MoveToPrimary"];
export type EditPrimary = Schemas["EditPrimary"];
export type PrimaryMay = Schemas["PrimaryMay"];
export type LinkState = Schemas["LinkState"];
export type Direction = Schemas["Direction"];
export type Operation = Schemas["Operation"];
export type JoinRequest = Schemas["JoinRequest"];
export type Credentials = Schemas["CredentialsRequest"];
export type ProbeAnswer = Schemas["ProbeAnswer"];
export type LinkCheck = Schemas["LinkCheck"];
export type RollOver = Schemas["RollOver"];
export type TreeNode = Schemas["TreeNode"];
export type TreeLink = TreeNode["secondaries"][number];
export type ServerEvent = Schemas["Event"];
export type Unrecognised = Schemas["UnrecognisedServer"];
export type AuditRecord = Schemas["AuditRecord"];
export type User = Schemas["User"];
export type Invitation = Schemas["Invitation"];
export type MakeInvitation = Schemas["MakeInvitation"];
export type MadeInvitation = Schemas["MadeInvitation"];
export type Destination = Schemas["NotificationDestination"];
export type AddNotification = Schemas["AddNotification"];
export type EditNotification = Schemas["EditNotification"];
export type CertificateSet = Schemas["CertificateSet"];
export type Task = Schemas["Task"];
export type RightName = Schemas["RightName"];
export type Right = Schemas["Right"];
export type Role = Schemas["Role"];
export type Credential = Schemas["Credential"];
export type UserSession = Schemas["UserSession"];
export type Session = Schemas["Session"];
export type AccessRules = Schemas["AccessRules"];
export type ProxyRequest = Schemas["ProxyRequest"];

export type Policy = Schemas["Policy"];
export type CreatePolicy = Schemas["CreatePolicy"];
export type EditPolicy = Schemas["EditPolicy"];
export type PreviewPolicy = Schemas["PreviewPolicy"];
export type PolicyPreview = Schemas["PolicyPreview"];
export type PolicyRevision = Schemas["PolicyRevision"];
export type PolicySettings = Schemas["PolicySettings"];
export type PolicySource = Schemas["PolicySource"];
export type SettingValue = Schemas["SettingValue"];
export type SettingOrigin = Schemas["SettingOrigin"];
export type EffectiveSetting = Schemas["EffectiveSetting"];
export type EffectiveSettings = Schemas["EffectiveSettings"];
export type ApplicationSchema = Schemas["ApplicationSchema"];

export type Method = "get" | "post" | "put" | "patch" | "delete";

type Operations<M extends Method> = {
  [P in keyof paths]: P extends `/api/v1/${infer Route}` ? ([paths[P][M]] extends [{ responses: unknown }] ? Route : never) : never;
}[keyof paths];

/** The routes that answer a method, without `/api/v1/` in front. */
export type RouteOf<M extends Method> = Operations<M>;

type OperationOf<M extends Method, R extends string> = `/api/v1/${R}` extends keyof paths ? paths[`/api/v1/${R}`][M] : never;

type JsonIn<Content> = Content extends { content: { "application/json": infer Json } } ? Json : undefined;

/** What a route answers when all is well. */
export type AnswerOf<M extends Method, R extends string> =
  OperationOf<M, R> extends { responses: infer Responses } ? JsonIn<Responses[keyof Responses & (200 | 201 | 202)]> : undefined;

/** What a route takes as its body. */
export type BodyOf<M extends Method, R extends string> =
  OperationOf<M, R> extends { requestBody?: infer Body } ? JsonIn<Exclude<Body, undefined>> : undefined;

/** What a route takes in its query. */
export type QueryOf<M extends Method, R extends string> =
  OperationOf<M, R> extends { parameters: { query?: infer Query } } ? Query : undefined;
