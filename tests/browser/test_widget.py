"""The website widget in a real browser, on a charity's page of another origin, in both languages."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from bot.language import Language
from bot.wording import say

pytestmark = [pytest.mark.assistant, pytest.mark.browser]
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
SIZES = [(320, 640), (768, 1024), (1280, 800)]
ASKED = {Language.WELSH: "sut mae anfon arian", Language.ENGLISH: "how do i send money"}
SOUGHT = {
    Language.WELSH: "oes rhywun yn Llanelli sy'n helpu gyda dyledion",
    Language.ENGLISH: "is there anyone in Llanelli who helps with debt",
}
AWAY = "**://www.bbc.co.uk/**"


@dataclass
class Charity:
    """A site that is not ours; a test puts its page in."""

    address: str
    page: str = ""
    policy: str = ""
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def charity() -> Iterator[Charity]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if site.policy:
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(site.page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Charity(f"http://127.0.0.1:{server.server_address[1]}/")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    thread.join(5)


def page_of(assistant: str, language: str, head: str = "", attributes: str = "") -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><title>A charity</title>{head}</head><body>'
        f'<h1>A charity</h1><p><a href="#x">A link</a></p>'
        f'<script async src="{assistant}/widget/v1/cyswllt.js" {attributes}></script></body></html>'
    )


@contextmanager
def visited(
    chromium: Browser, charity: Charity, size: tuple[int, int] = (1280, 800), **how: Any
) -> Iterator[Page]:
    """Lend the charity's page in a browser of its own; what went wrong in it is a failure."""
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **how)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("request", lambda request: charity.asked.append(request.url))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.route(AWAY, lambda route: route.fulfill(body="elsewhere", content_type="text/plain"))
    page.goto(charity.address)
    yield page
    assert broken == []
    assert context.cookies() == []
    context.close()


def opened(page: Page) -> FrameLocator:
    page.locator("cyswllt-chat button").click()
    frame = page.frame_locator("cyswllt-chat iframe")
    expect(frame.locator(".answer").first).to_be_visible(timeout=15_000)
    return frame


def ask(frame: FrameLocator, text: str) -> None:
    before = frame.locator(".answer").count()
    frame.locator("#question").fill(text)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".answer").nth(before)).to_be_visible(timeout=15_000)


def inner(page: Page) -> Any:
    return next(frame for frame in page.frames if "/widget/" in frame.url)


def judged(page: Page, axe: str) -> list[str]:
    """Return what axe finds wrong in the conversation, by every A and AA rule it knows."""
    frame = inner(page)
    frame.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = json.dumps({"runOnly": tags, "resultTypes": ["violations"]})
    found = frame.evaluate(f"axe.run(document, {options})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


@LANGUAGES
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_every_state_can_be_used_by_everyone(
    chromium: Browser, charity: Charity, assistant: str, axe: str, language: Language,
    size: tuple[int, int],
) -> None:  # fmt: skip
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity, size) as page:
        frame = opened(page)
        assert judged(page, axe) == [], "greeting"
        ask(frame, ASKED[language])
        assert judged(page, axe) == [], "answer"
        ask(frame, SOUGHT[language])
        expect(frame.locator(".cards > li").first).to_be_visible()
        frame.get_by_text(say("widget.menu", language)).click()
        assert judged(page, axe) == [], "services and menu"
        page.route("**/messages", lambda route: route.abort())
        frame.locator("#question").fill("x y z")
        frame.locator("#question").press("Enter")
        expect(frame.locator(".problem")).to_be_visible()
        assert judged(page, axe) == [], "failed"
        wide = inner(page).evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, "must not scroll sideways"
        small = inner(page).evaluate(
            "[...document.querySelectorAll('button,textarea,summary,a.button')]"
            ".filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 24).length"
        )
        assert small == 0, "targets are at least 24 pixels high"


