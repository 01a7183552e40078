// The one store of the page: what the service knows of the session, kept true by the session's feed of events.
import * as calls from "../api/calls";
import { Refused, Unreachable } from "../api/client";
import { events } from "../api/stream";
import type { Balance, Draft, FeedEntry, FileItem, Job, JobEntry } from "../api/views";
import { account } from "./account.svelte";
import { Conversation } from "./conversation.svelte";
import { kept, keptInTab } from "./kept";
import { placedBefore } from "./placed";
import { language, t } from "./language.svelte";
import { announce } from "./notices";
import { noteRender } from "./rendered";
import { titleOf } from "./titles";

const AGAIN_MS = [500, 1000, 2000, 4000];
const GATHER_MS = 120;
const NO_CREDITS = 2001;
const ENDED = ["completed", "failed", "cancelled"];
type Part = "state" | "turns" | "jobs" | "balance";

class Store {
  session = $state<string | null>(null);
  files = $state<FileItem[]>([]);
  drafts = $state<Draft[]>([]);
  jobs = $state<Job[]>([]);
  balance = $state<Balance | null>(null);
  bindId = $state<string | null>(null);
  isLive = $state(true);
  isLoading = $state(true);
  trouble = $state("");
  /** Whether what went wrong is helped by an account of one's own. */
  needsAccount = $state(false);
  /** Renders whose comparison was finished, by name, as often as the feed said so. */
  compared = $state<Record<string, number>>({});
  readonly conversation = new Conversation();
  #chosen = $state<string | null>(null);
  #listening: AbortController | null = null;
  #wanted = new Set<Part>();
  #asked: Partial<Record<Part, number>> = {};
  #moved = new Map<string, JobEntry>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  get draft(): Draft | null {
    return this.drafts.find((one) => one.id === this.#chosen) ?? this.drafts.at(-1) ?? null;
  }

  choose(draft: string): void {
    this.#chosen = draft;
  }

  /** Takes up the project that this browser worked on last, if there is one. */
  async open(): Promise<void> {
    const session = keptInTab.get("session") ?? kept.get("session");
    if (!session || !account.token) {
      this.isLoading = false;
      return;
    }
    await this.#take(session);
  }

  /** The session, begun where there is none yet: that is when an account is first needed. */
  async begin(): Promise<string> {
    if (this.session) return this.session;
    await account.ensure();
    const { session_id: session } = await calls.beginSession(language.now);
    kept.set("session", session);
    keptInTab.set("session", session);
    await this.#take(session);
    return session;
  }

  /** Forgets the session: the next file begins another one. */
  close(): void {
    this.#listening?.abort();
    kept.set("session", null);
    keptInTab.set("session", null);
  }

  /** What went wrong, in words; nothing where a call was only given up. */
  tell(error: unknown): void {
    this.needsAccount = error instanceof Refused && (error.status === 402 || error.code === NO_CREDITS);
    if (error instanceof Unreachable) this.trouble = t("offline");
    else if (error instanceof Refused) this.trouble = error.message;
    else if (!(error instanceof DOMException && error.name === "AbortError")) {
      this.trouble = t("went_wrong", { detail: error instanceof Error ? error.message : "" });
    }
  }

  /** Does something and tells what went wrong; undefined then. */
  async attempt<A>(work: () => Promise<A>): Promise<A | undefined> {
    this.trouble = "";
    try {
      return await work();
    } catch (error) {
      this.tell(error);
      return undefined;
    }
  }

  put(job: Job): void {
    const at = this.jobs.findIndex((one) => one.id === job.id);
    if (at < 0) this.jobs.unshift(job);
    else this.jobs[at] = job;
    this.#noteRenders();
  }

  /** Asks again for parts, at most once in a moment. */
  refresh(...parts: Part[]): void {
    for (const part of parts) this.#wanted.add(part);
    this.#timer ??= setTimeout(() => void this.#gather(), GATHER_MS);
  }

