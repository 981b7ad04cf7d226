/**
 * The door on a charity's page: one button, and behind it the conversation in a frame of our own origin, where the
 * page's scripts and styles cannot reach. Nothing else is loaded until the button is pressed.
 */
import type { Language } from "./texts.ts";
import { readable } from "./contrast.ts";

declare const TEXTS: Record<Language, Record<string, string>>;

const script = document.currentScript as HTMLScriptElement | null;
const HOME = script ? new URL(script.src).origin : location.origin;
const PATIENCE = 15_000; // milliseconds until a frame that says nothing is given up

/**
 * The host takes no style of the page, `* { all: unset }` included; `direction` is the one thing that `all` leaves.
 * On a phone the conversation has the whole screen, once it can be closed from inside.
 */
const style = (side: string, paper: string, ink: string): string => `
:host{all:initial!important}
button,iframe{position:fixed;z-index:2147483647;bottom:1rem;${side}:1rem;direction:ltr;font:700 1rem system-ui}
button{padding:.75rem 1rem;border:2px solid ${ink};border-radius:2rem;background:${paper};color:${ink};cursor:pointer}
button:focus-visible{outline:3px solid #1d2328;outline-offset:3px}
iframe{bottom:5rem;border:2px solid #1d2328;background:#fff;width:min(26rem,100vw - 2rem);height:min(42rem,100vh - 6rem)}
@media (max-width:30rem){.ready+iframe{inset:0;width:100%;height:100%;border:0}.ready[aria-expanded=true]{visibility:hidden}}`;

class Chat extends HTMLElement {
  #button = document.createElement("button");
  #frame?: HTMLIFrameElement;
  #open = false;
  #shifts: number[] = [];

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const sheet = new CSSStyleSheet();
    const side = this.getAttribute("position") === "left" ? "left" : "right";
    sheet.replaceSync(style(side, ...readable(this.getAttribute("colour"), this.getAttribute("text-colour"))));
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.#button.lang = this.#spoken;
    this.#button.textContent = this.getAttribute("label") ?? this.#languages.map((each) => TEXTS[each]["widget.ask"]).join(" / ");
    this.#button.onclick = () => (this.#open ? this.close() : this.open());
    root.append(this.#button);
    this.#show(false);
    addEventListener("message", (event) => this.#heard(event));
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Open the conversation; the first time loads it. */
  open(): void {
    this.#frame ??= this.#made();
    this.#show(true);
    this.#frame.focus();
    this.#tell("focus");
    this.#happened("open");
  }

  /** Close it; what was being typed stays. */
  close(): void {
    this.#show(false);
    this.#button.focus();
    this.#happened("close");
  }

  #show(open: boolean): void {
    this.#open = open;
    this.#button.setAttribute("aria-expanded", `${open}`);
    if (this.#frame) this.#frame.hidden = !open;
  }

  /** The language asked for, else the page's; both where the page is in neither. */
  get #languages(): Language[] {
    const hints = `${this.getAttribute("language")} ${document.documentElement.lang}`.toLowerCase();
    return (/\bcy\b|\ben\b/.exec(hints) ?? ["cy", "en"]) as Language[];
  }

  get #spoken(): Language {
    return this.#languages[0]!;
  }

  #made(): HTMLIFrameElement {
    const frame = document.createElement("iframe");
    const lost = `<p lang=${this.#spoken}>${TEXTS[this.#spoken]["widget.unreached"]} <a target=_top href=tel:08088082003>0808\xa0808\xa02003</a>`;
    const embed = encodeURIComponent(this.getAttribute("embed") ?? "");
    frame.src = `${HOME}/widget/v1/frame.html?language=${this.#languages}&embed=${embed}#${location.origin}`;
    frame.title = TEXTS[this.#spoken]["widget.ask"]!;
    frame.allow = "clipboard-write";
    this.shadowRoot!.append(frame);
    setTimeout(() => this.#button.className || (frame.srcdoc = lost), PATIENCE);
    return frame;
  }

  #tell(what: string): void {
    this.#frame?.contentWindow?.postMessage({ cyswllt: what }, HOME);
  }

  #heard(event: MessageEvent): void {
    if (event.origin !== HOME || event.source !== this.#frame?.contentWindow) return;
    const { cyswllt: what, language } = event.data as { cyswllt?: string; language?: Language };
    if (what === "ready") {
      this.#button.className = what;
      this.#tell("focus");
    }
    if (what === "close") this.close();
    if (what === "leave") this.#leave(language);
    if (what === "answer") this.#happened(what, { language });
  }

  #pressed(event: KeyboardEvent): void {
    if (!this.#open || event.repeat) return;
    this.#shifts = event.key === "Shift" ? [...this.#shifts.filter((at) => event.timeStamp - at < 1500), event.timeStamp] : [];
    if (this.#shifts.length > 2) {
      this.#tell("leave");
      setTimeout(() => this.#leave(), 300); // the frame answers at once; this is for one that cannot
    }
  }

  #leave(language = this.#spoken): void {
    this.remove();
    location.replace(`https://www.bbc.co.uk/${language === "en" ? "weather" : "cymrufyw"}`);
  }

  #happened(what: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(`cyswllt:${what}`, { detail, bubbles: true }));
  }
}

function mount(): void {
  if (!script || document.querySelector("cyswllt-chat")) return;
  const chat = document.createElement("cyswllt-chat");
  for (const { name, value } of script.attributes) if (name.startsWith("data-")) chat.setAttribute(name.slice(5), value);
  document.body.append(chat);
}

if (!customElements.get("cyswllt-chat")) {
  customElements.define("cyswllt-chat", Chat);
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
}
