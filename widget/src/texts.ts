/** Every word a person reads, in both languages; put in by build.mjs from bot/content. */
export type Language = "cy" | "en";

declare const TEXTS: Record<Language, Record<string, string>>;

export const OWN_NAMES: Record<Language, string> = { cy: "Cymraeg", en: "English" };

export function other(language: Language): Language {
  return language === "cy" ? "en" : "cy";
}

/** The text of *key*; a missing text is an error, never the other language in its place. */
export function say(key: string, language: Language, values: Record<string, string> = {}): string {
  const text = TEXTS[language][key];
  if (text === undefined) throw new Error(`no text ${key} in ${language}`);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** A day, or as much of it as is known (2026, 2026-08, 2026-08-21), in words. */
export function day(date: string, language: Language): string {
  const [year = "", month, number] = date.split("-");
  if (!month) return year;
  const named = { year, month: say(`page.month.${month}`, language), day: String(Number(number)) };
  return say(number ? "page.date" : "page.month_year", language, named);
}
