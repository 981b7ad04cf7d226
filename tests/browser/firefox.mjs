// One person's talk in Firefox, by keyboard where it matters: `node firefox.mjs ASSISTANT cy|en FIREFOX WORDS`.
// Playwright brings a Firefox of its own and does not drive Debian's; Puppeteer speaks WebDriver BiDi with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const [, , assistant, language, executablePath, given] = process.argv;
const words = JSON.parse(given);
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const browser = await puppeteer.launch({ browser: "firefox", executablePath, args: ["--width=1280", "--height=800"] });
try {
  await talk(await browser.newPage());
  await left(await browser.newPage());
  console.log(`${await browser.version()}: ok`);
} finally {
  await browser.close();
}

async function opened(page) {
  await page.goto(`${assistant}/${language}/example`);
  const button = await page.waitForSelector("cyswllt-chat >>> button");
  await button.focus();
  await page.keyboard.press("Enter");
  const frame = await page.waitForFrame((each) => each.url().includes("/widget/"));
  await frame.waitForSelector(".answer");
  await frame.waitForFunction(() => document.activeElement?.id === "question");
  return frame;
}

async function ask(page, frame, text) {
  const before = (await frame.$$(".talk > .answer")).length;
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await frame.waitForFunction((count) => document.querySelectorAll(".talk > .answer").length > count, {}, before);
}

async function talk(page) {
  const wrong = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  const frame = await opened(page);
  await ask(page, frame, words.asked);
  assert.equal(await frame.$eval(".talk > .answer:last-child", (answer) => answer.lang), language);
  await frame.evaluate(axe);
  const { violations } = await frame.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(violations.map((each) => each.id), []);
  assert.equal(await frame.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  await page.keyboard.type("half a qu");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.localName === "cyswllt-chat");
  await page.keyboard.press("Enter");
  await frame.waitForFunction(() => document.activeElement?.value === "half a qu");
  assert.deepEqual(wrong, []);
}

async function left(page) {
  await page.setRequestInterception(true);
  page.on("request", (request) => (request.url().startsWith(assistant) ? request.continue() : request.respond({ body: "elsewhere" })));
  const frame = await opened(page);
  await ask(page, frame, words.asked);
  const away = page.waitForNavigation();
  for (let times = 0; times < 3; times++) await page.keyboard.press("Shift").catch(() => undefined); // the page goes away under it
  await away;
  assert.match(page.url(), /^https:\/\/www\.bbc\.co\.uk\//);
  await page.goBack().catch(() => undefined); // there is nothing to go back to
  assert.ok(!(await page.content()).includes(words.asked));
}
