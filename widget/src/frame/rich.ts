/** Text of the API to elements: paragraphs, `- ` lists, and https, tel and mailto links. Never HTML. */

import type { Language } from "./shapes.ts";
import { say } from "./words.ts";

type Child = Node | string | null | undefined | false;

/** Make an element; children that are null or false are left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string | null | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value != null) element.setAttribute(key, value);
  element.append(...children.filter((child): child is Node | string => child != null && child !== false));
  return element;
}

const LINK = /\[([^\]\n]+)\]\(((?:https:\/\/|tel:|mailto:)[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)/g;

/** Make a link; its words alone where the address is of a kind we do not open. */
export function link(label: string, address: string, language: Language): Node {
  if (/^(tel|mailto):/.test(address)) return make("a", { href: address }, label);
  if (!/^https:\/\//.test(address)) return document.createTextNode(label);
  const where = make("span", { class: "unseen", lang: language }, " " + say(language, "new_tab"));
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label, where);
}

function line(text: string, language: Language): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    nodes.push(document.createTextNode(text.slice(end, found.index)), link(found[1]!, found[2]!, language));
    end = found.index + found[0].length;
  }
  nodes.push(document.createTextNode(text.slice(end)));
  return nodes;
}

/** Lay out a message's text. */
export function laidOut(text: string, language: Language): DocumentFragment {
  const page = document.createDocumentFragment();
  let bullets: HTMLElement | null = null;
  let paragraph: HTMLElement | null = null;
  for (const row of text.split("\n")) {
    if (!row.trim()) {
      paragraph = bullets = null;
    } else if (/^- /.test(row)) {
      bullets ??= page.appendChild(make("ul"));
      bullets.append(make("li", {}, ...line(row.slice(2), language)));
      paragraph = null;
    } else {
      bullets = null;
      if (paragraph) paragraph.append(make("br"));
      paragraph ??= page.appendChild(make("p"));
      paragraph.append(...line(row, language));
    }
  }
  return page;
}

/** Give a message's text without marks, for announcing and copying; *addresses* keeps where links lead. */
export function plain(text: string, addresses = false): string {
  return text.replace(LINK, (_, label: string, address: string) =>
    addresses && address.startsWith("https:") ? `${label} (${address})` : label,
  );
}
