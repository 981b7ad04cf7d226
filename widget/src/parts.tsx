/** What is on the screen: each part is a function of the talk and the language. */
import type { TargetedEvent, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Button, Message, Phone, Rating, Service, Trouble } from "./api.ts";
import { Link, Marked, plain } from "./markup.tsx";
import type { Entry, Mine, Talk, Theirs } from "./talk.ts";
import { day, other, OWN_NAMES, say, type Language } from "./texts.ts";

const SLOW = 1000; // milliseconds until "writing an answer" is shown and announced
const LONGEST = 2000; // characters, as the gateway accepts
const RATINGS: Rating[] = ["yes", "no", "wrong"];
const URGENT = ["emergency", "crisis_self", "crisis_child", "domestic_abuse", "worried_about_prisoner"];
const MAP = "https://www.openstreetmap.org/search?query=";

interface Acts { talk: Talk; language: Language; close?: () => void; leave: () => void }

export function Head({ talk, language, close, leave }: Acts): VNode {
  const to = other(language);
  const begun = talk.entries.some((entry) => entry.kind === "said");
  return (
    <header>
      <h1>{say("page.name", language)}</h1>
      {talk.language && <button type="button" class="plain" lang={to} onClick={() => talk.choose(to)}>{OWN_NAMES[to]}</button>}
      {close && <button type="button" class="plain" onClick={close}><Words of="widget.close" talk={talk} /></button>}
      <p class="way-out"><button type="button" class="leave" onClick={leave}><Words of="page.leave" talk={talk} /></button>{!begun && <span class="quiet keys"><Words of="widget.leave_hint" talk={talk} /></span>}</p>
    </header>
  );
}

/** A label: in both languages as equals, until one is chosen or understood. */
function Words({ of, talk }: { of: string; talk: Talk }): VNode {
  const spoken: Language[] = talk.language ? [talk.language] : ["cy", "en"];
  return <span>{spoken.map((each, at) => <>{at > 0 && " / "}<span lang={each}>{say(of, each)}</span></>)}</span>;
}

/** Both languages as equals, until one is chosen or understood. */
export function Choice({ talk }: { talk: Talk }): VNode {
  return (
    <div class="pair" role="group" aria-label={`${say("page.choose", "cy")} / ${say("page.choose", "en")}`}>
      {(["cy", "en"] as Language[]).map((each) => (
        <button type="button" lang={each} onClick={() => talk.choose(each)}>{OWN_NAMES[each]}</button>
      ))}
    </div>
  );
}

export function Entries({ talk, language }: Acts): VNode {
  return (
    <ol class="talk" role="list" aria-label={say("page.conversation", language)}>
      {talk.entries.map((entry, at) => (
        <Shown key={name(entry, at)} entry={entry} talk={talk} language={language} />
      ))}
    </ol>
  );
}

function name(entry: Entry, at: number): string {
  return entry.kind === "said" ? entry.key : `${at}`;
}

function Shown({ entry, talk, language }: { entry: Entry; talk: Talk; language: Language }): VNode {
  if (entry.kind === "notice") return <li class="notice">{say(entry.text, language)}</li>;
  if (entry.kind === "said") return <Said entry={entry} talk={talk} language={language} />;
  return <Answer entry={entry} talk={talk} language={language} />;
}

function Said({ entry, talk, language }: { entry: Mine; talk: Talk; language: Language }): VNode {
  return (
    <li class="said">
      <h2>{say("page.you", language)}</h2>
      <p lang={entry.language}>{entry.text}</p>
      {entry.state === "sending" && <p class="quiet">{say("widget.sending", language)}</p>}
      {entry.state === "failed" && (
        <div class="problem">
          <p>{say("widget.not_sent", language)}</p>
          <Told trouble={entry.trouble ?? { kind: "trouble" }} language={language} />
          <button type="button" onClick={() => void talk.retry(entry.key)}>{say("widget.try_again", language)}</button>
        </div>
      )}
    </li>
  );
}

export function Told({ trouble, language }: { trouble: Trouble; language: Language }): VNode {
  return <Marked text={told(trouble, language)} />;
}

