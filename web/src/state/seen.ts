// A score of quality as what people see; the bands are those of the comparison's verdicts.
import { t, type Word } from "./language.svelte";

const BANDS: [number, Word][] = [
  [95, "seen_100"],
  [89, "seen_90"],
  [83, "seen_80"],
  [71, "seen_60"],
];

export function seen(vmaf: number): string {
  return t(BANDS.find(([least]) => vmaf >= least)?.[1] ?? "seen_0");
}
