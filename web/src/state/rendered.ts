// Of which timeline a render was made, so that the player shows a file only while it is what the timeline says.
import type { Command, Draft } from "../api/views";
import { kept } from "./kept";

// Of these the picture shows nothing different.
const UNSEEN = new Set(["compress", "export", "preview", "thumbnail", "undo", "redo"]);
const MOST = 100;

export const isSeen = (command: Command) => !UNSEEN.has(command.op);

/** What was done to a draft that one can see, as a short text. */
export function looksOf(draft: Draft): string {
  const text = JSON.stringify(draft.l.y.map((commands) => commands.filter(isSeen)).filter((one) => one.length));
  let sum = 5381;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 33) ^ text.charCodeAt(at)) >>> 0;
  return `${text.length}.${sum.toString(36)}`;
}

function read(): [string, string][] {
  try {
    return JSON.parse(kept.get("rendered") ?? "[]") as [string, string][];
  } catch {
    return [];
  }
}

/** Notes how the draft of a render looks, unless that is known. */
export function noteRender(job: string, draft: Draft): void {
  const known = read();
  if (known.some(([name]) => name === job)) return;
  kept.set("rendered", JSON.stringify([...known.slice(1 - MOST), [job, looksOf(draft)]]));
}

/** Whether a render shows the draft as it is now; null where this browser did not see it begin. */
export function isOf(job: string, draft: Draft): boolean | null {
  const found = read().find(([name]) => name === job);
  return found ? found[1] === looksOf(draft) : null;
}
