"""Every named state of the widget in a real browser, in both languages; and the pictures of them.

The states and the gateway's replies in them are in widget/examples. CYSWLLT_TEST_TREES=write keeps what a screen reader
is told anew; CYSWLLT_TEST_SCREENSHOTS names a folder for pictures at three widths.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from bot.language import Language
from bot.wording import say
from gateway.schemas import Opened, ProblemDetail, Replied
from tests.widget.stage import inside, staged
from tests.widget.states import REPLIES, STATES, TREES, State, reply

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
EACH = pytest.mark.parametrize("name", STATES)
SIZES = {"phone": (360, 740), "tablet": (768, 1024), "desktop": (1280, 800)}
NARROW = (320, 640)
SHOTS = os.environ.get("CYSWLLT_TEST_SCREENSHOTS")
SHAPES = {"welcome": Opened, "both": Opened, "too_many": ProblemDetail, "ended": ProblemDetail}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""
"""WCAG 2.2, 1.4.12: what a person may do to the text."""
CUT_OFF = """
[...document.querySelectorAll("button, a, summary, label, h1, h2, h3, p, li")]
  .filter(e => e.getClientRects().length && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display != "inline")
  .map(e => e.outerHTML.slice(0, 120))"""
TOO_SMALL = """
[...document.querySelectorAll("button, textarea, summary, a.button")].filter(e => e.getClientRects().length)
  .filter(e => { const box = e.getBoundingClientRect(); return box.width < 24 || box.height < 24 })
  .map(e => e.outerHTML.slice(0, 120))"""
BROKEN = """
[...document.querySelectorAll("a[href^='tel:'], a[href^='sms:']")].filter(e => e.getClientRects().length > 1).map(e => e.outerHTML)"""
LIVE = "document.querySelectorAll('[aria-live], [role=status], [role=log], [role=alert]').length"
SPOKEN = """
(() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const at = texts.currentNode.parentElement
    if (at.closest("script, style, noscript, textarea")) continue
    found.push([texts.currentNode.textContent.trim(), at.closest("[lang]").lang])
  }
  return found
})()"""


@LANGUAGES
@pytest.mark.parametrize("path", sorted({p.name.split(".")[0] for p in REPLIES.iterdir()}))
def test_recorded_replies_are_what_the_api_promises(path: str, language: Language) -> None:
    body = reply(path, language)["body"]
    shape = SHAPES.get(path, Replied)
    assert shape.model_validate(body).model_dump(mode="json") == body


@LANGUAGES
@EACH
def test_every_state_can_be_used_by_everyone(
    chromium: Browser, axe: str, name: str, language: Language
) -> None:
    state = STATES[name]
    with staged(chromium, state, language) as page:
        shown(page, state, language)
        if conversation := part(page, state):
            assert judged(conversation, axe) == []
            assert conversation.evaluate(TOO_SMALL) == []
            assert fits(conversation)
            assert wrongly_named(conversation) == []
            assert conversation.evaluate(LIVE) == 1, "the talk itself is not read out again"
            keep_or_compare(page, state, language)
            for width, height in (*SIZES.values(), NARROW):
                page.set_viewport_size({"width": width, "height": height})
                assert fits(conversation), width
            space_out(conversation)
            assert fits(conversation)


def part(page: Page, state: State) -> Frame | None:
    """Return the conversation where it is open and ours."""
    if state.closed or state.gateway == "absent":
        return None
    return next(frame for frame in page.frames if "/widget/" in frame.url)


def shown(page: Page, state: State, language: Language) -> None:
    """See that what the state is about can be seen."""
    where = page.locator("cyswllt-chat") if state.closed else inside(page).locator("body")
    for key in state.shows:
        words = re.split(r"[\[{]", say(key, language))[0].strip()
        expect(where.get_by_text(words).first).to_be_visible()
    if state.system.get("java_script_enabled") is False:
        assert page.locator("noscript a").count() == 1


def judged(frame: Frame, axe: str) -> list[str]:
    """Return what axe finds wrong, by every A and AA rule it knows."""
    frame.evaluate(axe)
    options = json.dumps({"runOnly": TAGS, "resultTypes": ["violations"]})
    found = frame.evaluate(f"axe.run(document, {options})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def fits(frame: Frame) -> bool:
    """Say whether nothing scrolls sideways, no word is cut off and no number is broken in two."""
    wide = frame.evaluate("document.documentElement.scrollWidth > innerWidth")
    return not wide and frame.evaluate(CUT_OFF) == [] and frame.evaluate(BROKEN) == []


def space_out(frame: Frame) -> None:
    frame.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet] }",
        SPACED,
    )


def wrongly_named(frame: Frame) -> list[Any]:
    """Return texts that stand in the other language than the one they are marked as (WCAG 3.1.2)."""
    words = {language: set(_words(language)) for language in Language}
    either = words[Language.WELSH] & words[Language.ENGLISH]
    return [
        [text, marked]
        for text, marked in frame.evaluate(SPOKEN)
        for language in Language
        if text in words[language] - either and marked != language.value
    ]


def _words(language: Language) -> Iterator[str]:
    """Yield what stands on the screen in *language*: labels, and lines of the recorded replies."""
    for keys in (state.shows for state in STATES.values()):
        yield from (say(key, language) for key in keys if "{" not in say(key, language))
    yield from (say(f"page.{key}", language) for key in ("send", "your_question", "you", "erase"))
    yield language.own_name
    for path in REPLIES.glob(f"*.{language.value}.json"):
        for message in json.loads(path.read_text("utf-8"))["body"].get("messages", []):
            if message["language"] == language.value:
                yield from (line.removeprefix("- ") for line in message["text"].split("\n") if line)
                yield from (button["title"] for button in message["buttons"])


def keep_or_compare(page: Page, state: State, language: Language) -> None:
    """Hold what a screen reader is told (roles, names, order) against what is kept of it."""
    tree = inside(page).locator("body").aria_snapshot() + "\n"
    kept = TREES / f"{state.name}.{language.value}.yml"
    if os.environ.get("CYSWLLT_TEST_TREES") == "write":
        TREES.mkdir(exist_ok=True)
        kept.write_text(tree, "utf-8")
    assert tree == kept.read_text("utf-8"), "if this is meant: make examples"


if SHOTS:

    @LANGUAGES
    @EACH
    @pytest.mark.parametrize("size", SIZES)
    def test_pictures(chromium: Browser, name: str, language: Language, size: str) -> None:
        folder = Path(SHOTS) / "widget"
        folder.mkdir(parents=True, exist_ok=True)
        with staged(chromium, STATES[name], language, SIZES[size]) as page:
            page.wait_for_timeout(300)  # a picture of a frame just laid out is half empty
            path = folder / f"{name}.{language.value}.{size}.jpg"
            page.screenshot(path=path, type="jpeg", quality=60)
