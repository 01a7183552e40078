// What was said and what came of it: turns, folded from the events of streams and from the list of the service.
import { events } from "../api/stream";
import type { Command, Draft, TurnEvent, TurnView } from "../api/views";
import { freshId } from "./fresh";
import type { Placed } from "./placed";

// Steps of a draft that change nothing of it.
const IDLE = new Set(["preview", "thumbnail"]);

export interface Turn {
  /** Empty until the service has said it. */
  id: string;
  text: string;
  answers: string[];
  growing: string;
  options: string[];
  /** What it did, by draft. */
  edits: Record<string, Command[]>;
  /** The revisions that it led to, by draft. */
  revisions: Record<string, number>;
  hasActed: boolean;
  /** Done by pointing: the service keeps no turn of it. */
  isPlaced: boolean;
  at: number;
  running: boolean;
  problem: string;
}

export class Conversation {
  turns = $state<Turn[]>([]);
  readonly #seen = new Set<string>();
  readonly #early = new Map<string, TurnEvent[]>();
  readonly #called = new Map<string, Command>();
  #before: Placed[] = [];

  get isRunning(): boolean {
    return this.turns.some((turn) => turn.running);
  }

  /** Says something and follows the answer. The turn as it ended; null where the stream was lost before. */
  async say(session: string, text: string): Promise<Turn | null> {
    this.turns.push(begun("", text));
    const pending = this.turns.at(-1)!;
    const body = { session_id: session, streaming: true, new_message: { parts: [{ text }] } };
    const init = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    try {
      for await (const { data } of events("/run_sse", init)) {
        const event = data as TurnEvent;
        if (event.type === "heartbeat") continue;
        pending.id ||= event.invocationId;
        this.take(event.invocationId, event);
      }
    } catch (error) {
      if (!pending.id) this.turns.splice(this.turns.indexOf(pending), 1);
      throw error;
    }
    pending.running = false;
    return pending;
  }

  /** An event of a turn, from its own stream or the session's feed. False where the turn is not known. */
  take(turnId: string, event: TurnEvent): boolean {
    const turn = this.turns.find((one) => one.id === turnId);
    if (!turn) {
      // The feed may be quicker than the list: what it says is kept until the turn is known.
      if (!event.partial) this.#early.set(turnId, [...(this.#early.get(turnId) ?? []), event]);
      return this.turns.some((one) => !one.id);
    }
    if (event.partial) {
      turn.growing += event.text ?? "";
      return true;
    }
    const id = (event as unknown as { id: string }).id;
    if (this.#seen.has(id)) return true;
    this.#seen.add(id);
    if (event.text && event.type === "text" && !turn.answers.includes(event.text)) turn.answers.push(event.text);
    if (event.type === "text") turn.growing = "";
    if (event.type === "error") turn.problem = event.errorMessage ?? event.text ?? "";
    if (event.options) turn.options = event.options;
    const { draft_id: draft, revision } = event.actions.stateDelta;
    if (draft && revision) turn.revisions = { ...turn.revisions, [draft]: revision };
    for (const { functionCall: call, functionResponse: done } of event.content.parts) {
      if (call) this.#called.set(turnId + call.id, { op: call.name, params: call.args });
      const command = done && this.#called.get(turnId + done.id);
      if (!command) continue;
      turn.hasActed = true;
      // Made anew: what is put into a fresh list afterwards would be seen by nobody.
      if (draft) turn.edits[draft] = [...(turn.edits[draft] ?? []), command];
    }
    return true;
  }

  end(turnId: string): void {
    const turn = this.turns.find((one) => one.id === turnId);
    if (turn) turn.running = false;
  }

  /** The list of the service: it knows what other tabs said. */
  list(found: TurnView[]): void {
    const turns = found.map((view) => {
      const known = this.turns.find((one) => one.id === view.id || (!one.id && one.text === view.text));
      const turn = known ?? begun(view.id, view.text);
      turn.id = view.id;
      turn.text = view.text;
      turn.running = view.state === "running";
      turn.at = Date.parse(view.created_at);
      for (const one of view.drafts) turn.revisions[one.draft_id] = one.revision;
      if (view.answer && !turn.answers.length && !this.#early.has(view.id)) turn.answers = [view.answer];
      return turn;
    });
    // What was placed stays behind the turn that it came after: clocks of two machines say nothing of that.
    const placed = [...this.#before, ...this.placed];
    const unsaid = this.turns.filter((one) => !one.id);
    const behind = (id: string) => placed.filter(({ after }) => after === id).map(({ turn }) => turn);
    this.turns = [...behind(""), ...turns.flatMap((one) => [one, ...behind(one.id)]), ...unsaid];
    this.#before = this.#before.filter(({ turn }) => !this.turns.some((one) => one.id === turn.id));
    for (const turn of turns) {
      const early = this.#early.get(turn.id) ?? [];
      this.#early.delete(turn.id);
      for (const event of early) this.take(turn.id, event);
    }
  }

  /** The steps made by pointing. */
  get placed(): Placed[] {
    let after = "";
    return this.turns.flatMap((turn) => {
      if (turn.isPlaced) return [{ after, turn }];
      after = turn.id || after;
      return [];
    });
  }

  /** Steps of an earlier visit, to be shown among the turns as soon as these are known. */
  recall(placed: Placed[]): void {
    this.#before = placed;
  }

  /** Shows what was done by pointing, which is the last step of the draft, among what was said. */
  note(text: string, answer: string, draft: Draft): void {
    const edits = { [draft.id]: draft.l.y.at(-1) ?? [] };
    const done = { edits, revisions: { [draft.id]: draft.revision }, hasActed: true, isPlaced: true, running: false };
    this.turns.push({ ...begun(freshId(), text), ...done, answers: [answer] });
  }

  /** How many steps back undo everything from this turn on, for each draft where there is something of it to undo. */
  stepsBack(turn: Turn, drafts: Draft[]): { draft: string; steps: number }[] {
    return drafts
      .map((draft) => ({ draft: draft.id, steps: this.#stepsOn(turn, draft) }))
      .filter(({ steps }) => steps > 0);
  }

  #stepsOn(turn: Turn, draft: Draft): number {
    const done = draft.l.y;
    let at = 0;
    for (const one of this.turns) {
      const commands = one.edits[draft.id];
      if (!commands) continue;
      const found = done.findIndex((known, index) => index >= at && same(known, commands));
      if (found < 0) continue;
      if (one === turn) return commands.every(({ op }) => IDLE.has(op)) ? 0 : done.length - found;
      at = found + 1;
    }
    return 0;
  }
}

function begun(id: string, text: string): Turn {
  return {
    ...{ id, text, answers: [], growing: "", options: [], edits: {}, revisions: {} },
    ...{ hasActed: false, isPlaced: false, at: Date.now(), running: true, problem: "" },
  };
}

function same(one: Command[], other: Command[]): boolean {
  return one.length > 0 && one.length <= other.length && JSON.stringify(one) === JSON.stringify(other);
}
