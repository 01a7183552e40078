// Notifications of the browser, when a file is done and nobody looks. They are asked for by a button, never at once.
import { t } from "./language.svelte";

export const canAsk = () => "Notification" in window && Notification.permission === "default";
export const isBlocked = () => "Notification" in window && Notification.permission === "denied";

const told = new Set<string>();

export function announce(job: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted" || !document.hidden || told.has(job)) return;
  told.add(job);
  try {
    new Notification("slimreel", { body: t("notify_done", { name: t("exports") }), tag: job });
  } catch {
    // Some phones allow them to service workers alone.
  }
}
