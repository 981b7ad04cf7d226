/** The words of the window, in the language it is in. */

import { frame as cy } from "../../strings/cy.json";
import { frame as en } from "../../strings/en.json";
import type { Language } from "./shapes.ts";

export type Words = typeof cy;
type Key = { [K in keyof Words]: Words[K] extends string ? K : never }[keyof Words];

export const WORDS: Record<Language, Words> = { cy, en };
export const LANGUAGES: Language[] = ["cy", "en"];

/** Say *key* in *language*, with `{values}` filled in. */
export function say(language: Language, key: Key, values: Record<string, string | number> = {}): string {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
export type { Key };

/** Write a day of the API (2026-08-21, 2026-08 or 2026) in words. */
export function writtenDay(day: string, language: Language): string {
  const [year, month, date] = day.split("-");
  const name = month && WORDS[language].months[Number(month) - 1];
  return [date && String(Number(date)), name, year].filter(Boolean).join(" ");
}
