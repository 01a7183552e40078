// What is about to be said: typed, put together by pointing at the picture, or an offered answer.
import * as calls from "../api/calls";
import type { Draft } from "../api/views";
import type { Turn } from "./conversation.svelte";
import { t } from "./language.svelte";
import { keepPlaced } from "./placed";
import { commandsOf, isReady, pending, wordsOf, type Item } from "./pending.svelte";
import { store } from "./store.svelte";

class Request {
  text = $state("");
  isSending = $state(false);

  /** What was pointed at on the picture that is shown. */
  get items(): Item[] {
    return store.draft ? pending.of(store.draft.id) : [];
  }

  get canSend(): boolean {
    const isWhole = this.items.every((item) => isReady(item, store.files));
    return !this.isSending && isWhole && (this.items.length > 0 || this.text.trim() !== "");
  }

  write(text: string): void {
    this.text = text;
    this.focus();
  }

  focus(): void {
    const field = document.getElementById("request") as HTMLTextAreaElement | null;
    field?.focus({ preventScroll: true });
    field?.form?.scrollIntoView({ block: "nearest" });
  }

  /** Sends what waits: first what was pointed at, since it was meant for the picture as it is now; then the words. */
  async send(): Promise<void> {
    const draft = store.draft;
    if (!this.canSend || !draft) return;
    this.isSending = true;
    const said = this.text;
    const isPlaced = !this.items.length || (await this.#place(draft, this.items));
    this.isSending = false;
    if (!isPlaced || !said.trim()) return;
    this.text = "";
    await this.say(said);
  }

  async say(text: string): Promise<void> {
    const said = text.trim();
    const session = store.session;
    if (!said || !session) return;
    try {
      store.trouble = "";
      await store.conversation.say(session, said);
    } catch (error) {
      store.tell(error);
      if (!store.conversation.turns.some((turn) => turn.text === said)) this.text ||= said;
    }
    store.refresh("state", "turns", "jobs", "balance");
  }

  async undo(draft = store.draft?.id, way: "undo" | "redo" = "undo"): Promise<void> {
    const session = store.session;
    if (!session || !draft) return;
    await store.attempt(() => calls.step(session, draft, way));
    store.refresh("state");
  }

  /** Takes back a turn, and all that came after it, on each draft that it changed. */
  async takeBack(turn: Turn): Promise<void> {
    const session = store.session;
    if (!session) return;
    for (const { draft } of store.conversation.stepsBack(turn, store.drafts)) {
      const revision = turn.revisions[draft];
      if (revision) await store.attempt(() => calls.takeBack(session, draft, revision));
    }
    store.refresh("state");
  }

  async #place(draft: Draft, items: Item[]): Promise<boolean> {
    const session = store.session;
    if (!session) return false;
    const ops = commandsOf(items, store.files, draft.c);
    const told = items.map((item) => wordsOf(item, store.files)).join(t("pending_and"));
    const done = await store.attempt(() => calls.applyOperations(session, draft.id, ops));
    if (!done) return false;
    pending.remove(...items);
    store.conversation.note(told, t("pending_done"), done.draft);
    keepPlaced(session, store.conversation.placed);
    store.refresh("state", "balance");
    return true;
  }
}

export const request = new Request();
