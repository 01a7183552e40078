// What the service answers, as far as the page reads it. The OpenAPI document types what is sent.

export interface FileItem {
  id: string;
  filename: string;
  file_type: "video" | "image" | "audio" | string;
  url: string;
  duration: number | null;
  width: number | null;
  height: number | null;
  fps: number | null;
  size: number;
}

export interface Segment {
  id: string;
  k: "media" | "text" | "subtitles" | "blur";
  b: number;
  d: number;
  a?: string;
  tx?: string;
  m?: { title?: string };
  s?: [number, number];
}

export interface Track {
  id: string;
  tt: number;
  sg: Segment[];
  d: number;
}

export interface Command {
  op: string;
  params: Record<string, unknown>;
}

export interface Draft {
  id: string;
  revision: number;
  t: Track[];
  d: number;
  c: { w: number; h: number; r: string };
  g?: Record<string, unknown>;
  l: { r: number; y: Command[][]; z: Command[][] };
}

export interface State {
  session_id: string;
  task_id: string;
  task_name: string;
  bind_id?: string;
  state: { draft: Partial<Draft>; drafts: Draft[]; video_infos: FileItem[] };
}

export interface Made {
  id: string;
  kind: string;
  filename: string;
  media_type: string;
  url: string;
  size: number;
  duration: number | null;
  width: number | null;
  height: number | null;
  fps: number | null;
  result: { source_bytes?: number } | null;
}

export type JobState = "pending" | "processing" | "completed" | "failed" | "cancelled";

export interface Job {
  id: string;
  draftId: string;
  kind: "export" | "preview" | "output";
  status: JobState;
  stage: string;
  progress: number;
  eta: number | null;
  outputs: Made[];
  createdAt: number;
  completedAt: number | null;
  error: { sentence?: string; remedy?: string } | null;
}

export interface TurnView {
  created_at: string;
  id: string;
  text: string;
  state: string;
  answer: string;
  draft_id: string | null;
  revision: number | null;
  drafts: { draft_id: string; revision: number }[];
}

export interface Limits {
  max_upload_bytes: number;
  accepts: Record<string, string[]>;
}

export interface Preset {
  id: string;
  label: string;
  names: string[];
  goal: { target_size_bytes?: number };
  platform_limit_bytes: number | null;
  checked: string;
  certainty: string;
  note: string;
  source_title: string;
}

export interface Span {
  value: number;
  low: number;
  high: number;
}

export interface Prospect {
  state: "done" | "running";
  bytes: Span;
  seconds: Span;
  vmaf: Span | null;
  width: number;
  height: number;
  codec: string;
  source_bytes: number;
  reasons: string[];
  strategy: string;
}

interface Side {
  bytes: number;
  width: number;
  height: number;
  fps: number;
  codec: string;
  video_bitrate_bps: number;
  video_bps_by_second: number[];
}

export interface Comparison {
  state: "done" | "running";
  reference: Side;
  output: Side;
  vmaf: number;
  verdict: string;
  verdict_sentence: string;
  vmaf_by_second: (number | null)[];
  worst: { time_s: number; vmaf: number }[];
  notes: string[];
}

export interface Playable {
  url: string | null;
  is_source: boolean;
  state: string;
  job: string | null;
}

export interface TokenView {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: string;
  expires_at: string | null;
  kind: string;
  token?: string;
}

export interface CreditEntry {
  id: number;
  kind: string;
  amount: number;
  available_change: number;
  note: string;
  at: string;
}

export interface Balance {
  available: number;
  frozen: number;
  total: number;
}

export interface SignedIn {
  token: string;
  user_id: string;
  expires_at: string;
  credits: number;
}

/** An event of a turn: ADK's form with `type` and `text` beside it. */
export interface TurnEvent {
  type: string;
  text?: string;
  partial?: boolean;
  options?: string[];
  invocationId: string;
  errorMessage?: string;
  content: {
    parts: { functionCall?: { id: string; name: string; args: Record<string, unknown> }; functionResponse?: { id: string } }[];
  };
  actions: { stateDelta: { draft_id?: string; revision?: number } };
}

export interface JobEntry {
  id: string;
  kind: Job["kind"];
  state: JobState;
  stage: string;
  progress: number;
  eta_s: number | null;
  error?: { sentence?: string };
}

export type FeedEntry =
  | { kind: "heartbeat" }
  | { kind: "event"; turn_id: string; payload: TurnEvent }
  | { kind: "end"; turn_id: string }
  | { kind: "draft" | "upload" }
  | { kind: "job"; payload: JobEntry }
  | { kind: "evidence"; payload: { job: string } };
