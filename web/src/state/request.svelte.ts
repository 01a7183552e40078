// What is about to be said: typed, put together by pointing at the picture, or an offered answer.
import * as calls from "../api/calls";
import { store } from "./store.svelte";

class Request {
  text = $state("");

  write(text: string): void {
    this.text = text;
    const field = document.getElementById("request") as HTMLTextAreaElement | null;
    field?.focus();
    field?.scrollIntoView({ block: "nearest" });
  }

  async send(text = this.text): Promise<void> {
    const said = text.trim();
    const session = store.session;
    if (!said || !session) return;
    if (text === this.text) this.text = "";
    try {
      store.trouble = "";
      await store.conversation.say(session, said);
    } catch (error) {
      store.tell(error);
      if (!store.conversation.turns.some((turn) => turn.text === said)) this.text ||= said;
    }
    store.refresh("state", "turns", "jobs", "balance");
  }

  async undo(steps = 1, draft = store.draft?.id, way: "undo" | "redo" = "undo"): Promise<void> {
    const session = store.session;
    if (!session || !draft || steps < 1) return;
    await store.attempt(() => calls.step(session, draft, way, steps));
    store.refresh("state");
  }
}

export const request = new Request();
