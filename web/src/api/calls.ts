// The calls that the page makes. What each answers is known from the OpenAPI document.
import { freshId } from "../state/fresh";
import { ask, Refused } from "./client";
import type { Command } from "./views";

export const beginSession = (language: string) =>
  ask("post", "/api/tasks/{user}/with-session/nemo_agent", {
    path: { user: "me" },
    body: { task_name: "project", language },
  });

export const readState = (session: string) =>
  ask("get", "/api/state/nemo_agent/{user}/{session_id}/latest", {
    path: { user: "me", session_id: session },
  });

export const listTurns = async (session: string) => {
  const found = await ask("get", "/api/slimreel/sessions/{session_id}/turns", { path: { session_id: session } });
  return found.turns;
};

export const listJobs = async (session: string) => {
  const found = await ask("get", "/api/slimreel/jobs", { query: { session_id: session, count: 100 } });
  return found.jobs;
};

export const listSessions = async () => {
  const found = await ask("get", "/api/slimreel/sessions", {});
  return found.sessions;
};

export const listPresets = async () => {
  const found = await ask("get", "/api/slimreel/presets", {});
  return found.presets;
};

export const readBalance = () => ask("get", "/api/credits/balance/simple", {});

export const fetchAddresses = (session: string, urls: string[]) =>
  ask("post", "/api/upload-video/nemo_agent/{user}/{session_id}", {
    path: { user: "me", session_id: session },
    body: { urls, source_type: "url" } as never,
  });

export const applyOperations = (session: string, draft: string, ops: Command[]) =>
  ask("post", "/api/slimreel/sessions/{session_id}/operations", {
    path: { session_id: session },
    body: { ops: ops as never, draft_id: draft, dry_run: false },
    headers: { "Idempotency-Key": freshId() },
  });

export const step = (session: string, draft: string, way: "undo" | "redo") => {
  const asked = { path: { session_id: session }, body: { draft_id: draft, steps: 1 } };
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
export const readLimits = () => ask("get", "/api/slimreel/limits", {});

export const submitRender = (session: string, draft: string) =>
  ask("post", "/api/render/proxy/lambda", {
    body: { id: `render_${freshId()}`, session_id: session, draft: { id: draft } },
  });

export const cancelRender = (name: string) =>
  ask("post", "/api/render/proxy/lambda/{name}/cancel", { path: { name } });

export const requeueRender = (name: string) =>
  ask("post", "/api/slimreel/jobs/{name}/requeue", { path: { name } });

export const shareSession = (session: string) =>
  ask("post", "/api/auth/claim-token", { body: { session_id: session } });

export const openClaim = (claim: string) =>
  ask("post", "/api/slimreel/claims/open", { body: { claim_token: claim } });

export const register = (bind: string, email: string, password: string) =>
  ask("post", "/api/slimreel/register", { body: { bind, email, password } });

export const logIn = (email: string, password: string) =>
  ask("post", "/api/slimreel/login", { body: { email, password } });

export const playable = (session: string, name: string) =>
  ask("get", "/api/slimreel/sessions/{session_id}/proxy/{name}", {
    path: { session_id: session, name },
  });

export const waveform = (session: string, name: string, points: number) =>
  patiently(
    () =>
      ask("get", "/api/slimreel/sessions/{session_id}/assets/{name}/waveform", {
        path: { session_id: session, name },
        query: { points },
      }),
  );

export const estimate = (session: string, draft: string, wish: string, signal: AbortSignal) =>
  patiently(
    () =>
      ask("post", "/api/slimreel/sessions/{session_id}/estimate", {
        path: { session_id: session },
        body: { wish, draft_id: draft },
        signal,
      }),
    signal,
  );

export const compare = (session: string, job: string) =>
  ask("get", "/api/slimreel/sessions/{session_id}/compare", {
    path: { session_id: session },
    query: { job },
  });

export const listTokens = async () => (await ask("get", "/api/tokens", {})).tokens;

export const createToken = (name: string, scopes: string[], days: number | null) =>
  ask("post", "/api/tokens", { body: { name, scopes, expires_in_days: days } });

export const revokeToken = (id: string) =>
  ask("post", "/api/tokens/{token_id}/revoke", { path: { token_id: id } });

export const creditHistory = (before?: number) =>
  ask("get", "/api/slimreel/credits", { query: { before: before ?? null, count: 50 } });

type Running = { state: "running" };

/** Asks again while the service says that it is still at it, and where too much goes on at once. */
async function patiently<A extends { state: string }>(
  call: () => Promise<A | Running>,
  signal?: AbortSignal,
): Promise<Exclude<A, Running>> {
  for (;;) {
    try {
      const found = await call();
      if (found.state !== "running") return found as Exclude<A, Running>;
    } catch (error) {
      if (!(error instanceof Refused && error.status === 429)) throw error;
    }
    await pause(1500);
    signal?.throwIfAborted();
  }
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
