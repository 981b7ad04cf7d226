/** The launcher on a charity's page: one element, `<cyswllt-chat>`. It loads nothing until it is opened. */

import { launcher as cy } from "../strings/cy.json";
import { launcher as en } from "../strings/en.json";
import sheet from "./loader.css";
import { colours } from "./theme.ts";

const LABELS: Record<string, string> = { cy, en };
const NAME = "cyswllt-chat";
const doc = document;
const script = doc.currentScript as HTMLScriptElement;
const base = new URL(script.src.replace(/\/v1\/.*/, "/v1/"));
const narrow = matchMedia("(max-width:480px),(max-height:480px)");

function make<K extends keyof HTMLElementTagNameMap>(name: K, parent: Node, more: object) {
  return Object.assign(parent.appendChild(doc.createElement(name)), more) as HTMLElementTagNameMap[K];
}

class Chat extends HTMLElement {
  /** Show the conversation; the first time, load it. */
  open!: () => void;
  /** Hide the conversation and give the focus back; nothing is lost. */
  close!: () => void;

  connectedCallback() {
    if (!this.shadowRoot) dress(this);
  }
}

function dress(host: Chat) {
  const { dataset } = host;
  const root = host.attachShadow({ mode: "open" });
  const styles = new CSSStyleSheet();
  styles.replaceSync(sheet);
  root.adoptedStyleSheets = [styles];

  const read = (name: string) => dataset[name] || getComputedStyle(host).getPropertyValue("--cyswllt-" + name).trim();
  const [colour, text] = colours(read("colour"), read("ink"));
  const font = read("font").replace(/[^\w\s,'"-]/g, "") || "system-ui,sans-serif";
  const exit = /^https:/.test(dataset.exit!) ? dataset.exit! : "https://www.bbc.co.uk/weather";
  // What the charity set, the page's language, the browser's; both where none of them is ours.
  const language =
    [dataset.language, host.closest<HTMLElement>("[lang]")?.lang, ...navigator.languages]
.map((tag) => (tag || "").slice(0, 2).toLowerCase())
      .find((tag) => LABELS[tag]) || "auto";
  const spoken = LABELS[language] ? [language] : ["cy", "en"];
  const title = "Cyswllt";

  const button = make("button", root, { ariaHasPopup: "dialog" });
  Object.assign(button.style, { background: colour, color: text, fontFamily: font });
  if (dataset.logo) make("img", button, { src: dataset.logo, alt: "" });
  for (const lang of spoken) make("span", button, { lang, textContent: LABELS[lang]! });
  const dialog = make("dialog", root, { ariaLabel: title });
  let frame: HTMLIFrameElement | undefined;

  const say = (kind: string, detail = {}) =>
    host.dispatchEvent(new CustomEvent("cyswllt:" + kind, { bubbles: true, detail }));
  const tell = (cyswllt: string, more = {}) => frame!.contentWindow!.postMessage({ cyswllt, ...more }, base.origin);
  const show = () => {
    button.hidden = true;
    dialog[narrow.matches ? "showModal" : "show"]();
    frame!.focus();
  };
  host.open = () => {
    if (dialog.open) return;
    if (!frame) {
      frame = make("iframe", dialog, { title, allow: "clipboard-write", src: base + "frame/" + language });
      // Shift three times leaves: the conversation counts. It hears whether a key was Shift, never which key.
      for (const type of ["keydown", "keyup"] as const)
        doc.addEventListener(type, ({ key, repeat }) => dialog.open && tell(type, { shift: key == "Shift", repeat }));
    } else tell("open");
    show();
    say("open");
  };
  host.close = () => {
    dialog.close();
    button.hidden = false;
    button.focus();
    say("close");
  };
  button.onclick = host.open;
  dialog.oncancel = (event) => {
    event.preventDefault();
    host.close();
  };
  // Full screen on a small screen: then the page behind must not be reached by keyboard.
  narrow.onchange = () => {
    if (dialog.open) dialog.close(), show();
  };
  addEventListener("message", ({ source, origin, data }) => {
    if (source != frame?.contentWindow || origin != base.origin) return;
    const { cyswllt: kind, language } = data;
    if (kind == "ready") tell("hello", { colour, text, font, exit, embed: dataset.embed });
    else if (kind == "close") host.close();
    else if (kind == "leave") {
      doc.documentElement.textContent = "";
      location.replace(exit);
    } else say(kind, { language });
  });
}

/** Put the element where the charity wants it; at the end of the page where it said nothing. */
function place() {
  if (!doc.querySelector(NAME)) Object.assign(make(NAME as "b", doc.body, {}).dataset, script.dataset);
}

if (!customElements.get(NAME)) {
  customElements.define(NAME, Chat);
  if (doc.readyState == "loading") addEventListener("DOMContentLoaded", place);
  else place();
}
