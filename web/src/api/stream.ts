// Streams of events over fetch, since EventSource cannot send a token. Knows their form, not what they mean.
import { send } from "./client";

export interface Received {
  id: number | null;
  data: unknown;
}

/** The events of one answer until it closes or `signal` says so; `opened` hears that there is one, which may be long
 * before its first event. Throws Refused and Unreachable. */
export async function* events(url: string, init: RequestInit, opened = () => {}): AsyncGenerator<Received> {
  const response = await send(url, init);
  opened();
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let held = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      held += value;
      let end: number;
      while ((end = held.indexOf("\n\n")) >= 0) {
        const event = parsed(held.slice(0, end));
        held = held.slice(end + 2);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parsed(text: string): Received | null {
  let id: number | null = null;
  let data = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("id: ")) id = Number(line.slice(4));
    else if (line.startsWith("data: ")) data += line.slice(6);
  }
  return data ? { id, data: JSON.parse(data) } : null;
}
