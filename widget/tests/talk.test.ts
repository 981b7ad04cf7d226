import assert from "node:assert/strict";
import { beforeEach, test, type TestContext } from "node:test";
import { Talk, type Mine } from "../src/talk.ts";
import type { Language } from "../src/texts.ts";

/** A request that was made; and the next answers, in order: a body, or a status without sense. */
interface Made { method: string; path: string; body: Record<string, unknown>; key?: string }
let made: Made[];
let kept: Record<string, string>;

function message(text: string, language: Language, topic = "letters"): object {
  return { id: text, text, language, topic, buttons: [], sources: [], services: [], as_of: null, checked_on: null, prison: null };
}

const greeting = (language: Language, conversation = "first") => ({ conversation, messages: [message(`greeting ${language}`, language, "greet")] });
const answer = (text: string, language: Language = "cy") => ({ messages: [message(text, language)] });

function gateway(t: TestContext, answers: (object | number)[]): void {
  t.mock.method(globalThis, "fetch", async (path: string, asked: RequestInit) => {
    made.push({ method: asked.method!, path, body: JSON.parse(`${asked.body ?? "{}"}`), key: (asked.headers as Record<string, string>)["Idempotency-Key"] });
    const next = answers.shift();
    if (next === undefined) throw new TypeError("no connection");
    return typeof next === "number" ? new Response("{{{", { status: next }) : Response.json(next);
  });
}

function begun(language: Language | null = "cy"): Talk {
  return new Talk(language, "swallow", () => undefined, { answered: () => undefined, noticed: () => undefined, failed: () => undefined });
}

function shown(talk: Talk): string[] {
  return talk.entries.map((entry) => (entry.kind === "said" ? `${entry.text}: ${entry.state}` : entry.kind === "answer" ? entry.message.text : entry.text));
}

beforeEach(() => {
  made = [];
  kept = {};
  const storage = { getItem: (name: string) => kept[name] ?? null, setItem: (name: string, value: string) => void (kept[name] = value), removeItem: (name: string) => void delete kept[name] };
  Object.defineProperty(globalThis, "sessionStorage", { value: storage, configurable: true });
  Object.defineProperty(globalThis, "document", { value: { documentElement: { lang: "cy" } }, configurable: true });
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
});

test("what failed is sent again with the same key", async (t) => {
  gateway(t, [greeting("cy"), 500, answer("yes")]);
  const talk = begun();
  await talk.start();
  await talk.say("helo");
  assert.deepEqual(shown(talk), ["greeting cy", "helo: failed"]);
  await talk.retry((talk.entries.at(-1) as Mine).key);
  assert.deepEqual(shown(talk), ["greeting cy", "helo: sent", "yes"]);
  assert.equal(made[1]!.key, made[2]!.key);
});

test("messages go one after another, each with its own key", async (t) => {
  gateway(t, [greeting("cy"), answer("1"), answer("2")]);
  const talk = begun();
  await talk.start();
  await Promise.all([talk.say("a"), talk.say("b")]);
  assert.deepEqual(made.slice(1).map((each) => each.body), [{ text: "a" }, { text: "b" }]);
  assert.notEqual(made[1]!.key, made[2]!.key);
});

test("a conversation that is over is begun anew and the message is answered there", async (t) => {
  gateway(t, [greeting("cy"), 410, greeting("cy", "second"), answer("yes")]);
  const talk = begun();
  await talk.start();
  await talk.say("helo");
  assert.deepEqual(shown(talk), ["greeting cy", "helo: sent", "widget.ended", "yes"]);
  assert.equal(made.at(-1)!.path, "/api/v1/conversations/second/messages");
});

for (const [body, why] of [[{ messages: [] }, "no message"], [{ messages: [{ text: 3 }] }, "not ours"], [{}, "nothing"]] as const) {
  test(`an answer that is ${why} is trouble, not an answer`, async (t) => {
    gateway(t, [greeting("cy"), body]);
    const talk = begun();
    await talk.start();
    await talk.say("helo");
    assert.deepEqual(shown(talk), ["greeting cy", "helo: failed"]);
  });
}

test("another language before anything was said greets in it, and greets once", async (t) => {
  gateway(t, [greeting("en"), greeting("cy", "second"), answer("yes")]);
  const talk = begun("en");
  await talk.start();
  talk.choose("cy");
  await talk.say("helo");
  assert.deepEqual(shown(talk), ["greeting cy", "helo: sent", "yes"]);
  assert.deepEqual(made.map((each) => each.body.language), ["en", "cy", "cy"]);
});

test("a choice after something was said keeps the talk and goes with the next message only", async (t) => {
  gateway(t, [greeting("en"), answer("one", "en"), answer("two", "cy"), answer("three", "cy")]);
  const talk = begun("en");
  await talk.start();
  await talk.say("hello");
  talk.choose("cy");
  await talk.say("eto");
  await talk.say("ac eto");
  assert.deepEqual(made.slice(1).map((each) => each.body), [{ text: "hello" }, { text: "eto", language: "cy" }, { text: "ac eto" }]);
  assert.deepEqual(talk.entries.map((entry) => (entry.kind === "said" ? entry.language : undefined)).filter(Boolean), ["en", "cy", "cy"]);
});

test("the talk of this tab goes on; what was being sent then did not arrive", async (t) => {
  gateway(t, [greeting("cy")]);
  const talk = begun();
  await talk.start();
  void talk.say("helo");
  talk.type("half a qu");
  const next = begun("en");
  await next.start();
  assert.deepEqual(shown(next), ["greeting cy", "helo: failed"]);
  assert.deepEqual([next.draft, next.language], ["half a qu", "cy"]);
});

for (const garbage of ["{{{", "3", "null", '{"conversation": 1}', '{"conversation": "x"}']) {
  test(`what is kept as ${garbage} is not a talk: one is begun`, async (t) => {
    gateway(t, [greeting("cy")]);
    kept.cyswllt = garbage;
    const talk = begun();
    await talk.start();
    assert.deepEqual(shown(talk), ["greeting cy"]);
  });
}

test("leaving wipes the talk here, in the tab and at the gateway", async (t) => {
  gateway(t, [greeting("cy"), answer("yes"), 204]);
  const talk = begun();
  await talk.start();
  await talk.say("helo");
  talk.leave();
  talk.type("more");
  assert.deepEqual([shown(talk), kept], [[], {}]);
  assert.deepEqual([made.at(-1)!.method, made.at(-1)!.path], ["DELETE", "/api/v1/conversations/first"]);
});

test("without a connection the message waits", async (t) => {
  gateway(t, [greeting("cy")]);
  Object.defineProperty(globalThis, "navigator", { value: { onLine: false }, configurable: true });
  const talk = begun();
  await talk.start();
  await talk.say("helo");
  assert.deepEqual((talk.entries.at(-1) as Mine).trouble, { kind: "offline" });
});
