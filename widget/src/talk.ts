/** The conversation: what was said, what was answered, what failed. Knows nothing of the screen. */
import * as api from "./api.ts";
import { Failed, type Button, type Message, type Rating, type Said, type Trouble } from "./api.ts";
import { restored, save, wipe } from "./store.ts";
import type { Language } from "./texts.ts";

export interface Mine { kind: "said"; key: string; text: string; said: Said; state: "sending" | "sent" | "failed"; trouble?: Trouble; language?: Language }
export interface Theirs { kind: "answer"; message: Message; rated?: Rating; sent?: boolean | "refused" }
export interface Notice { kind: "notice"; text: "page.erased" | "widget.ended" }
export type Entry = Mine | Theirs | Notice;

/** What happened that a person who does not see the screen is told of. */
export interface Heard { answered: (messages: Message[]) => void; noticed: (...keys: string[]) => void; failed: (why: Trouble, ...keys: string[]) => void }

export class Talk {
  entries: Entry[] = [];
  /** The language of everything but the messages; null until it is chosen or understood. */
  language: Language | null;
  draft = "";
  /** Why no conversation could be opened, while that is so. */
  trouble: Trouble | null = null;
  readonly #embed: string;
  readonly #page: Language | null;
  readonly #changed: () => void;
  readonly heard: Heard;
  #conversation = "";
  #choice: Language | null = null;
  #line: Promise<void> = Promise.resolve();
  #left = false;

  constructor(page: Language | null, embed: string, changed: () => void, heard: Heard) {
    this.language = this.#page = page;
    this.#embed = embed;
    this.#changed = changed;
    this.heard = heard;
  }

  /** Go on with the talk of this tab, or open one. */
  async start(): Promise<void> {
    const saved = restored();
    if (!saved) return this.#opened();
    this.#conversation = saved.conversation;
    this.language = saved.language;
    this.draft = saved.draft;
    this.entries = saved.entries.map((entry) => (entry.kind === "said" && entry.state === "sending" ? { ...entry, state: "failed" } : entry));
    this.#changed();
  }

