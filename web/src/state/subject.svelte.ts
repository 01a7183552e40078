// What the player shows of a draft: its source, what was made of it, or the timeline drawn picture by picture.
import type { Draft, FileItem, Job, Made } from "../api/views";
import { isOf, isSeen } from "./rendered";
import { store } from "./store.svelte";

const SAME_S = 0.3;

export interface Subject {
  draft: Draft;
  source: FileItem | null;
  isEdited: boolean;
  job: Job | null;
  made: Made | null;
  /** Whether source and result show the same moments at the same time. */
  isParallel: boolean;
}

export function subjectOf(draft: Draft): Subject {
  const asset = draft.t.flatMap((track) => track.sg).find((segment) => segment.a)?.a;
  const source = store.files.find((file) => file.id === asset) ?? null;
  const isEdited = draft.l.y.some((commands) => commands.some(isSeen));
  const changedAt = Math.max(
    0,
    ...store.conversation.turns
      .filter((turn) => turn.edits[draft.id]?.some(isSeen))
      .map((turn) => turn.at),
  );
  const found = store.jobs.find(
    (job) =>
      job.draftId === draft.id &&
      job.status === "completed" &&
      (isOf(job.id, draft) ?? job.createdAt >= changedAt) &&
      videoOf(job),
  );
  const job = found ?? null;
  const made = found ? videoOf(found) : null;
  const length = draft.d / 1000;
  const isParallel =
    source !== null &&
    made !== null &&
    Math.abs((source.duration ?? 0) - (made.duration ?? 0)) < SAME_S &&
    Math.abs(length - (made.duration ?? 0)) < SAME_S;
  return { draft, source, isEdited, job, made, isParallel };
}

function videoOf(job: Job): Made | null {
  const kind = job.kind === "preview" ? "previewed" : "video";
  return job.outputs.find((made) => made.kind === kind) ?? null;
}
