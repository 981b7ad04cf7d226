/** The conversation in its frame: draws the talk, and speaks with the page outside about opening and leaving only. */
import { render, type VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Announcer, Ask, Choice, Entries, Head, Told, told, useSlow } from "./parts.tsx";
import { plain } from "./markup.tsx";
import { Talk } from "./talk.ts";
import { say, type Language } from "./texts.ts";
import { dress } from "./theme.ts";

const AWAY: Record<Language, string> = { cy: "https://www.bbc.co.uk/cymrufyw", en: "https://www.bbc.co.uk/weather" };
const THRICE = 1500; // milliseconds in which Shift is pressed three times
const asked = new URLSearchParams(location.search);
const HOST = decodeURIComponent(location.hash.slice(1));
const framed = window.parent !== window && HOST !== "";
/** A page that was opened as a file has no origin that could be named; nothing that is told outside is secret. */
const named = /^https?:/.test(HOST);

function known(language: string | null): Language | null {
  return language === "cy" || language === "en" ? language : null;
}

function tell(what: string, language?: Language): void {
  if (framed) window.parent.postMessage({ cyswllt: what, language }, named ? HOST : "*");
}

/** What a screen reader says; in the language of the labels where none is named. */
interface Spoken { text: string; language?: Language }

function App(): VNode {
  const [heard, hear] = useState<Spoken>({ text: "" });
  const talk = useTalk(hear);
  const language = talk.language ?? "cy";
  const leave = () => left(talk, language);
  const close = framed ? () => tell("close") : undefined;
  useKeys(leave, close);
  useEffect(() => {
    document.documentElement.lang = language;
    if (talk.language) tell("language", language);
  }, [talk.language]);
  useLatest(talk.entries.length + talk.entries.filter((entry) => entry.kind === "said" && entry.state === "failed").length);
  useKeptFocus();
  const waiting = talk.entries.some((entry) => entry.kind === "said" && entry.state === "sending");
  const slow = useSlow(waiting);
  useEffect(() => document.querySelector(".writing")?.scrollIntoView({ block: "nearest" }), [slow]);
  const cut = !useConnection() && !talk.trouble && !talk.entries.some((entry) => entry.kind === "said" && entry.state === "failed");
  const acts = { talk, language, leave, close } as const;
  return (
    <>
      <Head {...acts} />
      <main tabIndex={-1}>
        {talk.language === null && <Choice talk={talk} />}
        <Entries {...acts} />
        {talk.trouble && <Unopened talk={talk} language={language} />}
        {cut && <div class="problem"><Told trouble={{ kind: "offline" }} language={language} /></div>}
        {slow && <p class="quiet writing" aria-hidden="true">{say("widget.writing", language)} …</p>}
      </main>
      <Ask {...acts} />
      <Announcer language={language} {...spoken(heard, waiting, slow, cut, language)} />
    </>
  );
}

/** Begin the talk once, and draw anew whenever it changes. */
function useTalk(hear: (what: Spoken) => void): Talk {
  const [, drawn] = useState(0);
  const [talk] = useState(() => {
    const words = (key: string) => plain(say(key, made.language ?? "cy"));
    const made: Talk = new Talk(known(asked.get("language")), asked.get("embed") ?? "", () => drawn((times) => times + 1), {
      answered: (messages) => {
        const language = messages.at(-1)?.language;
        hear({ text: messages.map((message) => plain(message.text)).join("\n"), language });
        tell("answer", language);
      },
      noticed: (...keys) => hear({ text: keys.map(words).join(" ") }),
      failed: (why, ...keys) => hear({ text: [...keys.map(words), plain(told(why, made.language ?? "cy"))].join(" ") }),
    });
    return made;
  });
  useEffect(() => {
    tell("ready");
    void talk.start();
  }, []);
  return talk;
}

/** While an answer is awaited only that is said; an earlier text, set again after it, is then heard again. */
function spoken(heard: Spoken, waiting: boolean, slow: boolean, cut: boolean, language: Language): Spoken {
  if (waiting) return { text: slow ? say("widget.writing", language) : "" };
  return cut ? { text: plain(say("widget.offline", language)) } : heard;
}

function Unopened({ talk, language }: { talk: Talk; language: Language }): VNode {
  return (
    <div class="problem">
      <Told trouble={talk.trouble!} language={language} />
      <button type="button" onClick={() => void talk.open()}>{say("widget.try_again", language)}</button>
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
      if (event.repeat) return; // a key that is held down is pressed once
      shifts = event.key === "Shift" ? [...shifts.filter((at) => event.timeStamp - at < THRICE), event.timeStamp] : [];
      if (shifts.length >= 3) leave();
    };
    const heard = (event: MessageEvent) => {
      if (event.source !== window.parent || (named && event.origin !== HOST)) return;
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

/** Say whether the device has a connection, as far as the browser knows. */
function useConnection(): boolean {
  const [connected, become] = useState(navigator.onLine);
  useEffect(() => {
    const changed = () => become(navigator.onLine);
    addEventListener("online", changed);
    addEventListener("offline", changed);
  }, []);
  return connected;
}

/** Where the control that had the keyboard is gone, the nearest part that still stands takes it. */
function useKeptFocus(): void {
  const path = useRef<HTMLElement[]>([]);
  useEffect(() => addEventListener("focusin", (event) => (path.current = event.composedPath().filter((each) => each instanceof HTMLElement))), []);
  useEffect(() => {
    if (document.activeElement !== document.body || path.current[0]?.isConnected !== false) return;
    const place = path.current.find((each) => each.isConnected && each.matches(".tools, li, main"));
    place?.setAttribute("tabindex", "-1");
    place?.focus();
  });
}

/** Keep what was said last in view, and what became of it, without moving the keyboard's place. */
function useLatest(count: number): void {
  useEffect(() => {
    const latest = [...document.querySelectorAll(".talk > .said, .talk > .urgent")].at(-1);
    latest?.scrollIntoView({ block: "start" });
  }, [count]);
}

document.documentElement.lang = known(asked.get("language")) ?? "cy";
dress(asked.get("colour"), asked.get("font"));
render(<App />, document.getElementById("app")!);
