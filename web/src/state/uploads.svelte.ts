// Files on their way: sent so that they can be taken up again, also after the page was loaded anew.
import { DetailedError, Upload } from "tus-js-client";
import * as calls from "../api/calls";
import { authorization, send } from "../api/client";
import { forget, keep, waiting, type Waiting } from "./shelf";
import { freshId } from "./fresh";
import { store } from "./store.svelte";

const AGAIN_MS = [0, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000, 8000];
const RATE_MS = 4000;

export interface Sending {
  key: string;
  name: string;
  size: number;
  sent: number;
  /** Bytes a second; 0 while it is not known. */
  rate: number;
  state: "begun" | "sending" | "checking" | "paused" | "failed";
  problem: string;
}

class Uploads {
  list = $state<Sending[]>([]);
  readonly #running = new Map<string, Upload>();

  async add(files: File[]): Promise<void> {
    // They are seen at once, also where a session has to be begun first.
    const shown = files.map((file) => [file, this.#show(freshId(), file)] as const);
    const session = await store.attempt(() => store.begin());
    if (!session) this.list = this.list.filter((one) => !shown.some(([, { key }]) => key === one.key));
    else await Promise.all(shown.map(([file, { key }]) => this.#begin({ key, session, file }, true)));
  }

  /** Goes on with what a closed tab left; of several tabs one does. */
  async resume(session: string): Promise<void> {
    for (const one of await waiting(session)) void this.#begin(one, false);
  }

  async fetch(url: string): Promise<void> {
    const session = await store.attempt(() => store.begin());
    if (!session) return;
    const one = this.#show(freshId(), new File([], url));
    one.state = "checking";
    try {
      const found = await calls.fetchAddresses(session, [url]);
      if (found.failed?.[0]) this.#fail(one, found.failed[0].message);
      else this.dismiss(one.key);
    } catch (error) {
      this.#fail(one, error instanceof Error ? error.message : "");
    }
  }

  stop(key: string): void {
    void this.#running.get(key)?.abort(true).catch(() => {});
    this.#running.delete(key);
    this.dismiss(key);
  }

  dismiss(key: string): void {
    this.list = this.list.filter((one) => one.key !== key);
    void forget(key);
  }

  async #begin(one: Waiting, isNew: boolean): Promise<void> {
    if (!navigator.locks) return this.#send(one, isNew);
    await navigator.locks.request(`slimreel-upload-${one.key}`, { ifAvailable: true }, async (lock) => {
      if (lock) await this.#send(one, isNew);
    });
  }

  async #send(one: Waiting, isNew: boolean): Promise<void> {
    const known = this.list.find(({ key }) => key === one.key);
    if (isNew && !known) return; // stopped before it went
    const shown = known ?? this.#show(one.key, one.file);
    shown.state = "sending";
    if (isNew) void keep(one);
    const marks: [number, number][] = [];
    await new Promise<void>((ended) => {
      const upload = new Upload(one.file, {
        endpoint: `/api/uploads/${one.session}`,
        retryDelays: AGAIN_MS,
        metadata: { filename: one.file.name },
        removeFingerprintOnSuccess: true,
        onBeforeRequest: async (request) => {
          const headers = await authorization();
          request.setHeader("Authorization", headers.Authorization ?? "");
        },
        onShouldRetry: (error) => {
          const status = error.originalResponse?.getStatus() ?? 0;
          const again = status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
          if (again) shown.state = "paused";
          return again;
        },
        onProgress: (sent) => {
          const now = performance.now();
          marks.push([now, sent]);
          while (marks.length > 2 && now - marks[0]![0] > RATE_MS) marks.shift();
          const [at, before] = marks[0]!;
          shown.sent = sent;
          shown.rate = now > at ? ((sent - before) / (now - at)) * 1000 : 0;
          shown.state = sent >= one.file.size ? "checking" : "sending";
        },
        onError: (error) => {
          this.#fail(shown, inWords(error));
          ended();
        },
        onSuccess: () => void this.#settle(shown, upload.url ?? "").finally(ended),
      });
      this.#running.set(one.key, upload);
      void upload.findPreviousUploads().then((found) => {
        if (found[0]) upload.resumeFromPreviousUpload(found[0]);
        upload.start();
      });
    });
    this.#running.delete(one.key);
  }

  async #settle(shown: Sending, url: string): Promise<void> {
    try {
      const answer = await send(new URL(url, location.href).pathname, {});
      const { data } = (await answer.json()) as { data: { state: string; problem?: { sentence?: string } } };
      if (data.state === "refused") this.#fail(shown, data.problem?.sentence ?? "");
      else this.dismiss(shown.key);
    } catch {
      this.dismiss(shown.key);
    }
    store.refresh("state");
  }

  #show(key: string, file: File): Sending {
    this.list.push({ key, name: file.name, size: file.size, sent: 0, rate: 0, state: "begun", problem: "" });
    return this.list.at(-1)!;
  }

  #fail(shown: Sending, problem: string): void {
    shown.state = "failed";
    shown.problem = problem;
    void forget(shown.key);
  }
}

/** The service's own sentence, where it said one. */
function inWords(error: Error | DetailedError): string {
  if (!(error instanceof DetailedError)) return error.message;
  try {
    return (JSON.parse(error.originalResponse?.getBody() ?? "") as { message?: string }).message ?? "";
  } catch {
    return "";
  }
}

export const uploads = new Uploads();
