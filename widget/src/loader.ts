/**
 * The door on a charity's page: one button, and behind it the conversation in a frame of our own origin, where the
 * page's scripts and styles cannot reach. Nothing else is loaded until the button is pressed.
 */
import type { Language } from "./texts.ts";
import { readable } from "./contrast.ts";

declare const TEXTS: Record<Language, Record<string, string>>;

const script = document.currentScript as HTMLScriptElement | null;
const HOME = script ? new URL(script.src).origin : location.origin;
const AWAY: Record<Language, string> = { cy: "https://www.bbc.co.uk/cymrufyw", en: "https://www.bbc.co.uk/weather" };

/** `!important` inside a shadow root outranks any style of the page, `* { all: unset }` included. */
const STYLE = `
:host{all:initial!important;direction:ltr!important;position:fixed!important;z-index:2147483000!important;bottom:1rem!important;SIDE:1rem!important}
button{font:700 1rem system-ui;min-height:3rem;padding:.5rem 1rem;border:2px solid INK;border-radius:1.5rem;background:PAPER;color:INK;cursor:pointer}
button:focus-visible{outline:3px solid #1d2328;outline-offset:3px}
iframe{position:fixed;bottom:5rem;SIDE:1rem;width:min(26rem,calc(100vw - 2rem));height:min(42rem,calc(100vh - 6rem));border:2px solid #1d2328;background:#fff}
[hidden]{display:none}
@media (max-width:30rem){iframe{inset:0;width:100%;height:100%;border:0}}`;

class Chat extends HTMLElement {
  #button = document.createElement("button");
  #frame?: HTMLIFrameElement;
  #shifts: number[] = [];

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    const [paper, ink] = readable(this.getAttribute("colour"), this.getAttribute("text-colour"));
    const side = this.getAttribute("position") === "left" ? "left" : "right";
    sheet.replaceSync(STYLE.replace(/SIDE/g, side).replace(/INK/g, ink).replace(/PAPER/g, paper));
    root.adoptedStyleSheets = [sheet];
    this.#button.type = "button";
    this.#button.lang = this.#spoken;
    this.#button.textContent = this.getAttribute("label") ?? this.#label();
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.addEventListener("click", () => (this.#open ? this.close() : this.open()));
    root.append(this.#button);
    addEventListener("message", (event) => this.#heard(event));
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Open the conversation; the first time loads it. */
  open(): void {
    const frame = (this.#frame ??= this.#made());
    frame.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    frame.focus();
    this.#tell("focus");
    this.#happened("open");
  }

  /** Close it; what was being typed stays. */
  close(): void {
    if (this.#frame) this.#frame.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.focus();
    this.#happened("close");
  }

  get #open(): boolean {
    return !!this.#frame && !this.#frame.hidden;
  }

  /** The language asked for, else the page's; none where the page is in neither. */
  get #language(): Language | "" {
    const asked = this.getAttribute("language") ?? "auto";
    const found = (asked === "auto" ? document.documentElement.lang : asked).slice(0, 2).toLowerCase();
    return found === "cy" || found === "en" ? found : "";
  }

  get #spoken(): Language {
    return this.#language || "cy";
  }

  #label(): string {
    const languages: Language[] = this.#language ? [this.#language] : ["cy", "en"];
    return languages.map((language) => TEXTS[language]["widget.ask"]).join(" / ");
  }

  #made(): HTMLIFrameElement {
    const frame = document.createElement("iframe");
    const query = new URLSearchParams({ language: this.#language, embed: this.getAttribute("embed") ?? "" });
    frame.src = `${HOME}/widget/v1/frame.html?${query}#${encodeURIComponent(location.origin)}`;
    frame.title = TEXTS[this.#spoken]["widget.frame"]!;
    frame.allow = "clipboard-write";
    this.shadowRoot!.append(frame);
    return frame;
  }

  #tell(what: string): void {
    this.#frame?.contentWindow?.postMessage({ cyswllt: what }, HOME);
  }

  #heard(event: MessageEvent): void {
    if (event.origin !== HOME || !this.#frame || event.source !== this.#frame.contentWindow) return;
    const { cyswllt: what, language } = (event.data ?? {}) as { cyswllt?: string; language?: Language };
    if (what === "ready") this.#tell("focus");
    if (what === "close") this.close();
    if (what === "leave") this.#leave(language);
    if (what === "answer") this.#happened("answer", { language });
  }

  #pressed(event: KeyboardEvent): void {
    if (!this.#open) return;
    this.#shifts = event.key === "Shift" ? [...this.#shifts.filter((at) => event.timeStamp - at < 1500), event.timeStamp] : [];
    if (this.#shifts.length >= 3) {
      this.#tell("leave");
      setTimeout(() => this.#leave(), 300); // the frame answers at once; this is for one that cannot
    }
  }

  #leave(language?: Language): void {
    this.#frame?.remove();
    location.replace(AWAY[language === "en" || language === "cy" ? language : this.#spoken]);
  }

  #happened(what: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(`cyswllt:${what}`, { detail, bubbles: true, composed: true }));
  }
}

function mount(): void {
  if (!script || document.querySelector("cyswllt-chat")) return;
  const chat = document.createElement("cyswllt-chat");
  for (const [name, value] of Object.entries(script.dataset)) {
    chat.setAttribute(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value ?? "");
  }
  document.body.append(chat);
}

if (!customElements.get("cyswllt-chat")) {
  customElements.define("cyswllt-chat", Chat);
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
}