@LANGUAGES
def test_only_the_loader_is_asked_for_until_it_is_opened(
    chromium: Browser, charity: Charity, assistant: str, language: Language
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        page.locator("cyswllt-chat button").wait_for()
        ours = [url for url in charity.asked if url.startswith(assistant)]
        assert [urlsplit(url).path for url in ours] == ["/widget/v1/cyswllt.js"]
        opened(page)
        hosts = {urlsplit(url).netloc for url in charity.asked}
        assert hosts == {urlsplit(assistant).netloc, urlsplit(charity.address).netloc}


@LANGUAGES
def test_the_keyboard_is_enough(
    chromium: Browser, charity: Charity, assistant: str, language: Language
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        page.locator("cyswllt-chat button").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        frame = page.frame_locator("cyswllt-chat iframe")
        expect(frame.locator("#question")).to_be_focused(timeout=15_000)
        page.keyboard.type(ASKED[language])
        page.keyboard.press("Enter")
        expect(frame.locator(".said")).to_have_count(1)
        expect(frame.locator(".answer").nth(1)).to_be_visible(timeout=15_000)
        page.keyboard.type("half a qu")
        page.keyboard.press("Escape")
        expect(page.locator("cyswllt-chat iframe")).to_be_hidden()
        expect(page.locator("cyswllt-chat button")).to_be_focused()
        page.keyboard.press("Enter")
        expect(frame.locator("#question")).to_be_focused()
        expect(frame.locator("#question")).to_have_value("half a qu")


@LANGUAGES
@pytest.mark.parametrize("how", ["button", "shift inside", "shift outside"])
def test_it_can_be_left_in_a_second(
    chromium: Browser, charity: Charity, assistant: str, language: Language, how: str
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        frame = opened(page)
        ask(frame, ASKED[language])
        if how == "button":
            frame.get_by_role("button", name=say("page.leave", language)).click()
        else:
            if how == "shift outside":
                page.locator("h1").click()
            for _ in range(3):
                page.keyboard.press("Shift")
        page.wait_for_url(AWAY)
        page.goto(f"{assistant}/widget/v1/frame.html")
        assert page.evaluate("sessionStorage.length") <= 1, "only the talk that this page opens"
        expect(page.locator(".said")).to_have_count(0)
        page.go_back()
        page.go_back()
        assert ASKED[language] not in page.content()


@LANGUAGES
def test_changing_language_keeps_the_talk_and_renames_everything(
    chromium: Browser, charity: Charity, assistant: str, language: Language
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        frame = opened(page)
        ask(frame, ASKED[language])
        frame.get_by_role("button", name=language.other.own_name).click()
        expect(frame.get_by_role("button", name=say("page.send", language.other))).to_be_visible()
        assert inner(page).evaluate("document.documentElement.lang") == language.other.value
        expect(frame.locator(".answer").nth(1)).to_have_attribute("lang", language.value)
        ask(frame, "ok?")
        expect(frame.locator(".answer").last).to_have_attribute("lang", language.other.value)


def test_a_page_in_neither_language_offers_both_as_equals(
    chromium: Browser, charity: Charity, assistant: str
) -> None:
    charity.page = page_of(assistant, "pl")
    with visited(chromium, charity) as page:
        label = page.locator("cyswllt-chat button").inner_text()
        assert label == " / ".join(say("widget.ask", each) for each in Language)
        frame = opened(page)
        expect(frame.locator(".answer")).to_have_count(2)
        frame.locator(".pair button").nth(1).click()
        expect(frame.locator(".pair")).to_have_count(0)


@LANGUAGES
@pytest.mark.parametrize("fault", ["gone", "429", "500", "garbage", "not ours"])
def test_a_message_that_failed_is_kept_and_answered_once(
    chromium: Browser, charity: Charity, assistant: str, language: Language, fault: str
) -> None:
    keys: list[str | None] = []

    def fail(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        if fault == "gone":
            route.continue_() if len(keys) > 1 else (route.fetch(), route.abort())
        elif fault == "429":
            told = {"detail": "Arhoswch / wait", "status": 429}
            route.fulfill(status=429, json=told, headers={"Retry-After": "1"})
        elif fault == "500":
            route.fulfill(status=500, body="<h1>Bad gateway</h1>")
        elif fault == "garbage":
            route.fulfill(status=200, body="{{{")
        else:
            route.fulfill(status=200, json={"messages": [{"text": 3}]})

    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        frame = opened(page)
        page.route("**/messages", fail)
        frame.locator("#question").fill(ASKED[language])
        frame.locator("#question").press("Enter")
        again = frame.get_by_role("button", name=say("widget.try_again", language))
        expect(again).to_be_visible(timeout=15_000)
        expect(frame.locator(".said").last).to_contain_text(ASKED[language])
        if fault == "429":
            expect(frame.locator(".problem")).to_contain_text("Arhoswch / wait")
        else:
            expect(frame.locator(".problem")).to_contain_text("0808 808 2003")
        if fault != "gone":
            page.unroute("**/messages")
        before = frame.locator(".answer").count()
        again.click()
        expect(frame.locator(".answer").nth(before)).to_be_visible(timeout=15_000)
        expect(frame.locator(".said")).to_have_count(1)
        if fault == "gone":
            assert keys[0] and keys == [keys[0]] * 2, "the same key is sent again"


@LANGUAGES
def test_waiting_is_shown_and_said_after_a_second(
    chromium: Browser, charity: Charity, assistant: str, language: Language
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        frame = opened(page)
        held: list[Route] = []
        page.route("**/messages", lambda route: held.append(route))
        frame.locator("#question").fill(ASKED[language])
        frame.locator("#question").press("Enter")
        announcer = frame.get_by_role("status")
        expect(announcer).to_have_text(say("widget.writing", language), timeout=5_000)
        held[0].continue_()
        expect(frame.locator(".answer").nth(1)).to_be_visible(timeout=15_000)
        expect(announcer).not_to_have_text(say("widget.writing", language))
        assert len(announcer.inner_text()) > 40, "the answer itself is said"


ATTACKS = '<img src=x onerror="top.hurt=1"><script>top.hurt=1</script>[x](javascript:top.hurt=1)'


def test_nothing_that_is_written_is_ever_run(
    chromium: Browser, charity: Charity, assistant: str
) -> None:
    charity.page = page_of(assistant, "en")
    hurtful = {
        "id": "1", "text": ATTACKS, "language": "en", "topic": "letters", "buttons": [{"title": ATTACKS, "payload": "letters", "topic": None}],
        "sources": [{"title": ATTACKS, "url": "javascript:top.hurt=1"}], "as_of": None, "checked_on": None, "prison": None,
        "services": [{"id": ATTACKS, "name": ATTACKS, "description": ATTACKS, "phones": [], "phone_welsh": None, "url": "javascript:top.hurt=1", "email": None, "schedule": ATTACKS, "open_now": None, "why": ATTACKS}],
    }  # fmt: skip
    with visited(chromium, charity) as page:
        frame = opened(page)
        ask(frame, ATTACKS)
        page.route(
            "**/messages",
            lambda route: route.fulfill(json={"messages": [hurtful], "language": "en"}),
        )
        ask(frame, "again")
        assert page.evaluate("window.hurt") is None
        assert inner(page).evaluate("document.querySelectorAll('img, main script').length") == 0
        addresses = inner(page).evaluate("[...document.links].map(link => link.protocol)")
        assert set(addresses) <= {"http:", "https:", "tel:", "mailto:"}


HOSTILE = {
    "unset": "<style>* { all: unset !important; } iframe, button { display: none !important }</style>",
    "right to left": "<style>html { direction: rtl } body { zoom: 1 }</style>",
    "huge": "<style>html { font-size: 40px; line-height: 4 } button { transform: rotate(90deg) }</style>",
}


@pytest.mark.parametrize("style", HOSTILE)
def test_it_survives_the_page_it_stands_on(
    chromium: Browser, charity: Charity, assistant: str, style: str
) -> None:
    charity.page = page_of(assistant, "cy", HOSTILE[style])
    with visited(chromium, charity) as page:
        box = page.locator("cyswllt-chat button").bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 800
        opened(page)


def test_it_works_under_the_strictest_policy(
    chromium: Browser, charity: Charity, assistant: str
) -> None:
    charity.page = page_of(assistant, "cy")
    charity.policy = f"default-src 'none'; script-src {assistant}; frame-src {assistant}"
    with visited(chromium, charity) as page:
        refused: list[str] = []
        page.on(
            "console", lambda said: refused.append(said.text) if "Policy" in said.text else None
        )
        ask(opened(page), "helo")
        assert refused == []


def test_a_theme_that_cannot_be_read_is_refused(
    chromium: Browser, charity: Charity, assistant: str
) -> None:
    charity.page = page_of(
        assistant, "en", attributes='data-colour="#777777" data-text-colour="#888888"'
    )
    told: list[str] = []
    context = chromium.new_context()
    page = context.new_page()
    page.on("console", lambda said: told.append(said.text))
    page.goto(charity.address)
    button = page.locator("cyswllt-chat button")
    assert button.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(11, 90, 74)"
    assert any("colours refused" in text for text in told)
    context.close()


@LANGUAGES
def test_the_talk_goes_from_page_to_page_in_this_tab_alone(
    chromium: Browser, charity: Charity, assistant: str, language: Language
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        ask(opened(page), ASKED[language])
        page.reload()
        frame = opened(page)
        expect(frame.locator(".said")).to_have_count(1)
        elsewhere = page.context.new_page()
        elsewhere.goto(charity.address)
        expect(opened(elsewhere).locator(".said")).to_have_count(0)


@LANGUAGES
def test_deleting_takes_the_talk_away_here_and_at_the_gateway(
    chromium: Browser, charity: Charity, assistant: str, language: Language
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        frame = opened(page)
        ask(frame, ASKED[language])
        frame.get_by_text(say("widget.menu", language)).click()
        with page.expect_request(lambda request: request.method == "DELETE") as deleted:
            frame.get_by_role("button", name=say("page.erase", language)).click()
        answer = deleted.value.response()
        assert answer
        assert answer.status == 204
        expect(frame.locator(".notice")).to_have_text(say("page.erased", language))
        expect(frame.get_by_role("status")).to_have_text(say("page.erased", language))
        expect(frame.locator(".said")).to_have_count(0)
        assert ASKED[language] not in inner(page).evaluate("JSON.stringify({...sessionStorage})")


def test_it_works_where_storage_is_blocked(
    chromium: Browser, charity: Charity, assistant: str
) -> None:
    charity.page = page_of(assistant, "en")
    context = chromium.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('blocked') }})"
    )
    page = context.new_page()
    page.goto(charity.address)
    ask(opened(page), ASKED[Language.ENGLISH])
    context.close()


@LANGUAGES
@pytest.mark.parametrize("size", [(320, 256), (256, 320)])
def test_magnified_to_400_per_cent_all_is_reached_and_the_way_out_is_in_view(
    chromium: Browser, charity: Charity, assistant: str, language: Language, size: tuple[int, int]
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity, size) as page:
        frame = opened(page)
        ask(frame, ASKED[language])
        leave = frame.get_by_role("button", name=say("page.leave", language))
        expect(leave).to_be_in_viewport()
        frame.locator("#question").scroll_into_view_if_needed()
        expect(frame.locator("#question")).to_be_in_viewport()
        expect(leave).to_be_in_viewport()
        assert not inner(page).evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize(
    "how", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"color_scheme": "dark"}]
)
def test_it_follows_what_the_person_set_in_their_system(
    chromium: Browser, charity: Charity, assistant: str, axe: str, how: dict[str, Any]
) -> None:
    charity.page = page_of(assistant, "cy")
    with visited(chromium, charity, **how) as page:
        frame = opened(page)
        ask(frame, ASKED[Language.WELSH])
        assert judged(page, axe) == []


@LANGUAGES
def test_an_answer_is_rated_without_its_words(
    chromium: Browser, charity: Charity, assistant: str, language: Language
) -> None:
    charity.page = page_of(assistant, language.value)
    with visited(chromium, charity) as page:
        frame = opened(page)
        ask(frame, ASKED[language])
        with page.expect_request("**/feedback") as rated:
            frame.get_by_role("button", name=say("widget.useful_wrong", language)).click()
        answer = rated.value.response()
        assert answer
        assert answer.status == 204
        assert rated.value.post_data_json == {"value": "wrong"}
        expect(frame.locator(".thanks")).to_contain_text(say("widget.useful_thanks", language))
        expect(frame.get_by_role("status")).to_contain_text(say("widget.useful_thanks", language))
        with page.expect_request("**/question") as asked:
            frame.get_by_role("button", name=say("question.send", language)).click()
        answer = asked.value.response()
        assert answer
        assert answer.status == 204
        expect(frame.locator(".thanks")).to_contain_text(say("widget.question_sent", language))
        expect(frame.get_by_role("status")).to_have_text(say("widget.question_sent", language))


def test_the_page_is_told_that_something_was_answered_and_no_word_of_it(
    chromium: Browser, charity: Charity, assistant: str
) -> None:
    listen = "<script>window.heard = []; addEventListener('cyswllt:answer', event => heard.push(event.detail)); addEventListener('message', event => heard.push(event.data))</script>"
    charity.page = page_of(assistant, "en", listen)
    with visited(chromium, charity) as page:
        ask(opened(page), ASKED[Language.ENGLISH])
        page.wait_for_function("heard.length > 1")
        assert "money" not in json.dumps(page.evaluate("heard"))


@LANGUAGES
def test_the_line_that_a_charity_makes_is_the_line_that_works(
    chromium: Browser, charity: Charity, assistant: str, axe: str, language: Language
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(
        f"{assistant}/{language.value}/embed?site=swallow&spoken=cy&colour=%23003366&position=left"
    )
    lines = page.locator("pre").all_inner_texts()
    page.evaluate(axe)
    assert page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"] == []
    context.close()
    for line in lines[:2]:
        charity.page = f"<!doctype html><html lang=pl><title>x</title><body><p>x</p>{line}</body>"
        with visited(chromium, charity) as page:
            button = page.locator("cyswllt-chat button")
            assert button.inner_text() == say("widget.ask", Language.WELSH)
            assert (
                button.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(0, 51, 102)"
            )
            box = button.bounding_box()
            assert box
            assert box["x"] < 100
            opened(page)


@LANGUAGES
def test_the_example_page_shows_it_and_links_without_javascript(
    chromium: Browser, assistant: str, language: Language
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{assistant}/{language.value}/example")
    assert page.locator(f"noscript a[href='/{language.value}']").count() == 1
    page.goto(f"{assistant}/widget/v1/frame.html")
    assert page.get_by_role("link").count() == 2
    context.close()
