// The language of the page and its words.
import { en, type Words } from "../words/en";
import { zh } from "../words/zh";
import { kept } from "./kept";

export type Language = "en" | "zh";
export type Word = keyof Words;

const tables: Record<Language, Words> = { en, zh };

function first(): Language {
  const said = kept.get("language") ?? navigator.language;
  return said.toLowerCase().startsWith("zh") ? "zh" : "en";
}

class Speaking {
  now = $state<Language>(first());

  switch(): void {
    this.now = this.now === "en" ? "zh" : "en";
    kept.set("language", this.now);
    document.documentElement.lang = this.tag;
  }

  get tag(): string {
    return this.now === "zh" ? "zh-CN" : "en";
  }
}

export const language = new Speaking();
document.documentElement.lang = language.tag;

/** A word in the language of the page; `{name}` is what `given` says, as text. */
export function t(word: Word, given: Record<string, string | number> = {}): string {
  return tables[language.now][word].replace(/\{(\w+)\}/g, (_, name: string) => String(given[name] ?? ""));
}

export function hasWord(word: string): word is Word {
  return word in en;
}
