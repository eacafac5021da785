// Carrying out what the wizard was told: a join as a long operation, or a registration alone.
import { useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { freshKey } from "../../api/client";
import { pathKey } from "../../api/path";
import { keys, useOperation } from "../../api/queries";
import type { Operation, Secondary } from "../../api/types";
import { useServer } from "../../app/place";
import { addRequest, credentialsOf, joinRequest, joins, type Draft } from "./model";

export interface Join {
  busy: boolean;
  /** Of a request that failed before anything ran. */
  problem: unknown;
  operation: Operation | null;
  /** What was registered, without a join or at its end. */
  secondary: Secondary | null;
  begin(draft: Draft): Promise<void>;
  /** Goes on from the first unfinished step, with the account as it is typed now. */
  resume(draft: Draft): Promise<void>;
  cancel(): Promise<void>;
  forget(): void;
}

export function useJoin(): Join {
  const { api, path } = useServer();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [operationId, setOperationId] = useState<string | null>(null);
  const [secondary, setSecondary] = useState<Secondary | null>(null);
  // One key for one request, kept while it is tried again: a lost answer must not register twice.
  const [key, setKey] = useState<{ request: string; value: string } | null>(null);
  const operation = useOperation(path, operationId);

  const keyFor = (request: unknown): string => {
    const text = JSON.stringify(request);
    if (key?.request === text) return key.value;
    const value = freshKey();
    setKey({ request: text, value });
    return value;
  };

  const guarded = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  const follow = (started: Operation) => {
    client.setQueryData(keys.operation(path, started.id), started);
    setOperationId(started.id);
  };

  return {
    busy,
    problem: problem ?? operation.error,
    operation: operation.data ?? null,
    secondary,
    begin: (draft) =>
      guarded(async () => {
        if (joins(draft)) {
          const body = joinRequest(draft);
          follow((await api.post("joins", { body, idempotencyKey: keyFor(body) })).data);
        } else {
          const body = addRequest(draft);
          setSecondary((await api.post("secondaries", { body, idempotencyKey: keyFor(body) })).data);
        }
        await client.invalidateQueries({ queryKey: [pathKey(path)] });
      }),
    resume: (draft) =>
      guarded(async () => {
        follow((await api.post("operations/{id}/resume", { path: { id: operationId! }, body: { credentials: credentialsOf(draft) } })).data);
      }),
    cancel: () =>
      guarded(async () => {
        follow((await api.post("operations/{id}/cancel", { path: { id: operationId! } })).data);
      }),
    forget: () => {
      setOperationId(null);
      setKey(null);
      setProblem(null);
    },
  };
}
