/** The conversation in its frame: draws the talk, and speaks with the page outside about opening and leaving only. */
import { render, type VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Message } from "./api.ts";
import { Announcer, Ask, Choice, Entries, Head, Told, useSlow } from "./parts.tsx";
import { Talk } from "./talk.ts";
import { say, type Language } from "./texts.ts";

const AWAY: Record<Language, string> = { cy: "https://www.bbc.co.uk/cymrufyw", en: "https://www.bbc.co.uk/weather" };
const THRICE = 1500; // milliseconds in which Shift is pressed three times
const asked = new URLSearchParams(location.search);
const HOST = decodeURIComponent(location.hash.slice(1));
const framed = window.parent !== window && /^https?:\/\//.test(HOST);

function known(language: string | null): Language | null {
  return language === "cy" || language === "en" ? language : null;
}

function tell(what: string, language?: Language): void {
  if (framed) window.parent.postMessage({ cyswllt: what, language }, HOST);
}

function App(): VNode {
  const [, drawn] = useState(0);
  const [announced, announce] = useState<Message[]>([]);
  const talk = useRef<Talk | undefined>(undefined);
  talk.current ??= new Talk(known(asked.get("language")), asked.get("embed") ?? "", () => drawn((times) => times + 1), (messages) => {
    announce(messages);
    tell("answer", messages.at(-1)?.language);
  });
  const language = talk.current.language ?? "cy";
  const leave = () => left(talk.current!, language);
  const close = framed ? () => tell("close") : undefined;
  useEffect(() => void talk.current!.start().then(() => tell("ready")), []);
  useKeys(leave, close);
  useEffect(() => void (document.documentElement.lang = language), [language]);
  const waiting = talk.current.entries.some((entry) => entry.kind === "said" && entry.state === "sending");
  const slow = useSlow(waiting);
  useLatest(talk.current.entries.length);
  const acts = { talk: talk.current, language, leave, close } as const;
  const spoken = slow ? say("widget.writing", language) : announced.map((message) => message.text).join("\n");
  return (
    <>
      <Head {...acts} />
      <main tabIndex={-1}>
        {talk.current.language === null && <Choice talk={talk.current} />}
        <Entries {...acts} />
        {talk.current.trouble && <Unopened talk={talk.current} language={language} />}
        {slow && <p class="quiet" aria-hidden="true">{say("widget.writing", language)} …</p>}
      </main>
      <Ask {...acts} />
      <Announcer text={spoken} language={slow ? language : (announced.at(-1)?.language ?? language)} />
    </>
  );
}

function Unopened({ talk, language }: { talk: Talk; language: Language }): VNode {
  return (
    <div class="problem">
      <Told trouble={talk.trouble!} language={language} />
      <button type="button" onClick={() => void talk.restart()}>{say("widget.try_again", language)}</button>
    </div>
  );
}

/** Wipe everything, then go where nothing is said of this page; Back finds nothing. */
function left(talk: Talk, language: Language): void {
  talk.leave();
  document.body.replaceChildren();
  if (framed) tell("leave", language);
  else location.replace(AWAY[language]);
}

function useKeys(leave: () => void, close?: () => void): void {
  useEffect(() => {
    let shifts: number[] = [];
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape") close?.();
      shifts = event.key === "Shift" ? [...shifts.filter((at) => event.timeStamp - at < THRICE), event.timeStamp] : [];
      if (shifts.length >= 3) leave();
    };
    const heard = (event: MessageEvent) => {
      if (event.source !== window.parent || event.origin !== HOST) return;
      const what = (event.data as { cyswllt?: string } | null)?.cyswllt;
      if (what === "focus") document.getElementById("question")?.focus();
      if (what === "leave") leave();
    };
    addEventListener("keydown", pressed);
    addEventListener("message", heard);
    return () => {
      removeEventListener("keydown", pressed);
      removeEventListener("message", heard);
    };
  });
}

/** Keep what was said last in view, without moving the keyboard's place. */
function useLatest(count: number): void {
  useEffect(() => {
    const said = document.querySelectorAll(".talk > .said");
    if (count > 2) said[said.length - 1]?.scrollIntoView({ block: "start" });
  }, [count]);
}

render(<App />, document.getElementById("app")!);
