/** What the API says, read with suspicion: anything may come over a network. */

export type Language = "cy" | "en";

export interface Button {
  title: string;
  payload: string;
}

export interface Source {
  title: string;
  url: string | null;
}

export interface Phone {
  number: string;
  type: string;
  label: string | null;
  free: boolean;
  language: string | null;
  keyword: string | null;
}

export interface Service {
  name: string;
  description: string | null;
  why: string | null;
  phones: Phone[];
  phone_welsh: string | null;
  url: string | null;
  email: string | null;
  address: string | null;
  languages: string[];
  schedule: string | null;
  open_now: boolean | null;
  area: string | null;
  distance_km: number | null;
}

export interface Message {
  id: string;
  text: string;
  language: Language;
  topic: string | null;
  buttons: Button[];
  sources: Source[];
  as_of: string | null;
  checked_on: string | null;
  services: Service[];
  prison: string | null;
}

type Loose = Record<string, unknown>;

/** Thrown where an answer is not what the API promises. */
export class Garbage extends Error {}

const isRecord = (value: unknown): value is Loose => !!value && typeof value == "object";
const words = (value: unknown): string | null => (typeof value == "string" && value.trim() ? value : null);
const list = <T>(value: unknown, read: (entry: Loose) => T | null): T[] =>
  Array.isArray(value) ? value.filter(isRecord).map(read).filter((entry): entry is T & {} => entry != null) : [];

export const isLanguage = (value: unknown): value is Language => value === "cy" || value === "en";

function source(entry: Loose): Source | null {
  const title = words(entry.title);
  return title ? { title, url: words(entry.url) } : null;
}

function phone(entry: Loose): Phone | null {
  const number = words(entry.number);
  return number
    ? {
        number,
        type: words(entry.type) ?? "voice",
        label: words(entry.label),
        free: entry.free === true,
        language: words(entry.language),
        keyword: words(entry.keyword),
      }
    : null;
}

function service(entry: Loose): Service | null {
  const name = words(entry.name);
  const distance = entry.distance_km;
  return name
    ? {
        name,
        description: words(entry.description),
        why: words(entry.why),
        phones: list(entry.phones, phone),
        phone_welsh: words(entry.phone_welsh),
        url: words(entry.url),
        email: words(entry.email),
        address: words(entry.address),
        languages: Array.isArray(entry.languages) ? entry.languages.filter(isLanguage) : [],
        schedule: words(entry.schedule),
        open_now: typeof entry.open_now == "boolean" ? entry.open_now : null,
        area: words(entry.area),
        distance_km: typeof distance == "number" && isFinite(distance) ? distance : null,
      }
    : null;
}

/** Read one message; null where it says nothing. */
export function message(entry: Loose): Message | null {
  const text = words(entry.text);
  if (!text) return null;
  return {
    id: words(entry.id) ?? "",
    text,
    language: isLanguage(entry.language) ? entry.language : "cy",
    topic: words(entry.topic),
    buttons: list(entry.buttons, (each) => {
      const [title, payload] = [words(each.title), words(each.payload)];
      return title && payload ? { title, payload } : null;
    }),
    sources: list(entry.sources, source),
    as_of: words(entry.as_of),
    checked_on: words(entry.checked_on),
    services: list(entry.services, service),
    prison: words(entry.prison),
  };
}

/** Read a reply; Garbage where it holds no message. */
export function messages(body: unknown): Message[] {
  const found = isRecord(body) ? list(body.messages, message) : [];
  if (!found.length) throw new Garbage();
  return found;
}

/** Read the id of a new conversation; Garbage where there is none. */
export function conversation(body: unknown): string {
  const id = isRecord(body) && words(body.conversation);
  if (!id) throw new Garbage();
  return id;
}
