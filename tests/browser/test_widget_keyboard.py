"""Every task of the widget by keyboard alone, in both languages, with the gateway's recorded replies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Page, expect

from bot.language import Language
from bot.wording import say
from tests.widget.stage import inside, staged
from tests.widget.states import STATES, reply

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
FURTHEST = 60
"""Presses of Tab within which anything in a short talk is reached."""
FOCUSED = """
(() => {
  const at = document.activeElement, box = at.getClientRects()[0] ?? at.getBoundingClientRect(), style = getComputedStyle(at)
  return {
    name: (at.labels?.[0] ?? at).textContent.trim(), body: at === document.body,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth,
    covered: !at.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)),
    before: [...document.querySelectorAll("*")].indexOf(at),
  }
})()"""


def conversation(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/widget/" in frame.url)


def focused(page: Page) -> dict[str, Any]:
    return dict(conversation(page).evaluate(FOCUSED))


def reach(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until the control *name* has the keyboard, and see that everybody can see that it has."""
    for _ in range(FURTHEST):
        page.keyboard.press(key)
        at = focused(page)
        if at["name"] == name:
            assert at["marked"], f"{name}: its focus cannot be seen"
            assert at["seen"], f"{name}: out of sight"
            return
    raise AssertionError(f"{name} cannot be reached")


def press(page: Page, key: str, language: Language, by: str = "Tab") -> None:
    reach(page, say(key, language), by)
    page.keyboard.press("Enter")


@LANGUAGES
@pytest.mark.parametrize("size", [(360, 740), (1280, 800)], ids=str)
def test_the_keyboard_goes_in_the_order_of_the_page_is_seen_and_gets_out(
    chromium: Browser, language: Language, size: tuple[int, int]
) -> None:
    with staged(chromium, STATES["answer"], language, size) as page:
        inside(page).locator("header button").first.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        visited = [focused(page)]
        for _ in range(FURTHEST):
            page.keyboard.press("Tab")
            if not page.evaluate("document.activeElement?.localName === 'cyswllt-chat'"):
                break
            visited.append(focused(page))
        else:
            raise AssertionError("the keyboard is trapped")
        places = [at["before"] for at in visited if not at["body"]]
        assert places == sorted(places)
        assert len(places) > 20
        assert [at["name"] for at in visited if not (at["marked"] or at["body"])] == []
        assert [at["name"] for at in visited if not at["body"] and at["covered"]] == []


@LANGUAGES
def test_an_answer_is_rated_and_the_keyboard_stays_there(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["answer"], language) as page:
        frame = inside(page)
        press(page, "widget.useful_no", language)
        expect(frame.locator(".tools")).to_be_focused()
        heard(frame, "widget.useful_thanks", language)
        press(page, "question.send", language)
        expect(frame.locator(".tools")).to_be_focused()
        heard(frame, "widget.question_sent", language)


@LANGUAGES
def test_an_answer_is_copied_as_it_is_read_and_printed_alone(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["answer"], language) as page:
        page.context.grant_permissions(["clipboard-write"])
        conversation(page).evaluate(
            "const real = navigator.clipboard.writeText.bind(navigator.clipboard);"
            "navigator.clipboard.writeText = text => { window.copied = text; return real(text) }"
        )
        press(page, "widget.copy", language)
        heard(inside(page), "widget.copied", language)
        copied = conversation(page).evaluate("window.copied")
        assert "](" not in copied
        assert "(https://www.gov.uk/send-prisoner-money)" in copied
        conversation(page).evaluate(
            "window.print = () => { document.documentElement.printed ="
            " document.querySelectorAll('.printed').length }"
        )
        press(page, "answer.print", language)
        expect(inside(page).locator("html")).to_have_js_property("printed", 1)


@LANGUAGES
def test_a_topic_is_chosen_and_the_sources_are_unfolded(
    chromium: Browser, language: Language
) -> None:
    state = STATES["did_you_mean"]
    with staged(chromium, state, language) as page:
        topic = reply(state.name, language)["body"]["messages"][-1]["buttons"][0]["title"]
        reach(page, topic, "Shift+Tab")
        page.keyboard.press("Enter")
        expect(inside(page).locator(".said").nth(1)).to_contain_text(topic)
        assert focused(page)["name"] == topic, "the keyboard stays where it was"
    with staged(chromium, replace(STATES["answer"], press=()), language) as page:
        reach(page, say("answer.sources", language), "Shift+Tab")
        page.keyboard.press("Enter")
        source = inside(page).locator("details li a").first
        expect(source).to_be_visible()
        reach(page, source.inner_text())


@LANGUAGES
@pytest.mark.parametrize("key", ["page.new", "page.erase"])
def test_the_talk_is_begun_anew_where_one_writes(
    chromium: Browser, language: Language, key: str
) -> None:
    with staged(chromium, STATES["answer"], language) as page:
        press(page, "widget.menu", language)
        press(page, key, language)
        frame = inside(page)
        expect(frame.locator("#question")).to_be_focused()
        expect(frame.locator(".said")).to_have_count(0)
        expect(frame.get_by_role("button", name=say(key, language))).to_be_hidden()


@LANGUAGES
def test_what_failed_is_tried_again_and_the_keyboard_stays_there(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["failed"], language) as page:
        press(page, "widget.try_again", language, "Shift+Tab")
        frame = inside(page)
        expect(frame.locator(".problem")).to_be_visible()
        assert conversation(page).evaluate("document.activeElement.closest('.said') !== null")


@LANGUAGES
def test_the_language_is_changed_and_the_page_is_left(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["welcome"], language) as page:
        page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="elsewhere"))
        reach(page, language.other.own_name, "Shift+Tab")
        page.keyboard.press("Enter")
        assert focused(page)["name"] == language.own_name
        press(page, "page.leave", language.other)
        page.wait_for_url("https://www.bbc.co.uk/**")


@LANGUAGES
def test_both_as_equals_are_chosen_from_and_the_keyboard_goes_on(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["both"], language) as page:
        reach(page, language.own_name, "Shift+Tab")
        page.keyboard.press("Enter")
        expect(inside(page).locator("main")).to_be_focused()
        titles = [
            one["title"] for one in reply("welcome", language)["body"]["messages"][0]["buttons"]
        ]
        shown = inside(page).locator(".choices button").all_inner_texts()
        assert [title for title in shown if title in titles] == titles


@LANGUAGES
def test_on_a_phone_nothing_hides_behind_the_conversation(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["answer"], language) as page:
        button = page.locator("cyswllt-chat button")
        expect(button).to_be_hidden()
        page.keyboard.press("Escape")
        expect(button).to_be_focused()
        expect(page.locator("cyswllt-chat iframe")).to_be_hidden()


def heard(frame: FrameLocator, key: str, language: Language) -> None:
    """See that a screen reader is told."""
    expect(frame.get_by_role("status")).to_contain_text(say(key, language))
