"""Puts the widget into a named state: the built files and recorded replies, in a real browser, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from bot.language import Language
from bot.wording import say
from gateway.guard import ANYWHERE, CSP
from gateway.widget import DIST
from tests.widget.states import EXAMPLES, QUESTIONS, State, reply

HOME = "https://cyswllt.example"
CHARITY = "https://charity.example/"
HEADERS = {"Content-Security-Policy": CSP.format(ancestors=ANYWHERE)}
_KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}
PATIENCE = 16_000
"""Milliseconds after which the button's own file gives the conversation up."""
SLOW = 1_000
"""Milliseconds after which the widget says that an answer is being written."""


@dataclass
class Gateway:
    """Answers as the gateway answered when its replies were recorded."""

    state: State
    language: Language
    asked: list[Route] = field(default_factory=list)

    def __call__(self, route: Route) -> None:
        self.asked.append(route)
        path = urlsplit(route.request.url).path
        if path.startswith("/widget/"):
            self._file(route, DIST / path.rpartition("/")[2])
        elif path.endswith("/conversations"):
            self._greeting(route)
        elif path.endswith("/messages"):
            self._message(route)
        else:
            route.fulfill(status=204)

    def _greeting(self, route: Route) -> None:
        spoken = route.request.post_data_json["language"]
        both = reply("both", self.language)
        _fulfil(route, reply("welcome", Language(spoken)) if spoken else both)

    def _file(self, route: Route, path: Path) -> None:
        if self.state.gateway == "absent" and path.suffix == ".html":
            return route.fulfill(status=502, body="<h1>Bad gateway</h1>")
        kind = _KINDS[path.suffix]
        return route.fulfill(path=path, content_type=kind, headers=HEADERS)

    def _message(self, route: Route) -> None:
        times = sum(one.request.url.endswith("/messages") for one in self.asked)
        match self.state.gateway:
            case "silent":
                return  # the request stays open
            case "unreachable":
                route.abort("internetdisconnected")
            case "broken":
                route.fulfill(status=502, body="<h1>Bad gateway</h1>")
            case "too_many" | "down" as told:
                _fulfil(route, reply(told, self.language))
            case "ended" if times == 1:
                _fulfil(route, reply("ended", self.language))
            case _:
                _fulfil(route, reply(self.state.ask, self.language))


def _fulfil(route: Route, kept: dict[str, Any]) -> None:
    route.fulfill(status=kept["status"], json=kept["body"])


def charity(state: State, language: Language) -> str:
    """Return the page to try things on, as a charity would have changed it for this state."""
    page = (EXAMPLES / "page.html").read_text("utf-8").replace("http://127.0.0.1:8080", HOME)
    page = page.replace(' data-colour="#003366" data-position="right"', _attributes(state))
    return page.replace('<html lang="cy">', f'<html lang="{state.page or language.value}">')


def _attributes(state: State) -> str:
    return "".join(f' {name}="{value}"' for name, value in state.theme.items())


@contextmanager
def staged(
    browser: Browser, state: State, language: Language, size: tuple[int, int] = (360, 740)
) -> Iterator[Page]:
    """Lend a page in which the widget is in *state*; what went wrong in it is a failure."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce", **state.system
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if "Policy" in said.text else None)
    page.route(f"{HOME}/**", Gateway(state, language))
    html = charity(state, language)
    page.route(CHARITY, lambda route: route.fulfill(body=html, content_type="text/html"))
    if state.gateway in ("absent", "silent"):
        page.clock.install()
    page.goto(CHARITY)
    if not state.closed:
        enter(page, state, language)
    yield page
    assert broken == []
    context.close()


def inside(page: Page) -> FrameLocator:
    """Return the conversation."""
    return page.frame_locator("cyswllt-chat iframe")


def enter(page: Page, state: State, language: Language) -> None:
    """Open the conversation, and do what leads to the state."""
    page.locator("cyswllt-chat button").click()
    frame = inside(page)
    if state.gateway == "absent":
        expect(frame.get_by_text("Bad gateway")).to_be_visible()
        page.clock.fast_forward(PATIENCE)
        return
    expect(frame.locator(".answer").first).to_be_visible(timeout=15_000)
    expect(frame.locator("#question")).to_be_focused()
    if state.ask:
        _ask(page, frame, state, language)
    for key in state.press:
        frame.get_by_text(say(key, language), exact=True).last.click()


def _ask(page: Page, frame: FrameLocator, state: State, language: Language) -> None:
    if state.gateway == "unreachable":
        page.context.set_offline(True)
    before = frame.locator(".answer").count()
    frame.locator("#question").fill(QUESTIONS[state.ask][language.value])
    frame.locator("#question").press("Enter")
    if state.gateway == "silent":
        expect(frame.get_by_text(say("widget.sending", language))).to_be_visible()
        expect(frame.get_by_role("status")).to_have_text("")
        page.clock.fast_forward(SLOW)
        expect(frame.get_by_role("status")).to_have_text(say("widget.writing", language))
    elif state.gateway in ("broken", "unreachable", "too_many"):
        expect(frame.locator(".problem")).to_be_visible()
    else:
        expect(frame.locator(".answer").nth(before)).to_be_visible()
