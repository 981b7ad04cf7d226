import assert from "node:assert/strict";
import { test } from "node:test";
import type { VNode } from "preact";
import { inline, Link, plain } from "../src/markup.tsx";

/** What *text* becomes: strings, and the address of each link. */
function parts(text: string): unknown[] {
  const shown = (inline(text) as (string | VNode<{ href: string; children: string }>)[]).filter((part) => part !== "");
  return shown.map((part) => (typeof part === "string" ? part : [part.props.children, part.props.href]));
}

for (const [text, expected] of [
  ["Ffoniwch [999](tel:999).", ["Ffoniwch ", ["999", "tel:999"], "."]],
  ["[a](https://a.wales) [b](mailto:b@a.wales)", [["a", "https://a.wales"], " ", ["b", "mailto:b@a.wales"]]],
  ["[x](javascript:alert(1))", ["[x](javascript:alert(1))"]],
  ["[x](http://a.wales) [x](data:text/html,x) [x](//a.wales)", ["[x](http://a.wales) [x](data:text/html,x) [x](//a.wales)"]],
  ["<b onclick=x>[1] (2)</b>", ["<b onclick=x>[1] (2)</b>"]],
] as const) {
  test(`the marks of ${text}`, () => assert.deepEqual(parts(text), expected));
}

test("an address that is not followed leaves its words", () => {
  for (const href of ["javascript:x", " https://a", "JAVASCRIPT:x", ""]) assert.equal(typeof Link({ href, children: "x" }).type, "function", href);
});

test("the ear hears words, the clipboard has addresses too", () => {
  const text = "[GOV.UK](https://www.gov.uk/x), [999](tel:999)";
  assert.equal(plain(text), "GOV.UK, 999");
  assert.equal(plain(text, true), "GOV.UK (https://www.gov.uk/x), 999");
});

test("a text without an end is read at once", () => {
  const long = "[".repeat(20_000) + "](https://".repeat(2_000);
  assert.equal(plain(long), long);
});
