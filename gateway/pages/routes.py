"""The plain pages: first page, chat by form, every answer, services and prisons."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

import anyio
import sqlalchemy as sa
from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import FileResponse, HTMLResponse

from bot.catalogue.load import Catalogue
from bot.catalogue.message import caveat, message
from bot.language import Language
from bot.wording import fill, say
from directory import public, queries
from directory.answers import PrisonAnswer, PrisonFact
from directory.database import connect
from directory.errors import LookupUnavailable
from gateway import tickets
from gateway.api import (
    address,
    erase_conversation,
    greeting,
    read_message,
    read_ticket,
    reply,
)
from gateway.door import Door
from gateway.pages.finding import FILTERS, Results, described, look, wish_from
from gateway.pages.transcript import Exchange, pack, unpack
from gateway.pages.view import STYLE, show, twin
from gateway.problems import Problem
from gateway.questions import LONGEST_PAYLOAD, SEND
from gateway.schemas import Say

GROUPS = (
    "visiting",
    "contact",
    "prison_life",
    "release",
    "family",
    "figures",
    "services",
    "crisis",
)
"""Groups of the list of answers, in its order."""
ABOUT = ("about_bot", "privacy", "help", "talk_to_person")
"""Answers about the assistant that are worth a page."""
ABLE = ("zoom", "spacing", "colours", "keyboard", "plain", "languages")
"""What the accessibility statement says that everyone can do."""
STATEMENT = (
    "how",
    "contact",
    "enforcement",
    "technical",
    "status",
    "untested",
    "burden",
    "plan",
    "prepared",
)
"""Sections of the accessibility statement, as GOV.UK's model has them."""
_STARTS_ANEW = frozenset({"ended", "unknown_conversation"})
"""Problems after which only a new conversation helps: the page brings one along."""

Found = TypeVar("Found")

pages = APIRouter(include_in_schema=False)
spoken = APIRouter()
"""Pages that are there in each language, below /cy and /en: no other address is theirs."""


def _spoken(request: Request) -> Language:
    return Language(request.url.path[1:3])


Spoken = Annotated[Language, Depends(_spoken)]
"""The language of a page, which its address begins with."""


@dataclass(frozen=True)
class Sent:
    """What the form of the chat carries. Every field may be missing or made up."""

    ticket: str = ""
    carried: str = ""
    once: str = ""
    text: str = ""
    payload: str = ""
    do: str = ""
    chosen: str = ""


def _sent(
    ticket: Annotated[str, Form()] = "",
    carried: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    payload: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "",
    chosen: Annotated[str, Form()] = "",
) -> Sent:
    return Sent(ticket, carried, once, text, payload, do, chosen)


@pages.get("/static/{version}/cyswllt.css")
async def style(version: str) -> FileResponse:
    """The one stylesheet; its address changes with its content."""
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(STYLE, media_type="text/css", headers=kept)


@pages.get("/")
async def first(request: Request) -> HTMLResponse:
    """Offer both languages as equals."""
    return show(request, "first.html", Language.WELSH, {})


@spoken.get("")
async def chat(request: Request, language: Spoken) -> HTMLResponse:
    """Open a chat; nothing is stored before its first message."""
    door: Door = request.app.state.door
    try:
        await door.limits.spend("address", address(request))
    except Problem as problem:
        return _trouble(request, language, problem)
    return show(request, "chat.html", language, _opened(door, language))


def _opened(door: Door, language: Language, **more: Any) -> dict[str, Any]:
    """Return the values of a chat in which nobody has spoken yet."""
    ticket = tickets.issue(door.settings.secret, language, None, time.time())
    exchanges = [{"said": None, "messages": greeting(door, ticket, language)}]
    return _talk(door, ticket, exchanges, **more)


def _talk(door: Door, ticket: str, exchanges: list[Exchange], **more: Any) -> dict[str, Any]:
    """Return the values of a chat with its transcript so far."""
    return {
        "ticket": ticket,
        "exchanges": exchanges,
        "buttons": _buttons(exchanges),
        "carried": pack(door.settings.secret, ticket, exchanges),
        # The same page sent twice is one message; another page, or other words, are another.
        "once": secrets.token_urlsafe(16),
        "typed": "",
        "chosen": False,
        "problem": None,
        **more,
    }


def _buttons(exchanges: list[Exchange]) -> list[dict[str, Any]]:
    """Return the buttons of the last reply, each once."""
    last = exchanges[-1]["messages"] if exchanges else []
    shown = [button for entry in last for button in entry["buttons"]]
    return list({button["payload"]: button for button in shown}.values())


@spoken.post("")
async def say_something(
    request: Request, language: Spoken, sent: Annotated[Sent, Depends(_sent)]
) -> HTMLResponse:
    """Answer a message, change the language, or delete the chat: the page comes back whole."""
    door: Door = request.app.state.door
    exchanges = unpack(door.settings.secret, sent.ticket, sent.carried)
    chosen = sent.chosen == "yes" or sent.do == "switch"
    if sent.do == "switch":
        return show(request, "chat.html", language, _switched(door, language, sent, exchanges))
    try:
        if sent.do == "erase":
            await erase_conversation(request, sent.ticket)
            return show(request, "erased.html", language, {})
        return await _answered(request, language if chosen else None, language, sent, exchanges)
    except Problem as problem:
        values = _after(door, problem, language, sent, exchanges, chosen)
        again = problem.retry_after
        return show(request, "chat.html", language, values, problem.status, again)


