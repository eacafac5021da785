// Two people edited one record. Pure: what only the other changed is taken over, what both changed differently is for a person to decide.

export interface Comparison<D> {
  /** Mine, with what only the other changed. */
  merged: D;
  /** Changed by both, differently. */
  conflicts: (keyof D)[];
  /** Changed by the other only. */
  adopted: (keyof D)[];
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

export function compareEdits<D extends object>(original: D, theirs: D, mine: D): Comparison<D> {
  const merged = { ...mine };
  const conflicts: (keyof D)[] = [];
  const adopted: (keyof D)[] = [];
  for (const field of Object.keys(mine) as (keyof D)[]) {
    if (same(theirs[field], original[field]) || same(theirs[field], mine[field])) continue;
    if (same(mine[field], original[field])) {
      merged[field] = theirs[field];
      adopted.push(field);
    } else {
      conflicts.push(field);
    }
  }
  return { merged, conflicts, adopted };
}

/** Only the fields that differ. */
export function changedFields<D extends object>(original: D, mine: D): Partial<D> {
  const changed: Partial<D> = {};
  for (const field of Object.keys(mine) as (keyof D)[]) {
    if (!same(original[field], mine[field])) changed[field] = mine[field];
  }
  return changed;
}
