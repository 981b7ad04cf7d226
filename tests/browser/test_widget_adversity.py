"""The widget where something is wrong: the page, the network, the clock, the input. With recorded replies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, Route, expect

from bot.language import Language
from bot.wording import say
from gateway.schemas import LONGEST_TEXT
from tests.widget.stage import CHARITY, HOME, Gateway, charity, inside, staged
from tests.widget.states import QUESTIONS, STATES, reply

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
OURS = "https://charity.cyswllt.example/"
"""A page of the same site: Debian's Chromium gives a frame of another site no storage, not even for one tab."""
BOOTSTRAP = Path(__file__).parent / "node_modules/bootstrap/dist/css/bootstrap.min.css"
LOOK = """
one => {
  const style = getComputedStyle(one)
  return Object.fromEntries([...style].filter(name => !name.startsWith("--")).map(name => [name, style.getPropertyValue(name)]))
}"""
EXCHANGES = 250
KEPT = 200
"""Entries that widget/src/store.ts carries from page to page."""


def conversation(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/widget/" in frame.url)


def ask(page: Page, language: Language, text: str = "") -> None:
    frame = inside(page)
    before = frame.locator(".answer").count()
    frame.locator("#question").fill(text or QUESTIONS["answer"][language.value])
    frame.locator("#question").press("Enter")
    expect(frame.locator(".answer").nth(before)).to_be_visible()


def answering(page: Page, language: Language, state: str = "answer") -> None:
    """Let the gateway of a state that asks nothing by itself answer what is asked."""
    page.route(f"{HOME}/**", Gateway(STATES[state], language))


def at_home(page: Page, language: Language, state: str = "answer") -> None:
    """Open the conversation on a page whose frame may keep what was said."""
    answering(page, language, state)
    html = charity(STATES["answer"], language)
    page.route(OURS, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(OURS)
    page.locator("cyswllt-chat button").click()
    expect(inside(page).locator(".answer")).to_be_visible()


@LANGUAGES
@pytest.mark.parametrize("held", [True, False], ids=["held", "pressed"])
def test_only_a_key_that_is_pressed_three_times_leaves(
    chromium: Browser, language: Language, held: bool
) -> None:
    with staged(chromium, STATES["welcome"], language) as page:
        page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="elsewhere"))
        for key in ("ShiftLeft", "ShiftRight", "ShiftLeft"):
            page.keyboard.down("Shift" if held else key)
            if not held:
                page.keyboard.up(key)
        if held:
            page.keyboard.type("Is it open?")
            expect(inside(page).locator("#question")).to_have_value("Is it open?")
        else:
            page.wait_for_url("https://www.bbc.co.uk/**")


@LANGUAGES
def test_a_page_without_https_can_have_it_too(chromium: Browser, language: Language) -> None:
    with staged(chromium, STATES["button"], language) as page:
        plain = CHARITY.replace("https:", "http:")
        html = charity(STATES["answer"], language)
        page.route(plain, lambda route: route.fulfill(body=html, content_type="text/html"))
        answering(page, language)
        page.goto(plain)
        page.locator("cyswllt-chat button").click()
        expect(inside(page).locator(".answer")).to_be_visible()
        assert conversation(page).evaluate("isSecureContext") is False
        ask(page, language)
        copy = inside(page).get_by_role("button", name=say("widget.copy", language))
        expect(copy).to_have_count(0)


@LANGUAGES
def test_the_page_to_try_works_when_it_is_opened_as_a_file(
    chromium: Browser, language: Language, tmp_path: Path
) -> None:
    tried = tmp_path / "page.html"
    tried.write_text(charity(STATES["answer"], language), "utf-8")
    with staged(chromium, STATES["button"], language) as page:
        answering(page, language)
        page.goto(tried.as_uri())
        page.locator("cyswllt-chat button").click()
        expect(inside(page).locator("#question")).to_be_focused()
        ask(page, language)
        inside(page).get_by_role("button", name=say("widget.close", language)).click()
        expect(page.locator("cyswllt-chat iframe")).to_be_hidden()


