// Numbers as people read them. Sizes are decimal, as file managers and platforms count them.
import { t } from "./language.svelte";

const UNITS: [number, string][] = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
];

export function size(bytes: number): string {
  for (const [unit, name] of UNITS) if (bytes >= unit) return `${short(bytes / unit)} ${name}`;
  return `${Math.round(bytes)} B`;
}

export function rate(bps: number): string {
  return bps >= 1e6 ? `${short(bps / 1e6)} Mbps` : `${Math.round(bps / 1e3)} kbps`;
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

export function credits(count: number): string {
  return t(count === 1 ? "credits_one" : "credits", { count });
}

/** 3 s, 2 min, 1 h 5 min: how long one waits. */
export function wait(seconds: number): string {
  if (seconds < 90) return t("wait_s", { count: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("wait_min", { count: minutes });
  return t("wait_h", { count: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** 0:03.4: a place in a video. */
export function clock(seconds: number, digits = 0): string {
  const whole = Math.max(0, seconds);
  const text = (whole % 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  return `${Math.floor(whole / 60)}:${text}`;
}

export function day(iso: string, tag: string): string {
  return new Date(iso).toLocaleDateString(tag, { year: "numeric", month: "short", day: "numeric" });
}

/** The path of a link of the service: the page may have been called by another of its names. */
export function local(url: string): string {
  const found = new URL(url, location.href);
  return found.pathname + found.search;
}
