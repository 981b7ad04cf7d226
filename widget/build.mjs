// Builds what the gateway serves: dist/ with the loader, the frame and a manifest of sizes and hashes.
// Texts come from bot/content, so that editors and `make check` see them like all others.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { parse } from "yaml";

const HERE = new URL(".", import.meta.url);
const CONTENT = new URL("../bot/content/", HERE);
const OUT = new URL("dist/", HERE);
const LOADER = ["widget.ask", "widget.unreached"];
const FRAME = [
  "widget", "page.name", "page.choose", "page.a_program", "page.no_names", "page.your_question", "page.send", "page.you",
  "page.conversation", "page.choices", "page.new", "page.erase", "page.erased", "page.leave", "page.languages",
  "page.privacy", "page.address", "page.phone", "page.text_line", "page.text_word", "page.hours", "page.website", "page.welsh_line", "page.email", "page.date",
  "page.month_year", "page.month", "answer.sources", "answer.useful", "answer.as_of", "answer.checked", "answer.print", "question.send",
];

function texts(names) {
  return Object.fromEntries(["cy", "en"].map((language) => [language, chosen(language, names)]));
}

function chosen(language, names) {
  const all = parse(readFileSync(new URL(`${language}/interface.yml`, CONTENT), "utf8")).texts;
  const flat = Object.fromEntries(flattened("", all));
  const wanted = Object.entries(flat).filter(([key]) => names.some((name) => key === name || key.startsWith(`${name}.`)));
  return Object.fromEntries(wanted);
}

function* flattened(prefix, values) {
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === "object") yield* flattened(`${prefix}${key}.`, value);
    else yield [prefix + key, value];
  }
}

async function bundle(entry, names) {
  const made = await build({
    entryPoints: [new URL(entry, HERE).pathname], bundle: true, minify: true, write: false, format: "iife",
    target: ["es2022"], legalComments: "none", jsx: "automatic", jsxImportSource: "preact",
    define: { TEXTS: JSON.stringify(texts(names)) },
  });
  return made.outputFiles[0].contents;
}

const files = {
  "cyswllt.js": await bundle("src/loader.ts", LOADER),
  "frame.js": await bundle("src/frame.tsx", FRAME),
  "frame.css": await bundle("src/frame.css", []),
  "frame.html": readFileSync(new URL("src/frame.html", HERE)),
};
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const manifest = {};
for (const [name, content] of Object.entries(files)) {
  writeFileSync(new URL(name, OUT), content);
  const hash = createHash("sha384").update(content).digest();
  manifest[name] = { bytes: content.length, gzipped: gzipSync(content, { level: 9 }).length, sha384: hash.toString("base64") };
}
const all = createHash("sha256").update(JSON.stringify(manifest)).digest("hex").slice(0, 12);
writeFileSync(new URL("manifest.json", OUT), JSON.stringify({ version: all, files: manifest }, null, 1));
for (const [name, { bytes, gzipped }] of Object.entries(manifest)) console.log(`  ${name}: ${bytes} bytes, ${gzipped} gzipped`);
