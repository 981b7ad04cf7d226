// Builds the widget into dist/: `npm ci --omit=dev && npm run build`.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = (path) => new URL(path, import.meta.url).pathname;
const LANGUAGES = ["cy", "en"];
const BUDGET = { loader: 2 * 1024, all: 25 * 1024 };

const squeezedCss = {
  name: "squeezed-css",
  setup(builder) {
    builder.onLoad({ filter: /loader\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/\n/g, ""),
      loader: "text",
    }));
  },
};

async function bundle(entry, options = {}) {
  const result = await build({
    entryPoints: [here(entry)],
    bundle: true,
    minify: true,
    write: false,
    target: ["es2020", "chrome93", "firefox101", "safari16.4"],
    format: "iife",
    charset: "utf8",
    legalComments: "none",
    plugins: [squeezedCss],
    ...options,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

const digest = (content, algorithm = "sha256", encoding = "hex") =>
  createHash(algorithm).update(content).digest(encoding);

/** Write a file under a name that says its content, and return the name. */
function keep(name, content) {
  const [stem, ending] = name.split(".");
  const hashed = `${stem}.${digest(content).slice(0, 12)}.${ending}`;
  writeFileSync(here(`dist/assets/${hashed}`), content);
  return hashed;
}

/** Fill `{{key}}` in a page with its words, made safe for HTML. */
function fill(page, words) {
  return page.replace(/\{\{([\w.]+)\}\}/g, (_, key) => {
    const value = key.split(".").reduce((value, part) => value?.[part], words);
    if (typeof value !== "string") throw new Error(`no words for ${key}`);
    return value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
  });
}

// Earlier loaders stay: a charity that pinned one by its SRI hash must still find it.
rmSync(here("dist/assets"), { recursive: true, force: true });
rmSync(here("dist/pages"), { recursive: true, force: true });
rmSync(here("dist/examples"), { recursive: true, force: true });
for (const folder of ["assets", "pages", "examples"]) mkdirSync(here(`dist/${folder}`), { recursive: true });

const loader = await bundle("src/loader.ts");
const frame = await bundle("src/frame/main.ts");
const frameCss = await bundle("src/frame/frame.css");
const version = digest(loader).slice(0, 12);
const integrity = `sha384-${digest(loader, "sha384", "base64")}`;
mkdirSync(here(`dist/versions/${version}`), { recursive: true });
writeFileSync(here(`dist/versions/${version}/cyswllt.js`), loader);
writeFileSync(here("dist/cyswllt.js"), loader);

const assets = {
  frame_js: keep("frame.js", frame),
  frame_css: keep("frame.css", frameCss),
  embed_js: keep("embed.js", await bundle("src/pages/embed.ts")),
  pages_css: keep("pages.css", await bundle("src/pages/pages.css")),
  example_js: keep("example.js", await bundle("src/pages/example.ts")),
};

for (const language of LANGUAGES) {
  const words = JSON.parse(readFileSync(here(`strings/${language}.json`), "utf8"));
  const other = language === "cy" ? "en" : "cy";
  const known = { ...words, language, other, version, integrity, ...assets };
  for (const page of ["frame", "embed", "demo", "about"])
    writeFileSync(here(`dist/pages/${page}.${language}.html`), fill(readFileSync(here(`pages/${page}.html`), "utf8"), known));
  if (language === "cy")
    writeFileSync(
      here("dist/pages/frame.auto.html"),
      fill(readFileSync(here("pages/frame.html"), "utf8"), known).replace("<body", '<body data-undecided'),
    );
  for (const example of readdirSync(here("examples")).filter((name) => name.endsWith(`.${language}.html`)))
    writeFileSync(here(`dist/examples/${example}`), fill(readFileSync(here(`examples/${example}`), "utf8"), known));
}
cpSync(here("pages/try.html"), here("dist/pages/try.html"));

const sizes = Object.fromEntries(
  Object.entries({ loader, frame, frame_css: frameCss, frame_page: readFileSync(here("dist/pages/frame.cy.html")) })
    .map(([name, content]) => [name, gzipSync(content, { level: 9 }).length]),
);
const all = Object.values(sizes).reduce((sum, size) => sum + size, 0);
writeFileSync(here("dist/manifest.json"), JSON.stringify({ version, integrity, assets, gzip: { ...sizes, all } }, null, 1));
console.log(`widget ${version}: gzip ${JSON.stringify({ ...sizes, all })}`);
if (sizes.loader > BUDGET.loader || all > BUDGET.all) {
  console.error(`over budget: loader <= ${BUDGET.loader}, all <= ${BUDGET.all}`);
  process.exitCode = 1;
}
