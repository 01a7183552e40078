// What a draft is called: as its first file.
import type { Draft, FileItem } from "../api/views";

export function titleOf(draft: Draft, files: FileItem[]): string {
  const segment = draft.t.flatMap((track) => track.sg).find((one) => one.a || one.m?.title);
  return files.find((file) => file.id === segment?.a)?.filename ?? segment?.m?.title ?? draft.id;
}