@LANGUAGES
@pytest.mark.parametrize("year", ["1971", "2089"])
def test_a_clock_that_is_wrong_changes_nothing(
    chromium: Browser, language: Language, year: str
) -> None:
    with staged(chromium, STATES["button"], language) as page:
        page.clock.set_fixed_time(f"{year}-01-01T00:00:00Z")
        answering(page, language)
        page.reload()
        page.locator("cyswllt-chat button").click()
        expect(inside(page).locator(".answer")).to_be_visible()
        ask(page, language)


@LANGUAGES
def test_a_message_is_as_long_as_the_gateway_takes_and_no_longer(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["welcome"], language) as page:
        answering(page, language)
        inside(page).locator("#question").focus()
        page.keyboard.insert_text("ŵ" * (LONGEST_TEXT + 50))
        with page.expect_request("**/messages") as sent:
            page.keyboard.press("Enter")
        assert sent.value.post_data_json["text"] == "ŵ" * LONGEST_TEXT
        expect(inside(page).locator(".said")).to_contain_text("ŵ" * LONGEST_TEXT)
        assert not conversation(page).evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_very_long_talk_can_go_on_and_be_gone_back_to(chromium: Browser) -> None:
    language = Language.WELSH
    with staged(chromium, STATES["button"], language) as page:
        at_home(page, language, "did_you_mean")
        conversation(page).evaluate(
            """times => {
              const box = document.getElementById("question")
              const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set
              for (let at = 0; at < times; at++) {
                set.call(box, `neges ${at}`)
                box.dispatchEvent(new Event("input", { bubbles: true }))
                box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))
              }
            }""",
            EXCHANGES,
        )
        frame = inside(page)
        expect(frame.locator(".talk > .said")).to_have_count(EXCHANGES)
        expect(frame.locator(".talk > .answer")).to_have_count(EXCHANGES + 1, timeout=60_000)
        ask(page, language)
        page.reload()
        page.locator("cyswllt-chat button").click()
        expect(frame.locator(".talk > li")).to_have_count(KEPT)


@LANGUAGES
def test_an_answer_that_comes_after_the_talk_was_deleted_is_dropped(
    chromium: Browser, language: Language
) -> None:
    held: list[Route] = []
    with staged(chromium, STATES["button"], language) as page:
        at_home(page, language)
        page.route("**/messages", lambda route: held.append(route))
        frame = inside(page)
        frame.locator("#question").fill(QUESTIONS["answer"][language.value])
        frame.locator("#question").press("Enter")
        expect(frame.locator(".said")).to_be_visible()
        frame.get_by_text(say("widget.menu", language)).click()
        frame.get_by_role("button", name=say("page.erase", language)).click()
        expect(frame.locator(".answer")).to_have_count(1)
        with page.expect_response("**/messages"):
            held[0].fulfill(json=reply("answer", language)["body"])
        page.wait_for_timeout(200)
        expect(frame.locator(".answer")).to_have_count(1)
        assert "gov.uk/send-prisoner-money" not in json.dumps(
            conversation(page).evaluate("({...sessionStorage})")
        )


@LANGUAGES
def test_a_connection_that_is_lost_is_told_before_anything_is_written(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["welcome"], language) as page:
        frame = inside(page)
        page.context.set_offline(True)
        expect(frame.locator(".problem a[href='tel:999']")).to_be_visible()
        expect(frame.get_by_role("status")).to_contain_text("0808 808 2003")
        page.context.set_offline(False)
        expect(frame.locator(".problem")).to_have_count(0)


@LANGUAGES
def test_errors_are_asked_for_in_the_language_of_the_talk(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["welcome"], language) as page:
        answering(page, language)
        with page.expect_request("**/messages") as sent:
            ask(page, language)
        assert sent.value.headers["accept-language"] == language.value


@LANGUAGES
def test_a_number_for_text_messages_is_not_one_to_ring(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["services"], language) as page:
        texts = inside(page).locator("a[href='sms:84001']")
        expect(texts).to_have_text("84001")
        expect(inside(page).locator("a[href='tel:84001']")).to_have_count(0)


