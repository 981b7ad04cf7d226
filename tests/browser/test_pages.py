"""The plain pages in a real browser: small and large, in both languages, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from bot.language import Language
from bot.wording import say

pytestmark = [pytest.mark.assistant, pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
WIDTHS = pytest.mark.parametrize("width", [320, 1280])
PATHS = (
    *("", "/topics", "/book_visit", "/crisis_self", "/crisis_child", "/privacy", "/accessibility"),
    *("/services", "/services?need=debt_and_benefits&place=Llanelli"),
    *("/services/prisoners-families-helpline", "/prisons", "/prisons/cardiff", "/no_such_page"),
)
ASKED = {Language.WELSH: "sut mae anfon arian", Language.ENGLISH: "how do i send money"}


@contextmanager
def opened(
    chromium: Browser, width: int = 1280, javascript: bool = False, **how: Any
) -> Iterator[Page]:
    """Lend a page in a browser of its own, and see that it asked nobody else for anything."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, java_script_enabled=javascript, **how
    )
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    page.on("console", lambda message: said.append(message.text))
    yield page
    assert len(set(asked)) == 1, f"another server was asked: {set(asked)}"
    assert [text for text in said if "Content Security Policy" in text or "Refused" in text] == []
    assert context.cookies() == []
    context.close()


def go(page: Page, address: str) -> Response:
    answer = page.goto(address)
    assert answer is not None
    return answer


def problems(page: Page, axe: str) -> list[str]:
    """Return what axe finds wrong. It is put in by the browser's own hand, past the page's CSP."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


def spills(page: Page) -> bool:
    """Say whether the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@WIDTHS
@LANGUAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit(
    assistant: str, chromium: Browser, axe: str, language: Language, width: int, scheme: str
) -> None:
    with opened(chromium, width, javascript=True, color_scheme=scheme) as page:
        found = {}
        for path in PATHS:
            go(page, f"{assistant}/{language.value}{path}")
            found[path] = [*problems(page, axe), *(["too wide"] if spills(page) else [])]

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@WIDTHS
@LANGUAGES
def test_the_chat_is_accessible_while_it_is_used(
    assistant: str, chromium: Browser, axe: str, language: Language, width: int
) -> None:
    with opened(chromium, width, javascript=True) as page:
        go(page, f"{assistant}/{language.value}")
        for words in (ASKED[language], "", "a" * 300):
            page.fill("textarea", words)
            page.click("button.main")
            assert problems(page, axe) == []
            assert not spills(page)
        page.click("button[value=erase]")
        assert problems(page, axe) == []


@WIDTHS
def test_the_first_page_is_accessible_and_gives_both_languages_the_same_room(
    assistant: str, chromium: Browser, axe: str, width: int
) -> None:
    with opened(chromium, width, javascript=True) as page:
        go(page, f"{assistant}/")
        cy, en = (page.locator(f".choose [lang={one}] a").bounding_box() for one in ("cy", "en"))

        assert problems(page, axe) == []
        assert not spills(page)
        assert cy is not None
        assert en is not None
        assert (cy["width"], cy["height"]) == (en["width"], en["height"])
        assert en["y"] + en["height"] < 400, "both can be chosen without scrolling"


@LANGUAGES
def test_a_conversation_without_javascript(
    assistant: str, chromium: Browser, language: Language
) -> None:
    other = language.other
    with opened(chromium, 320) as page:
        go(page, f"{assistant}/")
        page.click(f".choose [lang={language.value}] a")
        page.fill("textarea", ASKED[language])
        page.click("button.main")
        assert ASKED[language] in page.inner_text(".talk")
        page.click("button[value=switch]")
        assert other.value == page.get_attribute("html", "lang")
        assert ASKED[language] in page.inner_text(".talk")
        page.click(".choices button >> nth=0")
        assert other.value == page.locator(".answer").last.get_attribute("lang")
        assert f"{assistant}/{other.value}#latest" == page.url
        page.click("button[value=erase]")
        assert say("page.erased", other) in page.inner_text("main")
        assert ASKED[language] not in page.content()


@LANGUAGES
def test_the_latest_answer_is_in_sight_after_sending(
    assistant: str, chromium: Browser, language: Language
) -> None:
    with opened(chromium, 320, javascript=True) as page:
        go(page, f"{assistant}/{language.value}")
        for _ in range(3):
            page.fill("textarea", ASKED[language])
            page.click("button.main")
        latest = page.locator("#latest").bounding_box()
        header = page.locator("header").bounding_box()

        assert latest is not None
        assert header is not None
        assert header["y"] + header["height"] <= latest["y"] + 1 < 800
        assert page.locator(".leave a").is_visible()


@LANGUAGES
def test_words_stay_in_the_box_when_they_are_too_many(
    assistant: str, chromium: Browser, language: Language
) -> None:
    with opened(chromium, 320) as page:
        go(page, f"{assistant}/{language.value}")
        page.fill("textarea", "   ")
        page.click("button.main")
        assert say("problem.empty.title", language) in page.inner_text("[role=alert]")
        page.fill("textarea", ASKED[language])
        page.click("button.main")
        assert ASKED[language] in page.inner_text(".talk")


@LANGUAGES
def test_a_search_without_javascript(assistant: str, chromium: Browser, language: Language) -> None:
    with opened(chromium, 320) as page:
        go(page, f"{assistant}/{language.value}/services")
        page.select_option("#need", "debt_and_benefits")
        page.fill("#place", "Llanelli")
        page.click("button.main")
        assert "Llanelli" not in page.url
        page.click(".cards a >> nth=0")
        assert page.locator("a[href^='tel:'], a[href^='https:']").count() > 1


@LANGUAGES
def test_pages_can_be_used_by_keyboard(
    assistant: str, chromium: Browser, language: Language
) -> None:
    with opened(chromium, 1280, javascript=True) as page:
        go(page, f"{assistant}/{language.value}")
        page.keyboard.press("Tab")
        assert say("page.skip", language) == page.evaluate("document.activeElement.textContent")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


@LANGUAGES
@pytest.mark.parametrize("path", ["", "/prisons/cardiff", "/services?need=debt_and_benefits"])
def test_nothing_is_lost_with_wide_text_spacing_or_400_percent(
    assistant: str, chromium: Browser, language: Language, path: str
) -> None:
    """WCAG 1.4.10 and 1.4.12: a window of 1280 by 1024 at 400 % is one of 320 by 256."""
    spaced = "* { line-height: 1.5 !important; letter-spacing: .12em !important; "
    with opened(chromium, 320, javascript=True, bypass_csp=True) as page:
        page.set_viewport_size({"width": 320, "height": 256})
        go(page, f"{assistant}/{language.value}{path}")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('header')).position") != "sticky"
        )
        page.add_style_tag(content=f"{spaced} word-spacing: .16em !important }}")
        assert not spills(page)


def test_a_service_describes_itself_to_search_engines(assistant: str, chromium: Browser) -> None:
    """The data block of JSON-LD stands under a policy that allows no inline script."""
    with opened(chromium, javascript=True) as page:
        go(page, f"{assistant}/cy/services/prisoners-families-helpline")
        block = "document.querySelector('script[type=\"application/ld+json\"]').textContent"
        described = page.evaluate(f"JSON.parse({block})")

    assert described["@type"] == "Service"
    assert "0808 808 2003" in described["provider"]["telephone"]
