// Editing one record in a form: what was read, what is typed, saving with If-Match, and what happens when somebody else was faster.
import { useState } from "react";
import type { Answer } from "../api/client";
import { wasChanged } from "../api/problem";
import { changedFields, compareEdits, type Comparison } from "./edit_conflict";

export interface Conflict<D> extends Comparison<D> {
  theirs: D;
  mine: D;
}

export interface RecordEdit<R, D extends object> {
  draft: D;
  set: (part: Partial<D>) => void;
  dirty: boolean;
  busy: boolean;
  problem: unknown;
  conflict: Conflict<D> | null;
  /** The record as it was last read. */
  record: R;
  /** True when it was saved. */
  submit: () => Promise<boolean>;
  /** Of a conflict: go on with mine, or with the other's where both changed. Both leave everything else as it is typed. */
  keepMine: () => void;
  takeTheirs: () => void;
}

interface Wish<R, D extends object> {
  seen: Answer<R>;
  toDraft: (record: R) => D;
  read: () => Promise<Answer<R>>;
  save: (changed: Partial<D>, draft: D, etag: string | null) => Promise<unknown>;
}

export function useRecordEdit<R, D extends object>({ seen: first, toDraft, read, save }: Wish<R, D>): RecordEdit<R, D> {
  const [seen, setSeen] = useState(first);
  const [draft, setDraft] = useState(() => toDraft(first.data));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [conflict, setConflict] = useState<Conflict<D> | null>(null);
  const original = toDraft(seen.data);

  const meet = async () => {
    const now = await read();
    const theirs = toDraft(now.data);
    const comparison = compareEdits(original, theirs, draft);
    setSeen(now);
    setDraft(comparison.merged);
    setConflict({ ...comparison, theirs, mine: draft });
  };

  return {
    draft,
    set: (part) => setDraft((now) => ({ ...now, ...part })),
    dirty: Object.keys(changedFields(original, draft)).length > 0,
    busy,
    problem,
    conflict,
    record: seen.data,
    submit: async () => {
      setBusy(true);
      setProblem(null);
      try {
        await save(changedFields(original, draft), draft, seen.etag);
        setConflict(null);
        return true;
      } catch (error) {
        if (wasChanged(error)) await meet().catch(setProblem);
        else setProblem(error);
        return false;
      } finally {
        setBusy(false);
      }
    },
    keepMine: () => setConflict(null),
    takeTheirs: () => {
      if (conflict === null) return;
      const taken: Partial<D> = {};
      for (const field of conflict.conflicts) taken[field] = conflict.theirs[field];
      setDraft((now) => ({ ...now, ...taken }));
      setConflict(null);
    },
  };
}