@LANGUAGES
@pytest.mark.parametrize("size", [(320, 640), (360, 740), (1280, 800)], ids=str)
def test_that_an_answer_is_being_written_can_be_seen(
    chromium: Browser, language: Language, size: tuple[int, int]
) -> None:
    with staged(chromium, STATES["sending"], language, size) as page:
        writing = inside(page).get_by_text(f"{say('widget.writing', language)} …")
        expect(writing).to_be_in_viewport(ratio=0.9)


@LANGUAGES
@pytest.mark.parametrize("name", ["failed", "offline", "crisis", "place", "services", "unreached"])
def test_a_number_is_never_broken_in_two(chromium: Browser, language: Language, name: str) -> None:
    with staged(chromium, STATES[name], language) as page:
        numbers = inside(page).locator("a[href^='tel:'], a[href^='sms:']")
        expect(numbers.first).to_be_attached()
        for width, height in [(320, 640), (360, 740), (1280, 800)]:
            page.set_viewport_size({"width": width, "height": height})
            lines = numbers.evaluate_all("all => all.map(one => one.getClientRects().length)")
            assert set(lines) == {1}, width


def test_a_gateway_that_says_nothing_is_given_up_and_the_message_is_kept(
    chromium: Browser,
) -> None:
    """After twenty seconds, in earnest: it can be tried again, and there is somebody to ring.

    Both languages wait at once.
    """
    with (
        staged(chromium, STATES["sending"], Language.WELSH) as welsh,
        staged(chromium, STATES["sending"], Language.ENGLISH) as english,
    ):
        for page, language in ((welsh, Language.WELSH), (english, Language.ENGLISH)):
            frame, ring = inside(page), ".problem a[href='tel:08088082003']"
            expect(frame.locator(ring)).to_be_visible(timeout=40_000)
            expect(frame.locator(".said")).to_contain_text(QUESTIONS["answer"][language.value])
            answering(page, language)
            frame.get_by_role("button", name=say("widget.try_again", language)).click()
            expect(frame.locator(".answer").nth(1)).to_be_visible()
            expect(frame.locator(".said")).to_have_count(1)


@LANGUAGES
def test_two_tabs_are_two_talks(chromium: Browser, language: Language) -> None:
    """Neither sees, ends or wipes the other's."""
    with staged(chromium, STATES["button"], language) as page:
        other = page.context.new_page()
        for each in (page, other):
            at_home(each, language)
        ask(page, language)
        other.reload()
        other.locator("cyswllt-chat button").click()
        expect(inside(other).locator(".answer")).to_have_count(1)
        frame = inside(other)
        frame.get_by_text(say("widget.menu", language)).click()
        frame.get_by_role("button", name=say("page.erase", language)).click()
        expect(frame.locator(".notice")).to_be_visible()
        page.reload()
        page.locator("cyswllt-chat button").click()
        expect(inside(page).locator(".said")).to_have_count(1)


@LANGUAGES
def test_a_screen_reader_hears_words_and_no_marks(chromium: Browser, language: Language) -> None:
    with staged(chromium, STATES["answer"], language) as page:
        status = inside(page).get_by_role("status")
        expect(status).to_contain_text("GOV.UK")
        assert "](" not in status.inner_text()
        expect(status).to_have_attribute("lang", language.value)


@LANGUAGES
def test_bootstrap_changes_nothing(chromium: Browser, language: Language) -> None:
    style = f"<style>{BOOTSTRAP.read_text('utf-8')}</style>"
    looks = [looked(chromium, language, each) for each in ("", style)]
    assert looks[0] == looks[1]


def looked(chromium: Browser, language: Language, style: str) -> dict[str, Any]:
    """Return how the button looks on a page with *style*, which is seen to have been applied."""
    html = charity(STATES["button"], language).replace("default-src 'none';", "")
    html = html.replace("<title>", f"{style}<title>")
    with staged(chromium, STATES["button"], language) as page:
        page.route(CHARITY, lambda route: route.fulfill(body=html, content_type="text/html"))
        page.reload()
        margin = page.locator("body").evaluate("one => getComputedStyle(one).margin")
        assert margin == ("0px" if style else "8px")
        button = page.locator("cyswllt-chat button")
        return {**button.evaluate(LOOK), "box": button.bounding_box()}
