/** The one door to the gateway: plain requests, no cookies, each with an end. */

import { Garbage, type Language, type Message, conversation, messages } from "./shapes.ts";

/** What went wrong with a request, as far as the person is concerned. */
export type Fault =
  | { kind: "later"; after: number } // no answer, or not one of ours: the same may work in a while
  | { kind: "ended" } // the conversation is no more: a new one will do
  | { kind: "refused"; detail: string | null }; // the same will not work again

export class Failed extends Error {
  constructor(readonly fault: Fault) {
    super(fault.kind);
  }
}

const PATIENCE = 15_000;
const LONGEST_WAIT = 10;

async function call(method: string, path: string, language: Language | null, body?: object, key?: string) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (language) headers["Accept-Language"] = language;
    if (key) headers["Idempotency-Key"] = key;
    const response = await fetch(new URL("/api/v1/conversations" + path, location.href), {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      keepalive: method == "DELETE",
      signal: stop.signal,
    });
    if (!response.ok) throw new Failed(await fault(response));
    return response.status == 204 ? null : ((await response.json()) as unknown);
  } catch (error) {
    throw error instanceof Failed ? error : later();
  } finally {
    clearTimeout(timer);
  }
}

const later = (after = 0) => new Failed({ kind: "later", after });

async function fault(response: Response): Promise<Fault> {
  const { status, headers } = response;
  if (status == 404 || status == 410) return { kind: "ended" };
  if (status == 408 || status == 425 || status == 429 || status >= 500) {
    const after = Number(headers.get("Retry-After")) || 0;
    return { kind: "later", after: Math.min(Math.max(after, status == 429 ? 2 : 0), LONGEST_WAIT) };
  }
  const problem = (await response.json().catch(() => ({}))) as { detail?: unknown };
  return { kind: "refused", detail: typeof problem?.detail == "string" ? problem.detail : null };
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Garbage ? later() : error;
  }
}

export interface Said {
  text?: string;
  payload?: string;
  language?: Language;
}

/** Open a conversation and return its id and the greeting. */
export async function open(language: Language | null, embed: string | null): Promise<[string, Message[]]> {
  const body = await call("POST", "", language, { language, embed });
  return reading(() => [conversation(body), messages(body)]);
}

/** Send one message; the same key gets the same reply, so that sending twice does no harm. */
export async function send(id: string, said: Said, key: string, language: Language): Promise<Message[]> {
  const body = await call("POST", `/${id}/messages`, language, said, key);
  return reading(() => messages(body));
}

export async function rate(id: string, message: string, value: string): Promise<void> {
  await call("POST", `/${id}/messages/${encodeURIComponent(message)}/feedback`, null, { value });
}

export async function erase(id: string): Promise<void> {
  await call("DELETE", `/${id}`, null);
}

/** Make a name for one message that no other has. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
