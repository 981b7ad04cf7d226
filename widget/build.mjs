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
const LOADERS = new URL("loaders/", HERE);
const LOADER = ["widget.ask", "widget.unreached"];
const PLAIN = ["widget.needs_script", "widget.without_script"];
const FRAME = [
  "widget", "page.name", "page.choose", "page.a_program", "page.no_names", "page.your_question", "page.send", "page.you",
  "page.conversation", "page.choices", "page.new", "page.erase", "page.erased", "page.leave", "page.languages",
  "page.privacy", "page.address", "page.phone", "page.text_line", "page.text_word", "page.hours", "page.website", "page.welsh_line", "page.email", "page.date",
  "page.month_year", "page.month", "answer.sources", "answer.useful", "answer.as_of", "answer.checked", "answer.print", "question.send",
];

function texts(names) {
  return Object.fromEntries(["cy", "en"].map((language) => [language, chosen(language, names)]));
}

/** The same by the last part of their names: every visitor of a charity's page loads these. */
function short(texts) {
  const cut = (named) => Object.fromEntries(Object.entries(named).map(([key, text]) => [key.split(".").at(-1), text]));
  return { cy: cut(texts.cy), en: cut(texts.en) };
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

function page(texts) {
  const written = readFileSync(new URL("src/frame.html", HERE), "utf8");
  return written.replace(/\{(cy|en):(\w+)\}/g, (_, language, name) => texts[language][name]);
}

async function bundle(entry, texts) {
  const made = await build({
    entryPoints: [new URL(entry, HERE).pathname], bundle: true, minify: true, write: false, format: "iife",
    target: ["es2022"], legalComments: "none", jsx: "automatic", jsxImportSource: "preact",
    define: { TEXTS: JSON.stringify(texts) }, tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
  });
  return made.outputFiles[0].contents;
}

const files = {
  "cyswllt.js": await bundle("src/loader.ts", short(texts(LOADER))),
  "frame.js": await bundle("src/frame.tsx", texts(FRAME)),
  "frame.css": await bundle("src/frame.css", {}),
  "frame.html": Buffer.from(page(short(texts(PLAIN)))),
};
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const manifest = {};
for (const [name, content] of Object.entries(files)) {
  writeFileSync(new URL(name, OUT), content);
  const hash = createHash("sha384").update(content).digest();
  manifest[name] = { bytes: content.length, gzipped: gzipSync(content, { level: 9 }).length, sha384: hash.toString("base64") };
}
// Sites pin the button by its hash: each that was ever given out is kept, under the name that never changes.
const version = createHash("sha256").update(files["cyswllt.js"]).digest("hex").slice(0, 12);
mkdirSync(LOADERS, { recursive: true });
writeFileSync(new URL(`${version}.js`, LOADERS), files["cyswllt.js"]);
writeFileSync(new URL("manifest.json", OUT), JSON.stringify({ version, files: manifest }, null, 1));
for (const [name, { bytes, gzipped }] of Object.entries(manifest)) console.log(`  ${name}: ${bytes} bytes, ${gzipped} gzipped`);
