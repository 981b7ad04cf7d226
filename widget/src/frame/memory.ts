/** The chat in this tab: sessionStorage of our own origin; in memory only where that is blocked. */

import type { Language, Message } from "./shapes.ts";

export type State = "waiting" | "failed" | "sent";

export type Entry =
  | { kind: "bot"; message: Message; rated?: string }
  | {
      kind: "person";
      shown: string;
      text?: string;
      payload?: string;
      language: Language;
      chosen: Language | null;
      key: string;
      state: State;
      why?: string | null;
    }
  | { kind: "note"; key: "ended" | "started" | "erased" | "erased_here" };

export type PersonEntry = Extract<Entry, { kind: "person" }>;
export type BotEntry = Extract<Entry, { kind: "bot" }>;

export interface Talk {
  conversation: string | null;
  /** The language of the page now; null where the person has yet to choose. */
  language: Language | null;
  /** What the person chose themselves, if they did. */
  chosen: Language | null;
  entries: Entry[];
  draft: string;
  explained: boolean;
}

const NAME = "cyswllt-1";
const MOST_KEPT = 400;

export const fresh = (language: Language | null): Talk => ({
  conversation: null,
  language,
  chosen: null,
  entries: [],
  draft: "",
  explained: false,
});

/** Return the chat as it was left in this tab; null where there is none. */
export function recall(): Talk | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null") as Talk | null;
    return kept && Array.isArray(kept.entries) ? kept : null;
  } catch {
    return null;
  }
}

/** Keep the chat for the next page; false where the browser does not let us. */
export function keep(talk: Talk): boolean {
  for (let most = MOST_KEPT; most > 4; most >>= 1) {
    try {
      sessionStorage.setItem(NAME, JSON.stringify({ ...talk, entries: talk.entries.slice(-most) }));
      return true;
    } catch {
      // Full: keep the newer half. Blocked: fails to the end.
    }
  }
  return false;
}

export function wipe(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // Blocked: then nothing was kept.
  }
}
