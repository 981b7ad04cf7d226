import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { contrast, luminance, readable } from "../src/contrast.ts";
import { PAPERS, themed } from "../src/theme.ts";

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

test("in the conversation a colour stands only where it can be read", () => {
  assert.equal(themed("#4b1d6b").includes("light") && !themed("#4b1d6b").includes("dark"), true);
  assert.equal(themed("#ffe9a8").includes("dark") && !themed("#ffe9a8").includes("light"), true);
  for (const wrong of ["", "red", "#fff;}", "#777777"]) assert.equal(themed(wrong), "", wrong);
});

test("the colours that the theme is held against are those of the frame", () => {
  const css = readFileSync("src/frame.css", "utf8");
  for (const paper of Object.values(PAPERS).flat()) assert.ok(css.includes(`: ${paper.replace("#ffffff", "#fff")};`), paper);
});