  /** The person's own choice: it goes with the next message, and labels change at once; so does a greeting, while there is nothing else. */
  choose(language: Language): void {
    this.language = this.#choice = language;
    this.#keep();
    const stays = this.entries.some((entry) => entry.kind === "said" || (entry.kind === "answer" && entry.message.language === language));
    if (!stays && this.#conversation) void this.open();
  }

  /** Open a conversation where none is, or another one: what was said or typed before stays. */
  open(): Promise<void> {
    this.#line = this.#line.then(() => this.#opened());
    return this.#line;
  }

  type(draft: string): void {
    this.draft = draft;
    this.#keep();
  }

  /** Say what was typed, or press a button; messages go one after another. */
  say(words: string | Button): Promise<void> {
    const pressed = typeof words === "object";
    const text = pressed ? words.title : words.trim();
    if (!text) return Promise.resolve();
    const said: Said = pressed ? { payload: words.payload } : { text };
    if (!pressed) this.draft = "";
    const mine: Mine = { kind: "said", key: fresh(), text, said, state: "sending" };
    this.entries = [...this.entries, mine];
    this.#keep();
    return this.#queued(mine.key);
  }

  /** Send again what failed, with the same key: it is answered once. */
  retry(key: string): Promise<void> {
    this.#mark(key, { state: "sending", trouble: undefined });
    return this.#queued(key);
  }

  async rate(message: Message, value: Rating): Promise<void> {
    this.entries = this.entries.map((entry) => (entry.kind === "answer" && entry.message.id === message.id ? { ...entry, rated: value } : entry));
    this.#keep();
    this.heard.noticed("widget.useful_thanks", ...(value !== "yes" && this.question(message) ? ["widget.question_offer"] : []));
    await api.rate(this.#conversation, message.id, value).catch(() => undefined);
  }

  /** What the person had typed before *message*; nothing where they pressed a button. */
  question(message: Message): string | undefined {
    const at = this.entries.findIndex((entry) => entry.kind === "answer" && entry.message.id === message.id);
    const asked = this.entries.slice(0, at).findLast((entry): entry is Mine => entry.kind === "said");
    return asked?.said.text;
  }

  /** Send that question to the editors, because the person pressed the button that says so. */
  async ask(message: Message, value: Rating): Promise<void> {
    const text = this.question(message);
    if (!text) return;
    const sent = await api.ask(this.#conversation, message.id, text, value).then(() => true, () => "refused" as const);
    this.entries = this.entries.map((entry) => (entry.kind === "answer" && entry.message.id === message.id ? { ...entry, sent } : entry));
    this.#keep();
    this.heard.noticed(sent === true ? "widget.question_sent" : "widget.question_kept");
  }

  async restart(): Promise<void> {
    wipe();
    this.entries = [];
    this.draft = "";
    await this.#opened();
  }

  /** Erase the talk here and at the gateway, then begin a new one. */
  async erase(): Promise<void> {
    const gone = this.#conversation;
    wipe();
    this.entries = [{ kind: "notice", text: "page.erased" }];
    this.#changed();
    this.heard.noticed("page.erased");
    await api.erase(gone).catch(() => undefined);
    await this.#opened();
  }

  /** Leave nothing behind: no words on the screen, in the tab or at the gateway. */
  leave(): void {
    this.#left = true;
    wipe();
    this.entries = [];
    this.draft = "";
    this.#changed();
    if (this.#conversation) void api.erase(this.#conversation).catch(() => undefined);
  }

  async #opened(): Promise<void> {
    this.trouble = null;
    this.#changed();
    try {
      const { conversation, messages } = await api.open(this.language ?? this.#page, this.#embed);
      this.#conversation = conversation;
      this.#greet(messages);
    } catch (error) {
      this.trouble = trouble(error);
      this.#changed();
      this.heard.failed(this.trouble);
    }
  }

  #queued(key: string): Promise<void> {
    this.#line = this.#line.then(() => this.#sent(key));
    return this.#line;
  }

  async #sent(key: string): Promise<void> {
    const mine = this.entries.find((entry): entry is Mine => entry.kind === "said" && entry.key === key);
    if (!mine) return;
    const said = this.#choice ? { ...mine.said, language: this.#choice } : mine.said;
    try {
      const messages = await this.#answerTo(said, key);
      if (!this.#stands(key)) return;
      this.#choice = this.trouble = null;
      this.#mark(key, { state: "sent", language: messages[0]?.language });
      this.language = messages.at(-1)?.language ?? this.language;
      this.#add(messages);
      this.heard.answered(messages);
    } catch (error) {
      if (!this.#stands(key)) return;
      const why = trouble(error);
      this.#mark(key, { state: "failed", trouble: why });
      this.heard.failed(why, "widget.not_sent");
    }
  }

  /** Say whether a message is still in the talk: an answer that comes after "delete" or "leave" is dropped. */
  #stands(key: string): boolean {
    return this.entries.some((entry) => entry.kind === "said" && entry.key === key);
  }

  /** Answer *said*; a conversation that is over, or was never opened, is opened anew first. */
  async #answerTo(said: Said, key: string): Promise<Message[]> {
    try {
      if (this.#conversation) return await api.send(this.#conversation, said, key);
    } catch (error) {
      if (trouble(error).kind !== "ended") throw error;
      this.entries = [...this.entries, { kind: "notice", text: "widget.ended" }];
    }
    const { conversation } = await api.open(this.language ?? this.#page, this.#embed);
    this.#conversation = conversation;
    this.trouble = null;
    return api.send(conversation, said, key);
  }

  #mark(key: string, change: Partial<Mine>): void {
    this.entries = this.entries.map((entry) => (entry.kind === "said" && entry.key === key ? { ...entry, ...change } : entry));
    this.#keep();
  }

  #add(messages: Message[]): void {
    this.entries = [...this.entries, ...messages.map(theirs)];
    this.#keep();
  }

  /** Greet before all that was said; an earlier greeting goes. */
  #greet(messages: Message[]): void {
    const rest = this.entries.filter((entry) => !(entry.kind === "answer" && entry.message.topic === "greet"));
    const first = rest.findIndex((entry) => entry.kind === "said");
    this.entries = rest.toSpliced(first < 0 ? rest.length : first, 0, ...messages.map(theirs));
    this.#keep();
  }

  #keep(): void {
    const { entries, language, draft } = this;
    if (this.#conversation && !this.#left) save({ conversation: this.#conversation, language, entries, draft });
    this.#changed();
  }
}

function theirs(message: Message): Theirs {
  return { kind: "answer", message };
}

/** A key that nobody else has; `crypto.randomUUID` is missing on a page without HTTPS. */
function fresh(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");
}

function trouble(error: unknown): Trouble {
  return error instanceof Failed ? error.trouble : { kind: "trouble" };
}
