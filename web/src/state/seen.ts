// A score of quality as what people see.
import { t, type Word } from "./language.svelte";

const BANDS: [number, Word][] = [
  [95, "seen_100"],
  [90, "seen_90"],
  [80, "seen_80"],
  [60, "seen_60"],
];

export function seen(vmaf: number): string {
  return t(BANDS.find(([least]) => vmaf >= least)?.[1] ?? "seen_0");
}
