/** One answer as the person sees it: text, service cards, choices, sources, and what can be done with it. */

import { laidOut, link, make, plain } from "./rich.ts";
import type { Language, Message, Phone, Service } from "./shapes.ts";
import { type Key, LANGUAGES, WORDS, say, writtenDay } from "./words.ts";

/** What the window does when something in an answer is pressed. */
export interface Hands {
  press(payload: string, title: string): void;
  rate(message: Message, value: string, row: HTMLElement): void;
  copy(message: Message): void;
  print(item: HTMLElement): void;
}

const dial = (number: string) => "tel:" + number.replace(/[^\d+]/g, "");

function phoneLine(phone: Phone, language: Language): HTMLElement {
  const texting = phone.type == "text";
  const number = texting ? link(phone.number, "sms:", language) : link(phone.number, dial(phone.number), language);
  const more = [
    phone.label,
    texting && phone.keyword && say(language, "text_word", { word: phone.keyword }),
    phone.free && say(language, "free"),
    phone.language == "cy" && !phone.label && say(language, "welsh_line"),
  ].filter(Boolean);
  const name = say(language, texting ? "text_message" : "phone");
  return row(name, make("span", {}, number, more.length ? ` (${more.join(", ")})` : ""));
}

const row = (name: string, value: Node | string) => make("div", {}, make("dt", {}, name), make("dd", {}, value));

function serviceCard(service: Service, language: Language): HTMLElement {
  const t = (key: Key, values = {}) => say(language, key, values);
  const { open_now: open, phone_welsh: welsh, url, email, address, distance_km: km } = service;
  const languages = LANGUAGES.filter((each) => service.languages.includes(each)).map((each) => t(each));
  const map = address && "https://www.openstreetmap.org/search?query=" + encodeURIComponent(address);
  const rows: (HTMLElement | false | null | "")[] = [
    ...service.phones.map((phone) => phoneLine(phone, language)),
    welsh && !service.phones.some(({ number }) => number == welsh) && row(t("welsh_line"), link(welsh, dial(welsh), language)),
    service.schedule && row(t("hours"), service.schedule),
    service.area && row(t("area"), service.area),
    address && row(t("address"), make("span", {}, address, " ", link(t("directions"), map || "", language))),
    languages.length > 0 && row(t("languages"), languages.join(", ")),
    url && row(t("website"), link(url.replace(/^https?:\/\/(www\.)?|\/$/g, ""), url, language)),
    email && row(t("email"), link(email, "mailto:" + email, language)),
  ];
  return make(
    "li",
    { class: "card" },
    make("h3", {}, service.name),
    open != null && make("p", { class: open ? "open" : "closed" }, t(open ? "open_now" : "closed_now")),
    service.why && make("p", { class: "why" }, service.why),
    service.description && make("p", {}, service.description),
    km != null && !service.why && make("p", { class: "why" }, t("distance", { km: Math.round(km) })),
    make("dl", {}, ...rows),
  );
}

function folded(message: Message): HTMLElement {
  const { language, as_of, checked_on } = message;
  return make(
    "details",
    { class: "sources" },
    make("summary", {}, say(language, "sources")),
    make("ul", {}, ...message.sources.map(({ title, url }) => make("li", {}, url ? link(title, url, language) : title))),
    as_of && make("p", {}, say(language, "as_of", { day: writtenDay(as_of, language) })),
    make(
      "p",
      {},
      checked_on ? say(language, "checked", { day: writtenDay(checked_on, language) }) : say(language, "unchecked"),
    ),
  );
}

export function pressable(label: string, press: () => void, more: Record<string, string | null> = {}): HTMLButtonElement {
  const button = make("button", { type: "button", ...more }, label);
  button.onclick = press;
  return button;
}

/** Whether an answer states facts, so that its use can be asked about; never under a crisis card. */
export function isFactual({ id, topic, sources, services }: Message): boolean {
  return !!id && !/^(crisis|emergency|domestic_abuse|worried_about_prisoner_now)/.test(topic ?? "") && sources.length + services.length > 0;
}

function opinion(message: Message, rated: string | undefined, ui: Language, hands: Hands): HTMLElement {
  const box = make("div", { class: "useful", role: "group", "aria-label": say(ui, "useful") }, make("span", {}, say(ui, "useful")));
  for (const value of ["yes", "no", "wrong"] as const)
    box.append(pressable(say(ui, value), () => hands.rate(message, value, box), { "aria-pressed": String(rated == value) }));
  box.append(make("span", { class: "thanks" }, rated ? say(ui, "thanks") : ""));
  return box;
}

/** Lay out one answer: its own words in its language, the window's words in *ui*. */
export function answer(message: Message, rated: string | undefined, ui: Language, hands: Hands): HTMLElement {
  const { language, services, buttons, sources, topic } = message;
  const item = make("li", { class: "bot", tabindex: "-1" });
  item.append(make("h2", { class: "unseen" }, say(ui, "assistant")));
  const body = item.appendChild(make("div", { lang: language, class: "said" }, laidOut(message.text, language)));
  if (services.length) body.append(make("ul", { class: "cards" }, ...services.map((each) => serviceCard(each, language))));
  if (sources.length || message.as_of) body.append(folded(message));
  if (buttons.length)
    item.append(
      make(
        "ul",
        { class: "choices", lang: language, "aria-label": WORDS[language].choices },
        ...buttons.map(({ title, payload }) => make("li", {}, pressable(title, () => hands.press(payload, title)))),
      ),
    );
  if (topic == "greet") return item;
  const tools = item.appendChild(make("div", { class: "tools" }));
  if (isFactual(message)) tools.append(opinion(message, rated, ui, hands));
  tools.append(
    pressable(say(ui, "copy"), () => hands.copy(message), { "aria-label": say(ui, "copy_title") }),
    pressable(say(ui, "print"), () => hands.print(item), { "aria-label": say(ui, "print_title") }),
  );
  if (language != ui && topic && /^[a-z_]+$/.test(topic) && topic != "did_you_mean") {
    const payload = message.prison ? `${topic}?prison=${message.prison}` : topic;
    tools.append(pressable(say(ui, "twin"), () => hands.press(payload, say(ui, "twin"))));
  }
  return item;
}

/** Give an answer as text to paste elsewhere: with its sources and date. */
export function asText(message: Message): string {
  const { language, services, sources, as_of } = message;
  const parts = [plain(message.text, true)];
  for (const each of services) {
    const phones = each.phones.map(({ number }) => number);
    parts.push([each.name, each.why, each.description, ...phones, each.schedule, each.address, each.url].filter(Boolean).join("\n"));
  }
  if (sources.length)
    parts.push(say(language, "sources") + ":\n" + sources.map(({ title, url }) => `- ${title}${url ? ` ${url}` : ""}`).join("\n"));
  if (as_of) parts.push(say(language, "as_of", { day: writtenDay(as_of, language) }));
  return parts.join("\n\n");
}
