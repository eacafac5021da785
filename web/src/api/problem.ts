// What can go wrong with a request, as one error type.
//
// `ProblemError` is what the server said (RFC 9457: a stable code, what failed on what, what to do next, the field at fault).
// `Unreached` is what the browser alone knows: no answer came.
import type { Code, Problem, Reason } from "./types";

export class ProblemError extends Error {
  override readonly name = "ProblemError";
  constructor(
    readonly problem: Problem,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(problem.detail);
  }
  get code(): Code {
    return this.problem.code;
  }
  get status(): number {
    return this.problem.status;
  }
}

export class Unreached extends Error {
  override readonly name = "Unreached";
  constructor() {
    super("The server did not answer.");
  }
}

/** What is wrong with an answer that is no success; also of one that something else than the server gave. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const wait = Number(response.headers.get("retry-after"));
  const retryAfter = Number.isFinite(wait) && wait > 0 ? wait : null;
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    const body: unknown = await response.json().catch(() => null);
    if (isProblem(body)) return new ProblemError({ ...body, status: body.status ?? response.status }, retryAfter);
  }
  return new ProblemError(
    {
      type: "urn:daikan:problem:protocol_error",
      title: response.statusText,
      status: response.status,
      code: "protocol_error",
      detail: `The answer (HTTP ${response.status}) is not one of an Administration Server.`,
      remedy: "Something between this browser and the server may have answered; check proxies on the way.",
    },
    retryAfter,
  );
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body && typeof body.code === "string";
}

/** The part of a problem that people are told: of an error, a problem, or a reason inside an answer. */
export interface Told {
  code: string;
  message: string;
  remedy: string;
  field: string | null;
  requestId: string | null;
}

export function told(error: unknown): Told {
  if (error instanceof ProblemError) {
    const { code, detail, remedy, field, request_id } = error.problem;
    return { code, message: detail, remedy: remedy ?? "", field: field ?? null, requestId: request_id ?? null };
  }
  if (error instanceof Unreached) return { code: "away", message: error.message, remedy: "", field: null, requestId: null };
  if (isReason(error)) return { code: error.code, message: error.message, remedy: error.remedy, field: null, requestId: null };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "page_failed", message, remedy: "", field: null, requestId: null };
}

function isReason(value: unknown): value is Reason {
  return typeof value === "object" && value !== null && !(value instanceof Error) && "code" in value && "message" in value && "remedy" in value;
}

export const hasCode = (error: unknown, ...codes: Code[]) => error instanceof ProblemError && codes.includes(error.code);

/** Somebody changed the record since it was read (If-Match did not hold). */
export const wasChanged = (error: unknown) => error instanceof ProblemError && error.status === 412;

/** Whether the error belongs to one of these fields; `proxy` also has `proxy.url`. */
export function isAtField(error: unknown, field: string): boolean {
  const at = told(error).field;
  return at !== null && (at === field || at.startsWith(`${field}.`));
}
