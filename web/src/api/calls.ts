// The calls that the page makes, each with the form of its answer.
import { freshId } from "../state/fresh";
import { ask, Refused } from "./client";
import type * as views from "./views";

export const beginSession = (language: string) =>
  ask("post", "/api/tasks/{user}/with-session/nemo_agent", {
    path: { user: "me" },
    body: { task_name: "project", language },
  }) as Promise<{ session_id: string; task_id: string }>;

export const readState = (session: string) =>
  ask("get", "/api/state/nemo_agent/{user}/{session_id}/latest", {
    path: { user: "me", session_id: session },
  }) as Promise<views.State>;

export const listTurns = async (session: string) => {
  const found = await ask("get", "/api/slimreel/sessions/{session_id}/turns", { path: { session_id: session } });
  return (found as { turns: views.TurnView[] }).turns;
};

export const listJobs = async (session: string) => {
  const found = await ask("get", "/api/slimreel/jobs", { query: { session_id: session, count: 100 } });
  return (found as { jobs: views.Job[] }).jobs;
};

export const listSessions = async () => {
  const found = await ask("get", "/api/slimreel/sessions", {});
  return (found as { sessions: { session_id: string }[] }).sessions;
};

export const listPresets = async () => {
  const found = await ask("get", "/api/slimreel/presets", {});
  return (found as { presets: views.Preset[] }).presets;
};

export const readBalance = () => ask("get", "/api/credits/balance/simple", {}) as Promise<views.Balance>;

export const fetchAddresses = (session: string, urls: string[]) =>
  ask("post", "/api/upload-video/nemo_agent/{user}/{session_id}", {
    path: { user: "me", session_id: session },
    body: { urls, source_type: "url" } as never,
  }) as Promise<{ files: views.FileItem[]; failed?: { filename: string; message: string }[] }>;

export const applyOperations = (session: string, draft: string, ops: views.Command[]) =>
  ask("post", "/api/slimreel/sessions/{session_id}/operations", {
    path: { session_id: session },
    body: { ops: ops as never, draft_id: draft, dry_run: false },
    headers: { "Idempotency-Key": freshId() },
  }) as Promise<{ draft: views.Draft; summary: string }>;

export const step = (session: string, draft: string, way: "undo" | "redo", steps: number) => {
  const asked = { path: { session_id: session }, body: { draft_id: draft, steps } };
  return way === "undo"
    ? ask("post", "/api/slimreel/sessions/{session_id}/undo", asked)
    : ask("post", "/api/slimreel/sessions/{session_id}/redo", asked);
};

/** Takes back the turn that led to this revision of the draft, and all that came after it. */
export const takeBack = (session: string, draft: string, revision: number) =>
  ask("post", "/api/slimreel/sessions/{session_id}/undo", {
    path: { session_id: session },
    body: { draft_id: draft, revision, steps: 1 },
  });

/** What may be sent to this service. Needs no token. */
export const readLimits = () => ask("get", "/api/slimreel/limits", {}) as Promise<views.Limits>;

export const submitRender = (session: string, draft: string) =>
  ask("post", "/api/render/proxy/lambda", {
    body: { id: `render_${freshId()}`, session_id: session, draft: { id: draft } },
  }) as Promise<views.Job>;

export const cancelRender = (name: string) =>
  ask("post", "/api/render/proxy/lambda/{name}/cancel", { path: { name } }) as Promise<views.Job>;

export const requeueRender = (name: string) =>
  ask("post", "/api/slimreel/jobs/{name}/requeue", { path: { name } }) as Promise<views.Job>;

export const shareSession = (session: string) =>
  ask("post", "/api/auth/claim-token", { body: { session_id: session } }) as Promise<{ claim_token: string }>;

export const openClaim = (claim: string) =>
  ask("post", "/api/slimreel/claims/open", { body: { claim_token: claim } }) as Promise<{
    token: string;
    session_id: string;
  }>;

export const register = (bind: string, email: string, password: string) =>
  ask("post", "/api/slimreel/register", { body: { bind, email, password } }) as Promise<views.SignedIn>;

export const logIn = (email: string, password: string) =>
  ask("post", "/api/slimreel/login", { body: { email, password } }) as Promise<views.SignedIn>;

export const playable = (session: string, name: string) =>
  ask("get", "/api/slimreel/sessions/{session_id}/proxy/{name}", {
    path: { session_id: session, name },
  }) as Promise<views.Playable>;

export const waveform = (session: string, name: string, points: number) =>
  patiently(
    () =>
      ask("get", "/api/slimreel/sessions/{session_id}/assets/{name}/waveform", {
        path: { session_id: session, name },
        query: { points },
      }) as Promise<{ state: string; peaks: number[]; start_s: number; duration_s: number }>,
  );

export const estimate = (session: string, draft: string, wish: string, signal: AbortSignal) =>
  patiently(
    () =>
      ask("post", "/api/slimreel/sessions/{session_id}/estimate", {
        path: { session_id: session },
        body: { wish, draft_id: draft },
        signal,
      }) as Promise<views.Prospect>,
    signal,
  );

export const compare = (session: string, job: string) =>
  ask("get", "/api/slimreel/sessions/{session_id}/compare", {
    path: { session_id: session },
    query: { job },
  }) as Promise<views.Comparison>;

export const listTokens = async () =>
  ((await ask("get", "/api/tokens", {})) as { tokens: views.TokenView[] }).tokens;

export const createToken = (name: string, scopes: string[], days: number | null) =>
  ask("post", "/api/tokens", { body: { name, scopes, expires_in_days: days } }) as Promise<views.TokenView>;

export const revokeToken = (id: string) =>
  ask("post", "/api/tokens/{token_id}/revoke", { path: { token_id: id } });

export const creditHistory = async (before?: number) =>
  (await ask("get", "/api/slimreel/credits", { query: { before: before ?? null, count: 50 } })) as {
    entries: views.CreditEntry[];
    next: number | null;
  };

/** Asks again while the service says that it is still at it, and where too much goes on at once. */
async function patiently<A extends { state: string }>(call: () => Promise<A>, signal?: AbortSignal): Promise<A> {
  for (;;) {
    try {
      const found = await call();
      if (found.state !== "running") return found;
    } catch (error) {
      if (!(error instanceof Refused && error.status === 429)) throw error;
    }
    await pause(1500);
    signal?.throwIfAborted();
  }
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