  async #take(session: string): Promise<void> {
    this.session = session;
    keptInTab.set("session", session);
    this.conversation.recall(placedBefore(session));
    try {
      await this.#load(["state", "turns", "jobs", "balance"]);
    } catch (error) {
      if (error instanceof Refused && [401, 404].includes(error.status)) {
        this.close();
        this.session = null;
        this.isLoading = false;
        return;
      }
      this.tell(error);
    }
    this.isLoading = false;
    void this.#listen(session);
  }

  async #listen(session: string): Promise<void> {
    this.#listening?.abort();
    const stop = (this.#listening = new AbortController());
    let last = 0;
    for (let tried = 0; !stop.signal.aborted; tried++) {
      const headers: Record<string, string> = last ? { "Last-Event-ID": String(last) } : {};
      const opened = () => {
        if (!this.isLive) this.refresh("state", "turns", "jobs", "balance");
        this.isLive = true;
        tried = 0;
      };
      const feed = `/api/slimreel/sessions/${session}/feed`;
      try {
        for await (const { id, data } of events(feed, { headers, signal: stop.signal }, opened)) {
          if (id) last = id;
          this.#hear(data as FeedEntry);
        }
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof Refused && error.status === 404) return;
        this.isLive = error instanceof Refused && error.status === 429;
      }
      await calls.pause(AGAIN_MS[Math.min(tried, AGAIN_MS.length - 1)]!);
    }
  }

  #hear(entry: FeedEntry): void {
    if (entry.kind === "event") {
      if (!this.conversation.take(entry.turn_id, entry.payload)) this.refresh("turns");
    } else if (entry.kind === "end") {
      this.conversation.end(entry.turn_id);
      this.refresh("turns", "balance");
    } else if (entry.kind === "draft" || entry.kind === "upload") {
      this.refresh("state");
    } else if (entry.kind === "evidence") {
      this.compared[entry.payload.job] = (this.compared[entry.payload.job] ?? 0) + 1;
    } else if (entry.kind === "job") {
      this.#moved.set(entry.payload.id, entry.payload);
      this.refresh();
    }
  }

  async #gather(): Promise<void> {
    this.#timer = null;
    for (const told of this.#moved.values()) this.#move(told);
    this.#moved.clear();
    const parts = [...this.#wanted];
    this.#wanted.clear();
    try {
      await this.#load(parts);
    } catch (error) {
      if (!(error instanceof Unreachable)) this.tell(error);
      else this.isLive = false;
    }
  }

  #move(told: JobEntry): void {
    const job = this.jobs.find((one) => one.id === told.id);
    if (!job) {
      this.refresh("jobs", "state");
      return;
    }
    if (ENDED.includes(told.state)) {
      if (job.status !== told.state) this.refresh("jobs", "balance");
      return;
    }
    job.status = told.state;
    job.stage = told.stage;
    job.progress = Math.round(told.progress * 100);
    job.eta = told.eta_s;
  }

  async #load(parts: Part[]): Promise<void> {
    const session = this.session;
    if (!session) return;
    const work: Record<Part, () => Promise<void>> = {
      state: () =>
        this.#ask("state", calls.readState(session), (found) => {
          this.files = found.state.video_infos;
          this.drafts = found.state.drafts;
          this.bindId = found.bind_id ?? null;
        }),
      turns: () => this.#ask("turns", calls.listTurns(session), (found) => this.conversation.list(found)),
      jobs: () =>
        this.#ask("jobs", calls.listJobs(session), (found) => {
          const open = new Set(this.jobs.filter((job) => !ENDED.includes(job.status)).map((job) => job.id));
          this.jobs = found;
          this.#announce(found.filter((job) => open.has(job.id) && job.status === "completed"));
        }),
      balance: () => this.#ask("balance", calls.readBalance(), (found) => void (this.balance = found)),
    };
    await Promise.all(parts.map((part) => work[part]()));
    this.#noteRenders();
  }

  /** Takes an answer, unless another that was asked for later may be there already: answers overtake one another. */
  async #ask<A>(part: Part, answer: Promise<A>, take: (found: A) => void): Promise<void> {
    const turn = (this.#asked[part] = (this.#asked[part] ?? 0) + 1);
    const found = await answer;
    if (turn === this.#asked[part]) take(found);
  }

  #announce(finished: Job[]): void {
    for (const job of finished.filter((one) => one.kind === "export")) {
      const draft = this.drafts.find((one) => one.id === job.draftId);
      announce(job.id, job.outputs[0]?.filename ?? (draft ? titleOf(draft, this.files) : ""));
    }
  }

  /** Renders that have not ended are of the timelines as they are now. */
  #noteRenders(): void {
    for (const job of this.jobs) {
      const draft = this.drafts.find((one) => one.id === job.draftId);
      if (draft && !ENDED.includes(job.status)) noteRender(job.id, draft);
    }
  }
}

export const store = new Store();
