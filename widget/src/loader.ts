/**
 * The door on a charity's page: one button, and behind it the conversation in a frame of our own origin, where the
 * page's scripts and styles cannot reach. Nothing else is loaded until the button is pressed.
 */
import type { Language } from "./texts.ts";
import { readable } from "./contrast.ts";

declare const TEXTS: Record<Language, Record<string, string>>;

const script = document.currentScript as HTMLScriptElement;
const HOME = new URL(script.src).origin;
const PATIENCE = 15_000; // milliseconds until a frame that says nothing is given up

/** One conversation on a page: where there are several elements, the last has it. */
const button = document.createElement("button");
const frame = document.createElement("iframe");
const sheet = new CSSStyleSheet();
let host!: Chat;
let spoken: Language[];
let shown: boolean;
let shifts: number[] = [];

class Chat extends HTMLElement {
  connectedCallback(): void {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(button, frame);
    host = this;
    name(languages());
    show(false);
    dress();
  }

  /** Open the conversation; the first time loads it. */
  open(): void {
    if (!frame.src) load();
    show(true);
    frame.focus();
    tell("focus");
    happened("open");
  }

  /** Close it; what was being typed stays. */
  close(): void {
    show(false);
    button.focus();
    happened("close");
  }
}

function show(open: boolean): void {
  shown = open;
  button.ariaExpanded = `${open}`;
  frame.hidden = !open;
}

/** What the charity chose: an attribute, else a custom property of its CSS. */
function chosen(name: string): string {
  return host.getAttribute(name) ?? script.getAttribute(`data-${name}`) ?? getComputedStyle(host).getPropertyValue(`--cyswllt-${name}`);
}

/**
 * The host takes no style of the page, `* { all: unset }` included; `direction` is the one thing that `all` leaves.
 * On a phone the conversation has the whole screen, once it can be closed from inside.
 */
function dress(): void {
  const side = /left/.exec(chosen("position")) ?? "right";
  const [paper, ink] = readable(chosen("colour"), chosen("text-colour"));
  button.style.fontFamily = chosen("font");
  sheet.replaceSync(`
:host{all:initial!important}
button,iframe{position:fixed;z-index:2147483647;bottom:1rem;${side}:1rem;direction:ltr;font:700 1rem system-ui}
button{padding:.75rem 1rem;border:2px solid ${ink};border-radius:2rem;background:${paper};color:${ink}}
button:focus-visible{outline:3px solid #1d2328;box-shadow:0 0 0 6px #fff}
img{height:1em;margin-right:.5em}
iframe{bottom:5rem;border:2px solid #1d2328;background:#fff;width:min(26rem,100vw - 2rem);height:min(42rem,100vh - 6rem)}
@media (width<30rem){.ready+iframe{inset:0;width:100%;height:100%;border:0}.ready[aria-expanded=true]{visibility:hidden}}`);
}

/** Label the button; in the language of the talk, once that is known. */
function name(languages: Language[]): void {
  spoken = languages;
  const logo = chosen("logo");
  button.lang = languages[0]!;
  frame.title = button.textContent = chosen("label") || languages.map((each) => TEXTS[each].ask).join(" / ");
  if (logo) button.prepend(Object.assign(new Image(), { src: logo, alt: "" }));
}

/** The language asked for, else the page's, else Welsh where the browser asks for it; both where nothing tells. */
function languages(): Language[] {
  const hints = `${chosen("language")} ${document.documentElement.lang} ${/^cy/.exec(navigator.language)}`;
  return (/\bcy\b|\ben\b/.exec(hints.toLowerCase()) ?? ["cy", "en"]) as Language[];
}

function load(): void {
  const asked = new URLSearchParams({ language: `${spoken}`, embed: chosen("embed"), colour: chosen("colour"), font: chosen("font") });
  frame.allow = "clipboard-write";
  frame.src = `${HOME}/widget/v1/frame.html?${asked}#${location.origin}`;
  const lost = `<p lang=${spoken[0]}>${TEXTS[spoken[0]!].unreached} <a target=_top href=tel:08088082003>0808\xa0808\xa02003</a>`;
  setTimeout(() => button.className || (frame.srcdoc = lost), PATIENCE);
}

function tell(what: string): void {
  frame.contentWindow?.postMessage({ cyswllt: what }, HOME);
}

function heard(event: MessageEvent): void {
  if (event.origin !== HOME || event.source !== frame.contentWindow) return;
  const { cyswllt: what, language } = event.data as { cyswllt?: string; language?: Language };
  if (language) name([language]);
  if (what === "ready") {
    button.className = what;
    tell("focus");
  }
  if (what === "close") host.close();
  if (what === "leave") leave();
  if (what === "answer") happened(what, { language });
}

function pressed(event: KeyboardEvent): void {
  if (!shown || event.repeat) return;
  shifts = event.key === "Shift" ? [...shifts, event.timeStamp].slice(-3) : [];
  if (shifts[2]! - shifts[0]! < 1500) {
    tell("leave");
    setTimeout(leave, 300); // the frame answers at once; this is for one that cannot
  }
}

function leave(): void {
  host.remove();
  location.replace(`https://www.bbc.co.uk/${spoken[0] === "en" ? "weather" : "cymrufyw"}`);
}

function happened(what: string, detail?: object): void {
  host.dispatchEvent(new CustomEvent(`cyswllt:${what}`, { detail, bubbles: true }));
}

/** Once all of the page is read: an element of its own might still have come. Its style sheets may come later. */
function ready(): void {
  if (document.readyState === "loading") return;
  if (!host) document.body.append(new Chat());
  dress();
}

if (!customElements.get("cyswllt-chat")) {
  customElements.define("cyswllt-chat", Chat);
  button.onclick = () => host[shown ? "close" : "open"]();
  addEventListener("message", heard);
  addEventListener("keydown", pressed);
  document.addEventListener("readystatechange", ready);
  ready();
}