async def _answered(
    request: Request,
    own: Language | None,
    page: Language,
    sent: Sent,
    exchanges: list[Exchange],
) -> HTMLResponse:
    """Ask as the API does; the page goes on in the language of the reply.

    *own* is the language the person chose, if they did; *page* that of the page.
    """
    door: Door = request.app.state.door
    # A page of answers sends its topic here without a conversation: it begins one.
    id_ = sent.ticket or tickets.issue(door.settings.secret, page, None, time.time())
    ticket = read_ticket(door, id_)
    await door.limits.spend("address", address(request))
    await door.limits.spend("conversation", ticket.key)
    wanted = {"payload": sent.payload[:LONGEST_PAYLOAD]} if sent.payload else {"text": sent.text}
    asked = read_message(door, ticket, Say.model_validate({**wanted, "language": own}))
    once = f"{sent.once}:{sent.payload}:{sent.text}" if sent.once else None
    body = json.loads(await reply(door, ticket, asked, once))
    language = Language(body["language"])
    if body["messages"] and body["messages"][-1]["topic"] == "delete_chat":
        return show(request, "erased.html", language, {})
    said = _pressed(door, sent, exchanges, page) if sent.payload else sent.text.strip()
    talk = [*exchanges, {"said": said, "messages": body["messages"]}]
    # Words typed but not sent are kept where a button was pressed instead.
    typed = sent.text if sent.payload else ""
    values = _talk(door, id_, talk, chosen=own is not None, typed=typed)
    return show(request, "chat.html", language, values)


def _pressed(door: Door, sent: Sent, exchanges: list[Exchange], language: Language) -> str:
    """Return what stood on the button that was pressed."""
    titles = {button["payload"]: str(button["title"]) for button in _buttons(exchanges)}
    topic = sent.payload.partition("?")[0]
    if topic == SEND:
        return say("question.send", language)
    return titles.get(sent.payload) or door.turns.released.catalogue.title(topic, language)


def _switched(
    door: Door, language: Language, sent: Sent, exchanges: list[Exchange]
) -> dict[str, Any]:
    """Go on in the other language: the talk stays, its buttons and what follows are in that one."""
    if not exchanges or exchanges[-1]["said"] is None:
        return _opened(door, language, typed=sent.text, chosen=True)
    buttons = _translated(door.turns.released.catalogue, exchanges, language)
    return _talk(door, sent.ticket, exchanges, typed=sent.text, chosen=True, buttons=buttons)


def _translated(
    catalogue: Catalogue, exchanges: list[Exchange], language: Language
) -> list[dict[str, Any]]:
    """Offer the last answer in *language* first, then the buttons there were.

    A button whose title is not its topic's (the name of a prison, say) keeps it.
    """
    last = exchanges[-1]["messages"][-1] if exchanges[-1]["messages"] else {}
    offered: dict[str, dict[str, Any]] = {}
    topic = str(last.get("topic"))
    if topic in catalogue.topics:
        payload = f"{topic}?prison={last['prison']}" if last.get("prison") else topic
        title = catalogue.title(topic, language)
        offered[payload] = {"payload": payload, "title": title, "topic": topic}
    for button in _buttons(exchanges):
        about, title = str(button.get("topic")), str(button["title"])
        if about in catalogue.topics and title == catalogue.title(about, language.other):
            title = catalogue.title(about, language)
        if str(button["payload"]).startswith(f"{SEND}?"):
            title = say("question.send", language)
        offered.setdefault(str(button["payload"]), {**button, "title": title})
    return list(offered.values())


def _after(
    door: Door,
    problem: Problem,
    language: Language,
    sent: Sent,
    exchanges: list[Exchange],
    chosen: bool,
) -> dict[str, Any]:
    """Return the chat as it was, what was typed included, with what went wrong."""
    more = {"typed": sent.text, "chosen": chosen, "problem": problem.kind}
    if problem.kind in _STARTS_ANEW or not sent.ticket:
        return _opened(door, language, **more)
    return _talk(door, sent.ticket, exchanges, **more)


@spoken.get("/topics")
async def topics(request: Request, language: Spoken) -> HTMLResponse:
    """List every answer by group."""
    catalogue: Catalogue = request.app.state.door.turns.released.catalogue
    grouped = {
        group: [(one.name, catalogue.title(one.name, language))
                for one in catalogue.asked if one.group == group]
        for group in GROUPS
    }  # fmt: skip
    grouped["conversation"] = [(name, catalogue.title(name, language)) for name in ABOUT]
    return show(request, "topics.html", language, {"grouped": grouped})


@spoken.get("/services")
async def services(request: Request, language: Spoken) -> HTMLResponse:
    """Show the search form; an address may carry a search, for those who link to one."""
    return await _search(request, language, dict(request.query_params))


