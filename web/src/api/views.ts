// What the service answers, by the names that the page has for it. The forms are those of the OpenAPI document; events
// of streams, which no OpenAPI document can type, are written down here.
import type { components } from "./schema";

type Forms = components["schemas"];

export type State = Forms["State"];
export type FileItem = Forms["FileItem"];
export type Draft = Forms["DraftView"];
export type Track = Forms["Track"];
export type Segment = Forms["Segment"];
export type Command = Forms["Command"];
export type TurnView = Forms["TurnView"];
export type Job = Forms["JobView"];
export type JobState = Job["status"];
export type Made = Forms["Made"];
export type Limits = Forms["Limits"];
export type Preset = Forms["PresetView"];
export type Prospect = Forms["Prospect"];
export type Span = Forms["Span"];
export type Comparison = Forms["Comparison"];
export type Playable = Forms["Playable"];
export type TokenView = Forms["TokenView"];
export type CreditEntry = Forms["CreditEntry"];
export type Balance = Forms["Balance"];
export type SignedIn = Forms["SignedIn"];

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
