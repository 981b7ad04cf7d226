"""The widget and the page it stands on: what a charity may choose, what it is told, and what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from bot.language import Language
from bot.wording import say
from tests.widget.stage import CHARITY, HOME, Gateway, inside, staged
from tests.widget.states import QUESTIONS, STATES

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
AWAY = "https://www.bbc.co.uk/**"
SCRIPT = f'<script async src="{HOME}/widget/v1/cyswllt.js"></script>'
OTHERS = "https://advertisements.example/"
LISTEN = """<script>
window.happened = []
for (const what of ["open", "close", "answer"])
  addEventListener(`cyswllt:${what}`, event => happened.push([event.type, event.target.localName, event.detail]))
</script>"""
FORGED = """
<script>
const found = () => { try { return top.document.querySelector("cyswllt-chat").shadowRoot.querySelector("iframe").contentWindow } catch { return parent[0] } }
for (const cyswllt of ["ready", "close", "leave", "focus", "language"])
  for (const target of [parent, found()]) target.postMessage({ cyswllt, language: "xx" }, "*")
parent.postMessage(null, "*")
document.write("forged")
</script>"""
LOOK = """
one => {
  const style = getComputedStyle(one)
  return [style.backgroundColor, style.color, style.fontFamily, style.left === "16px"]
}"""
CHOSEN = ["rgb(75, 29, 107)", "rgb(255, 233, 168)", "Georgia, serif", True]


@contextmanager
def standing(
    chromium: Browser, body: str, language: Language, head: str = "", page_in: str = ""
) -> Iterator[Page]:
    """Lend a page that a charity wrote, which uses no policy."""
    html = (
        f'<!doctype html><html lang="{page_in or language.value}"><head><title>A charity</title>'
        f"{head}</head><body><h1>A charity</h1>{body}</body></html>"
    )
    with staged(chromium, STATES["button"], language) as page:
        page.route(f"{HOME}/**", Gateway(STATES["answer"], language))
        page.route(CHARITY, lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(CHARITY)
        yield page


def conversation(page: Page) -> Frame:
    return next(frame for frame in page.frames if "/widget/" in frame.url)


def opened(page: Page) -> None:
    page.locator("cyswllt-chat button").click()
    expect(inside(page).locator(".answer").first).to_be_visible()
    expect(inside(page).locator("#question")).to_be_focused()


def ask(page: Page, language: Language) -> None:
    inside(page).locator("#question").fill(QUESTIONS["answer"][language.value])
    inside(page).locator("#question").press("Enter")
    expect(inside(page).locator(".answer").nth(1)).to_be_visible()


@LANGUAGES
@pytest.mark.parametrize("order", ["script first", "element first"])
def test_an_element_of_the_pages_own_is_the_only_one(
    chromium: Browser, language: Language, order: str
) -> None:
    element = (
        '<cyswllt-chat embed="swallow" colour="#4b1d6b" text-colour="#ffe9a8" position="left"'
        f' font="Georgia, serif" language="{language.value}"></cyswllt-chat>'
    )
    body = f"{SCRIPT}<p>…</p>{element}" if order == "script first" else f"{element}{SCRIPT}"
    with standing(chromium, body, language, page_in="pl") as page:
        button = page.locator("cyswllt-chat button")
        expect(button).to_have_text(say("widget.ask", language))
        expect(button).to_have_count(1)
        assert button.evaluate(LOOK) == CHOSEN
        with page.expect_request("**/conversations") as asked:
            opened(page)
        assert asked.value.post_data_json == {"language": language.value, "embed": "swallow"}


@LANGUAGES
def test_the_look_may_stand_in_the_pages_own_css(chromium: Browser, language: Language) -> None:
    style = (
        "<style>:root { --cyswllt-colour: #4b1d6b; --cyswllt-text-colour: #ffe9a8;"
        " --cyswllt-font: Georgia, serif; --cyswllt-position: left }</style>"
    )
    with standing(chromium, SCRIPT, language, style) as page:
        assert page.locator("cyswllt-chat button").evaluate(LOOK) == CHOSEN


@LANGUAGES
def test_css_that_comes_late_is_heeded_and_what_cannot_be_read_is_refused(
    chromium: Browser, language: Language
) -> None:
    with standing(chromium, SCRIPT, language) as page:
        told: list[str] = []
        page.on("console", lambda said: told.append(said.text))
        button = page.locator("cyswllt-chat button")
        expect(button).to_be_visible()
        for colour, seen in (("#4b1d6b", "rgb(75, 29, 107)"), ("red", "rgb(11, 90, 74)")):
            page.evaluate(
                "colour => { document.body.style.setProperty('--cyswllt-colour', colour);"
                " document.dispatchEvent(new Event('readystatechange')) }",
                colour,
            )
            expect(button).to_have_css("background-color", seen)
        assert any("colours refused" in text for text in told)


@LANGUAGES
def test_a_logo_stands_before_the_words_and_has_no_name(
    chromium: Browser, language: Language
) -> None:
    drawn = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'/>"
    with standing(
        chromium, SCRIPT.replace("async", f'async data-logo="{drawn}"'), language
    ) as page:
        button = page.get_by_role("button", name=say("widget.ask", language), exact=True)
        logo = button.locator("img").bounding_box()
        assert logo
        assert logo["height"] == 16
        opened(page)
        inside(page).get_by_role("button", name=language.other.own_name).click()
        expect(page.locator("cyswllt-chat button")).to_have_text(say("widget.ask", language.other))
        expect(page.locator("cyswllt-chat img")).to_have_count(1)


@LANGUAGES
@pytest.mark.parametrize(
    ("colour", "scheme", "shown"),
    [
        ("#4b1d6b", "light", "#4b1d6b"),
        ("#4b1d6b", "dark", "#8fdcc5"),
        ("#ffe9a8", "dark", "#ffe9a8"),
        ("#ffe9a8", "light", "#0b5a4a"),
        ("red;}", "light", "#0b5a4a"),
    ],
)
def test_the_conversation_wears_the_colour_where_it_can_be_read(
    chromium: Browser, language: Language, colour: str, scheme: str, shown: str
) -> None:
    line = SCRIPT.replace("async", f'async data-colour="{colour}" data-font="Georgia, serif"')
    with standing(chromium, line, language) as page:
        page.emulate_media(color_scheme=scheme)
        opened(page)
        root = "getComputedStyle(document.documentElement)"
        assert conversation(page).evaluate(f"{root}.getPropertyValue('--main')") == shown
        assert conversation(page).evaluate(f"{root}.fontFamily") == "Georgia, serif"


@LANGUAGES
def test_the_page_is_told_what_happened_and_may_open_and_close(
    chromium: Browser, language: Language
) -> None:
    with standing(chromium, SCRIPT, language, LISTEN) as page:
        page.locator("cyswllt-chat").evaluate("chat => chat.open()")
        expect(inside(page).locator("#question")).to_be_focused()
        ask(page, language)
        page.locator("cyswllt-chat").evaluate("chat => chat.close()")
        expect(page.locator("cyswllt-chat button")).to_be_focused()
        named = "cyswllt-chat"
        assert page.evaluate("happened") == [
            ["cyswllt:open", named, None],
            ["cyswllt:answer", named, {"language": language.value}],
            ["cyswllt:close", named, None],
        ]


@LANGUAGES
def test_the_pages_scripts_cannot_reach_what_is_written(
    chromium: Browser, language: Language
) -> None:
    with standing(chromium, SCRIPT, language) as page:
        opened(page)
        ask(page, language)
        reached = page.locator("cyswllt-chat iframe").evaluate(
            "one => { try { return one.contentWindow.document.body.textContent } catch (error) { return error.name } }"
        )
        assert reached == "SecurityError"
        assert page.locator("cyswllt-chat iframe").evaluate("one => one.contentDocument") is None


@LANGUAGES
@pytest.mark.parametrize("where", [OTHERS, CHARITY + "frame"])
def test_messages_from_anybody_else_change_nothing(
    chromium: Browser, language: Language, where: str
) -> None:
    """An advertisement, or another frame of the page, tells the page and the conversation to leave."""
    with standing(chromium, SCRIPT, language) as page:
        page.route(where, lambda route: route.fulfill(body=FORGED, content_type="text/html"))
        opened(page)
        ask(page, language)
        page.evaluate(
            "url => document.body.append(Object.assign(document.createElement('iframe'), { src: url }))",
            where,
        )
        expect(page.frame_locator("body > iframe").get_by_text("forged")).to_be_visible()
        page.evaluate("postMessage({ cyswllt: 'leave' }, '*')")
        page.evaluate("() => new Promise(done => { onmessage = done; postMessage('last', '*') })")
        expect(page.locator("cyswllt-chat button")).to_have_text(say("widget.ask", language))
        expect(inside(page).locator(".said")).to_have_text(
            f"{say('page.you', language)}{QUESTIONS['answer'][language.value]}"
        )
        assert page.url == CHARITY


@LANGUAGES
def test_the_button_speaks_the_language_of_the_talk(chromium: Browser, language: Language) -> None:
    with staged(chromium, STATES["answer"], language) as page:
        button = page.locator("cyswllt-chat button")
        expect(button).to_have_text(say("widget.ask", language))
        inside(page).get_by_role("button", name=language.other.own_name).click()
        expect(button).to_have_text(say("widget.ask", language.other))
        expect(button).to_have_attribute("lang", language.other.value)
        frame = page.locator("cyswllt-chat iframe")
        expect(frame).to_have_attribute("title", say("widget.ask", language.other))


@pytest.mark.parametrize(
    ("locale", "page_in", "label"),
    [
        ("cy-GB", "pl", [Language.WELSH]),
        ("cy-GB", "en", [Language.ENGLISH]),
        ("en-GB", "pl", list(Language)),
        ("en-GB", "cy", [Language.WELSH]),
    ],
)
def test_a_browser_in_welsh_is_heard_where_the_page_says_nothing(
    chromium: Browser, locale: str, page_in: str, label: list[Language]
) -> None:
    """English there is what browsers come with: nobody chose it, so both stay equals."""
    context = chromium.new_context(locale=locale)
    page = context.new_page()
    page.route(f"{HOME}/**", Gateway(STATES["answer"], Language.WELSH))
    html = f"<!doctype html><html lang={page_in}><title>x</title><body>{SCRIPT}</body></html>"
    page.route(CHARITY, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(CHARITY)
    expect(page.locator("cyswllt-chat button")).to_have_text(
        " / ".join(say("widget.ask", each) for each in label)
    )
    context.close()


@LANGUAGES
def test_another_language_before_anything_was_said_greets_in_it(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["welcome"], language) as page:
        frame = inside(page)
        frame.locator("#question").fill("half a qu")
        frame.get_by_role("button", name=language.other.own_name).click()
        greeting = frame.locator(".answer")
        expect(greeting).to_have_attribute("lang", language.other.value)
        expect(greeting.locator(".choices button").first).to_be_visible()
        expect(greeting).to_have_count(1)
        expect(frame.locator("#question")).to_have_value("half a qu")


@LANGUAGES
def test_what_was_said_and_typed_stays_when_the_greeting_is_tried_again(
    chromium: Browser, language: Language
) -> None:
    with standing(chromium, SCRIPT, language) as page:
        page.route("**/conversations", lambda route: route.fulfill(status=500, body="{{{"))
        page.locator("cyswllt-chat button").click()
        frame, again = inside(page), say("widget.try_again", language)
        expect(frame.get_by_role("button", name=again)).to_have_count(1)
        frame.locator("#question").fill(QUESTIONS["answer"][language.value])
        frame.locator("#question").press("Enter")
        expect(frame.get_by_role("button", name=again)).to_have_count(2)
        frame.locator("#question").fill("half a qu")
        page.unroute("**/conversations")
        frame.get_by_role("button", name=again).last.click()
        expect(frame.locator(".answer")).to_have_count(1)
        expect(frame.locator("#question")).to_have_value("half a qu")
        frame.get_by_role("button", name=again).click()
        expect(frame.locator(".answer")).to_have_count(2)
        expect(frame.locator(".said")).to_have_count(1)


@LANGUAGES
def test_a_conversation_that_never_came_can_be_left_too(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["unreached"], language) as page:
        page.route(AWAY, lambda route: route.fulfill(body="elsewhere"))
        page.locator("cyswllt-chat button").focus()
        for key in ("ShiftLeft", "ShiftRight", "ShiftLeft"):
            page.keyboard.press(key)
        page.clock.fast_forward(300)
        page.wait_for_url(AWAY)


@LANGUAGES
def test_what_a_person_said_is_marked_as_the_language_it_was_answered_in(
    chromium: Browser, language: Language
) -> None:
    with staged(chromium, STATES["answer"], language) as page:
        inside(page).get_by_role("button", name=language.other.own_name).click()
        said = inside(page).get_by_text(QUESTIONS["answer"][language.value])
        expect(said).to_have_attribute("lang", language.value)
        expect(inside(page).locator(".said h2")).to_have_text(say("page.you", language.other))
