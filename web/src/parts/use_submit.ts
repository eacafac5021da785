// Sending a form: busy while it is under way, and what went wrong.
import { useState } from "react";

export interface Submit {
  busy: boolean;
  problem: unknown;
  submit: () => void;
  forget: () => void;
}

/** `work` ends by closing the form, or throws what is shown in it. */
export function useSubmit(work: () => Promise<unknown>): Submit {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const run = async () => {
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
  return { busy, problem, submit: () => void run(), forget: () => setProblem(null) };
}
