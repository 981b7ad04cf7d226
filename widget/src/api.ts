/** The HTTP API of the gateway, as docs/architecture.md and /api/v1/openapi.json describe it. */
import type { Language } from "./texts.ts";

export interface Button { title: string; payload: string; topic: string | null }
export interface Source { title: string; url: string | null }
export interface Phone { number: string; type: "voice" | "text"; label: string | null; keyword: string | null }
export interface Service {
  id: string; name: string; description: string | null; phones: Phone[]; phone_welsh: string | null; url: string | null;
  email: string | null; address: string | null; schedule: string | null; open_now: boolean | null; why: string | null;
}
export interface Message {
  id: string; text: string; language: Language; topic: string | null; buttons: Button[]; sources: Source[];
  as_of: string | null; checked_on: string | null; services: Service[]; prison: string | null;
}
export interface Said { text?: string; payload?: string; language?: Language }
export type Rating = "yes" | "no" | "wrong";

/** Why a request failed: no connection, the server's own words, a conversation that is over, or no sense. */
export type Trouble = { kind: "offline" | "ended" | "trouble" } | { kind: "told"; detail: string };

export class Failed extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.kind);
    this.trouble = trouble;
  }
}

const LONGEST_WAIT = 20_000; // milliseconds

export async function open(language: Language | null, embed: string): Promise<{ conversation: string; messages: Message[] }> {
  const opened = await request("POST", "/api/v1/conversations", { language, embed: embed || null });
  const { conversation, messages } = opened as { conversation?: unknown; messages?: unknown };
  if (typeof conversation !== "string") throw new Failed({ kind: "trouble" });
  return { conversation, messages: whole(messages) };
}

/** Say something once: the same *key* is never answered twice, however often it is sent. */
export async function send(conversation: string, said: Said, key: string): Promise<Message[]> {
  const answer = await request("POST", `/api/v1/conversations/${conversation}/messages`, said, { "Idempotency-Key": key });
  return whole((answer as { messages?: unknown }).messages);
}

export async function rate(conversation: string, message: string, value: Rating): Promise<void> {
  await request("POST", `/api/v1/conversations/${conversation}/messages/${message}/feedback`, { value });
}

/** Send the question behind an answer that did not help to the editors; it is redacted there first. */
export async function ask(conversation: string, message: string, text: string, value: Rating): Promise<void> {
  await request("POST", `/api/v1/conversations/${conversation}/messages/${message}/question`, { text, value });
}

/** Erase the conversation; `keepalive` lets it happen while the page is being left. */
export async function erase(conversation: string): Promise<void> {
  await request("DELETE", `/api/v1/conversations/${conversation}`);
}

async function request(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      // Problems are told in the language of the labels, whatever the browser was set to.
      method, headers: { ...headers, "Content-Type": "application/json", "Accept-Language": document.documentElement.lang }, body: body ? JSON.stringify(body) : undefined,
      credentials: "omit", keepalive: method === "DELETE", signal: AbortSignal.timeout(LONGEST_WAIT),
    });
  } catch {
    throw new Failed({ kind: navigator.onLine ? "trouble" : "offline" });
  }
  if (response.status === 204) return undefined;
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer ?? {};
  if (response.status === 404 || response.status === 410) throw new Failed({ kind: "ended" });
  const detail = (answer as { detail?: unknown } | undefined)?.detail;
  throw new Failed(typeof detail === "string" ? { kind: "told", detail } : { kind: "trouble" });
}

/** Only messages that are what the API promises: a proxy's error page is not an answer. */
function whole(messages: unknown): Message[] {
  const good = Array.isArray(messages) && messages.length > 0 && messages.every(isMessage);
  if (!good) throw new Failed({ kind: "trouble" });
  return messages as Message[];
}

function isMessage(value: unknown): boolean {
  const message = (value ?? {}) as Partial<Message>;
  const listed = [message.buttons, message.sources, message.services].every(Array.isArray);
  return typeof message.text === "string" && (message.language === "cy" || message.language === "en") && listed;
}
