import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, luminance, readable } from "../src/contrast.ts";

test("black on white has the greatest contrast there is", () => {
  assert.equal(contrast(luminance("#000")!, luminance("#ffffff")!), 21);
});

test("what is not a colour has no luminance", () => {
  for (const wrong of ["", "red", "#12", "#gggggg", "url(x)", "#fff;}"]) assert.equal(luminance(wrong), undefined, wrong);
});

for (const [paper, ink, expected] of [
  [null, null, ["#0b5a4a", "#ffffff"]],
  ["#003366", null, ["#003366", "#ffffff"]],
  ["#ffdd00", null, ["#ffdd00", "#000000"]],
  ["#777777", "#888888", ["#0b5a4a", "#ffffff"]],
  ["#fff}", null, ["#0b5a4a", "#ffffff"]],
  ["#ffffff", "#767676", ["#ffffff", "#767676"]],
] as const) {
  test(`the theme ${paper} / ${ink} gives ${expected}`, (t) => {
    t.mock.method(console, "warn", () => undefined);
    assert.deepEqual(readable(paper, ink), expected);
  });
}

test("whatever colour is chosen, the words on it can be read", (t) => {
  t.mock.method(console, "warn", () => undefined);
  for (let at = 0; at < 4096; at++) {
    const colour = `#${at.toString(16).padStart(3, "0")}`;
    const [paper, ink] = readable(colour, null);
    assert.ok(contrast(luminance(paper)!, luminance(ink)!) >= 4.5, colour);
  }
});