@spoken.post("/services")
async def search_services(request: Request, language: Spoken) -> HTMLResponse:
    """Search for services: what a person writes does not stand in the address."""
    form = await request.form()
    return await _search(request, language, {name: str(form[name]) for name in form})


async def _search(request: Request, language: Language, fields: dict[str, str]) -> HTMLResponse:
    door: Door = request.app.state.door
    wish = wish_from(fields)
    try:
        await door.limits.spend("address", address(request))
    except Problem as problem:
        return _trouble(request, language, problem)
    found = await _looked_up(door, lambda lent: look(lent, wish, language))
    values = {
        "wish": wish, "found": found or Results(), "down": found is None, "filters": FILTERS,
    }  # fmt: skip
    return show(request, "services.html", language, values, 503 if found is None else 200)


@spoken.get("/services/{identity}")
async def service(request: Request, language: Spoken, identity: str) -> HTMLResponse:
    """Show one service."""
    door: Door = request.app.state.door

    def find(lent: sa.Connection) -> dict[str, Any]:
        found = queries.service(lent, identity[:100], language)
        return public.service(found, language) if found else {}

    if not (found := await _looked_up(door, find)):
        return _missing(request, language, found is None)
    values = {"service": found, "described": described(found)}
    return show(request, "service.html", language, values)


@spoken.get("/prisons")
async def prisons(request: Request, language: Spoken) -> HTMLResponse:
    """List the prisons, those in Wales first."""
    door: Door = request.app.state.door
    found = await _looked_up(door, partial(queries.prisons, language=language))
    if found is None:
        return _missing(request, language, True)
    values = {
        "in_wales": [each for each in found if each.country == "wales"],
        "in_england": [each for each in found if each.country != "wales"],
    }
    return show(request, "prisons.html", language, values)


@spoken.get("/prisons/{identity}")
async def prison(request: Request, language: Spoken, identity: str) -> HTMLResponse:
    """Show what is known about one prison with its dates, and whom to ask for the rest."""
    door: Door = request.app.state.door

    def find(lent: sa.Connection) -> tuple[PrisonAnswer | None, tuple[PrisonFact, ...]]:
        found = queries.prison(lent, identity[:100], language)
        return found, queries.prison_facts(lent, identity[:100], None, language)

    looked_up = await _looked_up(door, find)
    if looked_up is None or looked_up[0] is None:
        return _missing(request, language, looked_up is None)
    catalogue = door.turns.released.catalogue
    known = {fact.topic: fact for fact in looked_up[1]}
    asked = {
        one.name: catalogue.title(one.name, language)
        for group in GROUPS
        for one in catalogue.asked
        if one.group == group and (one.name in known or (one.asks_prison and group != "crisis"))
    }
    values = {"prison": looked_up[0], "facts": known, "asked": asked}
    return show(request, "prison.html", language, values)


@spoken.get("/accessibility")
async def accessibility(request: Request, language: Spoken) -> HTMLResponse:
    """State how accessible this is, and how that is known."""
    contact = request.app.state.door.settings.contact
    values = {"able": ABLE, "sections": STATEMENT, "contact": contact}
    return show(request, "accessibility.html", language, values)


@spoken.get("/{topic}")
async def topic(request: Request, language: Spoken, topic: str) -> HTMLResponse:
    """Show one answer as a page of its own."""
    door: Door = request.app.state.door
    catalogue = door.turns.released.catalogue
    if topic not in catalogue.topics:
        return _missing(request, language, False)
    about, written = catalogue.topics[topic], catalogue.answer(topic, language)
    values = {
        "topic": topic,
        "title": written.title,
        "parts": {name: fill(text, door.settings.shown) for name, text in written.parts.items()},
        "about": about,
        "buttons": message(catalogue, topic, language)["buttons"],
        "caveat": "" if about.checked_on else caveat(about.sources, language),
    }
    return show(request, "topic.html", language, values)


async def _looked_up(door: Door, find: Callable[[sa.Connection], Found]) -> Found | None:
    """Ask the directory in a thread; None where it does not answer."""

    def ask() -> Found:
        with connect(door.database) as lent:
            return find(lent)

    try:
        return await anyio.to_thread.run_sync(ask)
    except LookupUnavailable:
        door.say_unavailable()
        return None


def _missing(request: Request, language: Language, down: bool) -> HTMLResponse:
    """Say that there is no such page, or that the directory does not answer."""
    if down:
        return show(request, "down.html", language, {}, 503)
    return _trouble(request, language, Problem("unknown_page"))


def _trouble(request: Request, language: Language, problem: Problem) -> HTMLResponse:
    """Say what went wrong where there is no form to say it in."""
    # The twin of an address that does not exist would not exist either.
    back = {"twin": f"/{language.other.value}"} if problem.kind == "unknown_page" else {}
    values = {"kind": problem.kind, "twin": twin(request, language), **back}
    return show(request, "missing.html", language, values, problem.status, problem.retry_after)


for _each in Language:
    pages.include_router(spoken, prefix=f"/{_each.value}")