export function told(trouble: Trouble, language: Language): string {
  if (trouble.kind === "told") return trouble.detail;
  return say(trouble.kind === "offline" ? "widget.offline" : "widget.trouble", language);
}

function Answer({ entry, talk, language }: { entry: Theirs; talk: Talk; language: Language }): VNode {
  const { message } = entry;
  const [printed, print] = useState(false);
  useEffect(() => {
    if (printed) {
      window.print();
      print(false);
    }
  }, [printed]);
  return (
    <li class={`answer${printed ? " printed" : ""}${URGENT.includes(message.topic ?? "") ? " urgent" : ""}`} lang={message.language}>
      <h2 lang={language}>{say("page.name", language)}</h2>
      <Marked text={withoutList(message)} />
      {message.services.length > 0 && <ul class="cards">{message.services.map((service) => <Card service={service} language={message.language} />)}</ul>}
      <Sources message={message} language={language} />
      {(message.topic !== "greet" || talk.language === message.language) && <Buttons buttons={message.buttons} talk={talk} />}
      {message.topic !== "greet" && <Tools entry={entry} talk={talk} language={language} print={() => print(true)} />}
    </li>
  );
}

/** The text lists the services for those who see only text; here they are cards. */
function withoutList(message: Message): string {
  if (message.services.length === 0) return message.text;
  const named = message.services.map((service) => service.name);
  return message.text.split("\n").filter((line) => !(line.startsWith("- ") && named.some((each) => line.includes(each)))).join("\n");
}

function Card({ service, language }: { service: Service; language: Language }): VNode {
  return (
    <li>
      <h3><a href={`/${language}/services/${encodeURIComponent(service.id)}`} target="_blank" rel="noopener">{service.name}</a></h3>
      {service.description && <p>{service.description}</p>}
      {service.why && <p class="quiet">{service.why}</p>}
      {service.phones.map((phone) => <Line phone={phone} welsh={phone.number === service.phone_welsh} language={language} />)}
      {service.schedule && <p>{say("page.hours", language)}: {service.schedule}</p>}
      {service.open_now !== null && <p><strong>{say(service.open_now ? "widget.open_now" : "widget.closed_now", language)}</strong></p>}
      {service.email && <p>{say("page.email", language)}: <Link href={`mailto:${service.email}`}>{service.email}</Link></p>}
      {service.address && <p>{say("page.address", language)}: {service.address} (<Link href={MAP + encodeURIComponent(service.address)}>{say("widget.directions", language)}</Link>)</p>}
      {service.url && <p><Link href={service.url}>{say("page.website", language)}</Link></p>}
    </li>
  );
}

/** A number to ring, or to send a word to. */
function Line({ phone, welsh, language }: { phone: Phone; welsh: boolean; language: Language }): VNode {
  const texted = phone.type === "text";
  const usual = say(texted ? "page.text_line" : welsh ? "page.welsh_line" : "page.phone", language);
  const number = phone.number.replace(/[^\d+]/g, "");
  return (
    <p>
      {phone.label ?? usual}: <a href={`${texted ? "sms" : "tel"}:${number}`}>{phone.number}</a>
      {phone.keyword && <>. {say("page.text_word", language, { word: phone.keyword })}</>}
    </p>
  );
}

function Sources({ message, language }: { message: Message; language: Language }): VNode | null {
  if (message.sources.length === 0) return null;
  return (
    <details lang={language}>
      <summary>{say("answer.sources", language)}</summary>
      {message.as_of && <p>{say("answer.as_of", language, { day: day(message.as_of, language) })}</p>}
      {message.checked_on && <p>{say("answer.checked", language, { day: day(message.checked_on, language) })}</p>}
      <ul lang={message.language}>
        {message.sources.map((source) => <li><Link href={source.url ?? ""}>{source.title}</Link></li>)}
      </ul>
    </details>
  );
}

function Buttons({ buttons, talk }: { buttons: Button[]; talk: Talk }): VNode | null {
  return buttons.length === 0 ? null : (
    <div class="choices">
      {buttons.map((button) => <button type="button" onClick={() => void talk.say(button)}>{button.title}</button>)}
    </div>
  );
}

