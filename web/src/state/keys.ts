// Keys that work everywhere but where somebody types.
import { playback } from "./playback.svelte";
import { request } from "./request.svelte";

const JUMP_S = 5;

export function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement | null;
  if (target?.closest("input:not([type=range]), textarea, select, [contenteditable]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    void request.undo(undefined, event.shiftKey ? "redo" : "undo");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || target?.closest("[role=slider], input[type=range]")) return;
  if (event.key === " " && target?.closest("button, a, summary")) return;
  const keys: Record<string, () => void> = {
    " ": () => playback.toggle(),
    k: () => playback.toggle(),
    j: () => playback.seek(playback.time - JUMP_S),
    l: () => playback.seek(playback.time + JUMP_S),
    ArrowLeft: () => playback.step(-1),
    ArrowRight: () => playback.step(1),
  };
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
}
