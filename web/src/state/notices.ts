// Notifications of the browser, when a file is done and nobody looks. They are asked for by a button, never at once.
import { t } from "./language.svelte";

export const canAsk = () => "Notification" in window && Notification.permission === "default";

const told = new Set<string>();

/** Tells once that the file of a job is there, by the name that people know it by. */
export function announce(job: string, name: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden || told.has(job)) return;
  told.add(job);
  try {
    const shown = new Notification("slimreel", { body: t("notify_done", { name }), tag: job });
    shown.onclick = () => window.focus();
  } catch {
    // Some phones allow them to service workers alone.
  }
}
