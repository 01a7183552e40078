// Calls the service, typed by its OpenAPI document. Knows no page and keeps nothing but who asks.
import type { paths } from "./schema";

type Verb = "get" | "post" | "delete";
type Of<P extends keyof paths, V extends Verb> = V extends keyof paths[P] ? paths[P][V] : never;
type InPath<O> = O extends { parameters: { path: infer X } } ? X : never;
type InQuery<O> = O extends { parameters: { query?: infer X } } ? X : never;
type InBody<O> = O extends { requestBody?: { content: { "application/json": infer X } } } ? X : never;
type Answers<O> = O extends { responses: infer R } ? { [S in 200 | 202]: S extends keyof R ? Json<R[S]> : never }[200 | 202] : never;
type Json<A> = A extends { content: { "application/json": { data: infer X } } } ? X : never;
/** What a call answers, of all that it may answer well. */
export type Answer<P extends keyof paths, V extends Verb> = Answers<Of<P, V>>;
type Part<K extends string, X> = [X] extends [never] ? { [key in K]?: undefined } : { [key in K]: X };
export type Asked<P extends keyof paths, V extends Verb> = Part<"path", InPath<Of<P, V>>> & {
  query?: InQuery<Of<P, V>>;
  body?: InBody<Of<P, V>>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** What the service refused, in its own words. `code` is that of the protocol. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The service cannot be reached at all. */
export class Unreachable extends Error {}

interface Identity {
  token(): Promise<string | null>;
  /** Called when a token was refused; whether a new one is there. */
  renew(refused: string): Promise<boolean>;
}

let identity: Identity = { token: async () => null, renew: async () => false };

export function identifyBy(found: Identity): void {
  identity = found;
}

export async function authorization(): Promise<Record<string, string>> {
  const token = await identity.token();
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** The answer's data, in the form that the document gives it. Throws Refused and Unreachable. */
export async function ask<P extends keyof paths & string, V extends Verb>(
  verb: V,
  path: P,
  asked: Asked<P, V>,
): Promise<Answer<P, V>> {
  const url = addressOf(path, asked.path as Record<string, string> | undefined, asked.query as object | undefined);
  const body = asked.body === undefined ? null : JSON.stringify(asked.body);
  const kind: Record<string, string> = body === null ? {} : { "Content-Type": "application/json" };
  const init: RequestInit = { method: verb.toUpperCase(), body, headers: { ...kind, ...asked.headers } };
  if (asked.signal) init.signal = asked.signal;
  const response = await send(url, init);
  const answer = (await response.json()) as { data: Answer<P, V> };
  return answer.data;
}

/** A request with the caller's token, once more with a new one where it was refused. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  for (let tried = 0; ; tried++) {
    const token = await identity.token();
    const headers = new Headers(init.headers);
    if (token) headers.set("Authorization", `Bearer ${token}`);
    // What is refused is said in the page's language, which need not be the browser's.
    headers.set("Accept-Language", document.documentElement.lang || "en");
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers, credentials: "omit" });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new Unreachable();
    }
    if (response.ok) return response;
    if (response.status === 401 && token && tried === 0 && (await identity.renew(token))) continue;
    throw await refusal(response);
  }
}

async function refusal(response: Response): Promise<Refused> {
  try {
    const body = (await response.json()) as { code?: number; message?: string };
    return new Refused(response.status, body.code ?? response.status, body.message ?? response.statusText);
  } catch {
    return new Refused(response.status, response.status, response.statusText);
  }
}

function addressOf(path: string, parts?: Record<string, string>, query?: object): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parts?.[name] ?? ""));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value != null) search.set(name, String(value));
  return search.size ? `${filled}?${search}` : filled;
}
