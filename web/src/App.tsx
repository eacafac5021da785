import { useEffect, useState } from "react";
import { QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter } from "react-router-dom";
import { base, isServerList } from "./api/local_console";
import { makeQueryClient } from "./api/queries";
import { Unreached } from "./api/problem";
import { reach } from "./api/reach";
import { resumeSession, session } from "./api/session";
import { useSignal } from "./api/signal";
import { ProblemAlert } from "./parts/problem_alert";
import { Waiting } from "./parts/loading";
import { AwayBanner } from "./shell/away_banner";
import { Shell } from "./shell/shell";
import { ServerListPage } from "./shell/server_list_page";
import { SignInPage } from "./shell/sign_in_page";

function Start() {
  const [problem, setProblem] = useState<unknown>(null);
  const { returns } = useSignal(reach);
  useEffect(() => {
    resumeSession().then(
      () => setProblem(null),
      (error: unknown) => setProblem(error instanceof Unreached ? null : error),
    );
  }, [returns]);
  return (
    <>
      <AwayBanner />
      {problem === null ? <Waiting /> : <ProblemAlert problem={problem} onRetry={() => window.location.reload()} />}
    </>
  );
}

function Door() {
  const { phase } = useSignal(session);
  if (phase === "starting") return <Start />;
  if (phase === "signed_out") return <SignInPage />;
  return <Shell />;
}

export function App() {
  const [client] = useState(makeQueryClient);
  const state = useSignal(session);
  const account = "session" in state ? state.session.account.id : null;
  // What one person was shown is not kept for the next.
  useEffect(() => () => client.clear(), [client, account]);
  return (
    <QueryClientProvider client={client}>
      <BrowserRouter basename={base === "" ? "/" : base}>
        {isServerList ? <ServerListPage /> : <Door />}
      </BrowserRouter>
    </QueryClientProvider>
  );
}
