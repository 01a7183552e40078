// Starting a render by a place to send it to, or by a wish in words. It asks the service for edits and renders alone.
import * as calls from "../api/calls";
import type { Draft, Preset } from "../api/views";
import { store } from "./store.svelte";

export type Aim = { preset: Preset } | { quality: string; wish: string } | { wish: string };

// Where people send videos most, before the rest of the list.
const FIRST = {
  en: ["discord", "whatsapp", "email", "youtube", "tiktok", "instagram_reels", "telegram"],
  zh: ["wechat", "bilibili", "douyin", "xiaohongshu", "email", "wechat_channels", "kuaishou"],
};

export function ordered(presets: Preset[], language: "en" | "zh"): Preset[] {
  const rank = (preset: Preset) => {
    const at = FIRST[language].indexOf(preset.id);
    return at < 0 ? FIRST[language].length : at;
  };
  return [...presets].sort((one, other) => rank(one) - rank(other));
}

export function labelOf(preset: Preset, language: "en" | "zh"): string {
  // "微信 WeChat": each language has its own half.
  const found = /^([\u4e00-\u9fff]+) (.+)$/.exec(preset.label);
  if (!found) return preset.label;
  return language === "zh" ? found[1]! : found[2]!;
}

/** The aim as words that the service understands, for an estimate. */
export function wishOf(aim: Aim): string {
  return "preset" in aim ? (aim.preset.names[0] ?? aim.preset.id) : aim.wish;
}

/** Sets the aim on these drafts and begins a render of each. What was asked instead stays in the chat. */
export async function start(session: string, aim: Aim, drafts: Draft[]): Promise<void> {
  let ready = drafts.map((draft) => draft.id);
  if ("preset" in aim || "quality" in aim) {
    const params: Record<string, unknown> = "preset" in aim ? { preset: aim.preset.id } : { quality: aim.quality };
    for (const id of ready) await calls.applyOperations(session, id, [{ op: "compress", params }]);
  } else {
    const turn = await store.conversation.say(session, aim.wish);
    if (!turn || turn.options.length || turn.problem || !turn.hasActed) return;
    const touched = Object.keys(turn.edits);
    const meant = ready.filter((id) => touched.includes(id));
    if (meant.length) ready = meant;
    else if (touched.length) ready = touched;
  }
  for (const id of ready) store.put(await calls.submitRender(session, id));
  store.refresh("state", "balance");
}
