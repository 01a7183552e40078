// Steps that were made by pointing, kept in this browser between visits: the service has no turn of them.
import type { Turn } from "./conversation.svelte";
import { kept } from "./kept";

/** A step and the turn that it came after, which is empty for the first. */
export interface Placed {
  after: string;
  turn: Turn;
}

const MOST = 50;

export function keepPlaced(session: string, placed: Placed[]): void {
  kept.set(`placed.${session}`, placed.length ? JSON.stringify(placed.slice(-MOST)) : null);
}

export function placedBefore(session: string): Placed[] {
  try {
    return JSON.parse(kept.get(`placed.${session}`) ?? "[]") as Placed[];
  } catch {
    return [];
  }
}