function Tools({ entry, talk, language, print }: { entry: Theirs; talk: Talk; language: Language; print: () => void }): VNode {
  const [copied, copy] = useState(false);
  const done = () => {
    copy(true);
    talk.heard.noticed("widget.copied");
  };
  const copying = () => void navigator.clipboard.writeText(plain(entry.message.text, true)).then(done, () => undefined);
  return (
    <div class="tools" lang={language}>
      {entry.rated ? (
        <Thanks entry={entry} talk={talk} language={language} />
      ) : (
        <div role="group" aria-label={say("answer.useful", language)}>
          <span aria-hidden="true">{say("answer.useful", language)}</span>
          {RATINGS.map((value) => <button type="button" class="small" onClick={() => void talk.rate(entry.message, value)}>{say(`widget.useful_${value}`, language)}</button>)}
        </div>
      )}
      {navigator.clipboard && <button type="button" class="small" onClick={copying}>{say(copied ? "widget.copied" : "widget.copy", language)}</button>}
      <button type="button" class="small" onClick={print}>{say("answer.print", language)}</button>
    </div>
  );
}

/** After a rating: thanks, and where the answer did not help, the question may go to the editors. */
function Thanks({ entry, talk, language }: { entry: Theirs; talk: Talk; language: Language }): VNode {
  const { message, rated, sent } = entry;
  const offered = rated !== undefined && rated !== "yes" && sent === undefined && talk.question(message);
  return (
    <div class="thanks">
      <Marked text={say(sent === true ? "widget.question_sent" : sent ? "widget.question_kept" : "widget.useful_thanks", language)} />
      {offered && <p class="quiet">{say("widget.question_offer", language)}</p>}
      {offered && <button type="button" class="small" onClick={() => void talk.ask(message, rated)}>{say("question.send", language)}</button>}
    </div>
  );
}

/** Said politely to a screen reader, apart from the talk itself. */
export function Announcer({ text, language }: { text: string; language: Language }): VNode {
  return <div class="unseen" role="status" aria-live="polite" lang={language}>{text}</div>;
}

export function useSlow(waiting: boolean): boolean {
  const [slow, become] = useState(false);
  useEffect(() => {
    if (!waiting) return become(false);
    const timer = setTimeout(() => become(true), SLOW);
    return () => clearTimeout(timer);
  }, [waiting]);
  return slow;
}

/** Begin anew: the menu folds, and the keyboard is where one writes. */
function afresh(event: TargetedEvent<HTMLElement>, begin: () => Promise<void>): void {
  event.currentTarget.closest("details")!.open = false;
  document.getElementById("question")?.focus();
  void begin();
}

export function Ask({ talk, language }: Acts): VNode {
  const send = () => void talk.say(talk.draft);
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); send(); }} autocomplete="off" aria-label={say("page.your_question", language)}>
      <label for="question"><Words of="page.your_question" talk={talk} /></label>
      <div class="row">
        <textarea id="question" rows={2} maxLength={LONGEST} value={talk.draft} onKeyDown={pressed} onInput={(event) => talk.type(event.currentTarget.value)} aria-describedby="no-names" />
        <button class="main"><Words of="page.send" talk={talk} /></button>
      </div>
      <p class="quiet" id="no-names"><Words of="page.no_names" talk={talk} /></p>
      <details>
        <summary><Words of="widget.menu" talk={talk} /></summary>
        <p class="quiet">{say("page.a_program", language)}</p>
        <p class="quiet keys">{say("widget.leave_hint", language)}</p>
        <div class="choices">
          <button type="button" onClick={(event) => afresh(event, () => talk.restart())}>{say("page.new", language)}</button>
          <button type="button" onClick={(event) => afresh(event, () => talk.erase())}>{say("page.erase", language)}</button>
          <a class="button" href={`/${language}/privacy`} target="_blank" rel="noopener">{say("page.privacy", language)}</a>
          <a class="button" href={`/${language}`} target="_blank" rel="noopener">{say("widget.plain", language)}</a>
        </div>
      </details>
    </form>
  );
}
