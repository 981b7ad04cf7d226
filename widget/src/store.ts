/** The talk so far, in this tab only: sessionStorage of our own origin, never on disk, gone with the tab. */
import type { Entry } from "./talk.ts";
import type { Language } from "./texts.ts";

export interface Saved {
  conversation: string;
  language: Language | null;
  entries: Entry[];
  draft: string;
}

const NAME = "cyswllt";
const MOST = 200; // entries kept: what nobody scrolls back to is not carried from page to page

export function restored(): Saved | null {
  try {
    const saved = JSON.parse(sessionStorage.getItem(NAME) ?? "null") as Saved | null;
    return saved && typeof saved.conversation === "string" && Array.isArray(saved.entries) ? saved : null;
  } catch {
    return null; // storage is blocked, or not ours
  }
}

export function save(saved: Saved): void {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ ...saved, entries: saved.entries.slice(-MOST) }));
  } catch {
    // without storage the talk lasts as long as the page
  }
}

export function wipe(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // nothing was kept
  }
}
