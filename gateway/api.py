"""The HTTP API: conversations, services, health. Contract: docs/api.md and /api/v1/openapi.json."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Annotated, Any

import anyio
import structlog
from fastapi import APIRouter, Header, Query, Request, Response

from bot.catalogue.message import button, message
from bot.language import Language
from bot.wording import fill
from directory.database import connect
from directory.errors import LookupUnavailable
from gateway import questions, tickets
from gateway.asking import FIND_WITHIN, PROMISED, STORE_WITHIN
from gateway.door import Door
from gateway.metrics import COUNT_REFUSED, TURN_SECONDS
from gateway.order import Full
from gateway.pages.finding import Results, Wish, look
from gateway.payload import BadPayload, Pressed, parse
from gateway.problems import Problem
from gateway.schemas import (
    LONGEST_TEXT,
    Found,
    Open,
    Opened,
    ProblemDetail,
    Rate,
    Replied,
    Say,
    Send,
)
from gateway.state import Kept, StateUnavailable
from gateway.tickets import BadTicket, Ticket
from gateway.turn import Answered, Asked

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemDetail,
        "content": {"application/problem+json": {}},
        "description": "A problem, told in the person's language.",
    }
    for status in (400, 404, 410, 413, 415, 422, 429, 503)
}
ASKED_FIRST = ("book_visit", "visit_times", "send_money", "phone_calls", "find_service")
"""Topics on the buttons of the greeting: what families ask most."""

log = structlog.get_logger()
router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


@router.post("/conversations", status_code=201, response_model=Opened)
async def open_conversation(request: Request, wanted: Open) -> dict[str, Any]:
    """Open a conversation and greet; nothing is stored before its first message."""
    door: Door = request.app.state.door
    await door.limits.spend("address", address(request))
    ticket = tickets.issue(door.settings.secret, wanted.language, wanted.embed, time.time())
    return {
        "conversation": ticket,
        "language": wanted.language,
        "messages": greeting(door, ticket, wanted.language),
    }


@router.post("/conversations/{conversation}/messages", response_model=Replied)
async def send_message(
    request: Request,
    conversation: str,
    said: Say,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Answer one message, in order; the same Idempotency-Key gets the same reply, once."""
    door: Door = request.app.state.door
    ticket = read_ticket(door, conversation)
    await door.limits.spend("address", address(request))
    await door.limits.spend("conversation", ticket.key)
    asked = read_message(door, ticket, said)
    body = await reply(door, ticket, asked, idempotency_key)
    return Response(body, media_type="application/json")


@router.post("/conversations/{conversation}/messages/{message_id}/feedback", status_code=204)
async def rate_message(
    request: Request, conversation: str, message_id: str, rate: Rate
) -> Response:
    """Keep what a person thought of one answer: its topic and the value, no words."""
    door: Door = request.app.state.door
    ticket = read_ticket(door, conversation)
    await door.limits.spend("conversation", ticket.key)
    try:
        topic = tickets.read_message(door.settings.secret, ticket.key, message_id)
    except BadTicket:
        raise Problem("unknown_message") from None
    kept = await find(door, ticket)
    language = (kept.memory.language or Language.WELSH).value
    await stored(door, door.state.rate, ticket.key, message_id, topic, language, rate.value)
    return Response(status_code=204)


@router.post("/conversations/{conversation}/messages/{message_id}/question", status_code=204)
async def send_question(
    request: Request, conversation: str, message_id: str, sent: Send
) -> Response:
    """Send the question behind an unhelpful answer to the editors: redacted, kept for 30 days.

    Only for a person who pressed a button that says so. A message that sounds like danger is not
    sent: Problem `not_sent`.
    """
    door: Door = request.app.state.door
    ticket = read_ticket(door, conversation)
    await door.limits.spend("conversation", ticket.key)
    try:
        topic = tickets.read_message(door.settings.secret, ticket.key, message_id)
    except BadTicket:
        raise Problem("unknown_message") from None
    kept = await find(door, ticket)
    question = door.turns.complaint(sent.text, topic, kept.memory, sent.value)
    if question is None:
        raise Problem("not_sent", kept.memory.language or ticket.language)
    if not await stored(door, door.state.send, ticket.key, question):
        raise Problem("ended", kept.memory.language)
    return Response(status_code=204)


@router.delete("/conversations/{conversation}", status_code=204)
async def erase_conversation(request: Request, conversation: str) -> Response:
    """Erase everything about a conversation, also what a message being answered would leave."""
    door: Door = request.app.state.door
    ticket = read_ticket(door, conversation)
    await stored(door, door.state.erase, ticket.key)
    try:
        async with door.order.hold(ticket.key):
            door.asking.drop(ticket.key)
            await stored(door, door.state.erase, ticket.key)
    except Full:
        raise Problem("busy", ticket.language, retry_after=2) from None
    return Response(status_code=204)


@router.get("/services", response_model=Found)
async def find_services(
    request: Request,
    q: Annotated[str, Query(max_length=500, description="In a person's own words.")] = "",
    need: Annotated[str, Query(max_length=60, description="Id of a kind of help.")] = "",
    place: Annotated[str, Query(max_length=200, description="Town, county or postcode.")] = "",
    prison: Annotated[str, Query(max_length=60, description="Id of a prison.")] = "",
    language: Language = Language.WELSH,
    open_now: bool = False,
    free: bool = False,
    phone: Annotated[bool, Query(description="Only who can be rung.")] = False,
    in_welsh: Annotated[bool, Query(description="Only who speaks Welsh.")] = False,
    child: Annotated[bool, Query(description="Who helps children first.")] = False,
) -> dict[str, Any]:
    """Search the directory; nothing of the search is kept. `explain` says what was found, in words."""
    door: Door = request.app.state.door
    await door.limits.spend("address", address(request))
    wish = Wish(
        q=q.strip(), need=need, place=place.strip(), prison=prison, open_now=open_now,
        free=free, phone=phone, in_welsh=in_welsh, child=child,
    )  # fmt: skip

    def find() -> Results:
        with connect(door.database) as lent:
            return look(lent, wish, language)

    try:
        found = await anyio.to_thread.run_sync(find)
    except LookupUnavailable:
        door.say_unavailable()
        raise Problem("busy", language, retry_after=2) from None
    return {"services": found.services, "explain": " ".join(found.notes)}


async def reply(door: Door, ticket: Ticket, asked: Asked, idempotency_key: str | None) -> str:
    """Answer in the conversation's order and return the reply as JSON.

    Where too many wait, Problem `busy` says when to come back – but danger is answered all the same.
    """
    try:
        with door.order.place(ticket.key):
            return await _in_order(door, ticket, asked, idempotency_key)
    except Full:
        COUNT_REFUSED.inc()
        if cards := door.turns.cards_alone(asked):
            return _body(door, ticket, cards)
        raise Problem("busy", asked.language or ticket.language, retry_after=2) from None


async def _in_order(door: Door, ticket: Ticket, asked: Asked, idempotency_key: str | None) -> str:
    request_id = _request_id(idempotency_key)
    async with door.order.hold(ticket.key):
        until = time.monotonic() + PROMISED
        kept = await find(door, ticket, request_id)
        if repeated := kept.repeated or door.asking.held(ticket.key, request_id):
            return _offering(door, ticket, asked, repeated)
        started = time.perf_counter()
        with TURN_SECONDS.time():
            answered = await _answered(door, ticket, asked, kept, until - time.monotonic())
        log.info("message.answered", ms=round((time.perf_counter() - started) * 1e3, 1))
        body = _body(door, ticket, answered)
        if kept.unknown and not answered.erase:
            door.asking.hold(ticket.key, request_id, body)
        else:
            left = max(0.1, until - time.monotonic())
            await _keep(door, ticket, answered, request_id, body, left)
        return _offering(door, ticket, asked, body)


def _body(door: Door, ticket: Ticket, answered: Answered) -> str:
    messages = [_identified(door, ticket, entry) for entry in answered.messages]
    language = answered.memory.language or Language.WELSH
    return Replied.model_validate({"messages": messages, "language": language}).model_dump_json()


async def _answered(
    door: Door, ticket: Ticket, asked: Asked, kept: Kept, within: float
) -> Answered:
    if asked.question is None:
        turns = door.fleet.turns(ticket.key, kept.memory.release)
        return await turns.answer(ticket.key, asked, kept, within)
    await stored(door, door.state.send, ticket.key, asked.question)
    return door.turns.thanks(asked.question, kept.memory)


def _offering(door: Door, ticket: Ticket, asked: Asked, body: str) -> str:
    """Add the offer to send the question to the editors: after storing, so that no words are kept."""
    if not asked.text or not any(f'"{topic}"' in body for topic in questions.UNANSWERED):
        return body
    replied = json.loads(body)
    question = door.turns.sendable(asked.text, replied["messages"])
    if question is None:
        return body
    said = questions.offered(replied["messages"], question, door.settings.secret, ticket.key)
    return json.dumps({**replied, "messages": said}, ensure_ascii=False)


async def _keep(
    door: Door,
    ticket: Ticket,
    answered: Answered,
    request_id: str | None,
    body: str,
    within: float,
) -> None:
    """Remember the turn. A database that is down costs the memory, not the answer.

    But a deletion that was not done is not said to be: Problem `busy`.
    """
    if answered.erase:
        door.asking.drop(ticket.key)
        await stored(door, door.state.erase, ticket.key)
        return
    turn = (ticket.key, answered.memory, request_id, body, _counted(answered))
    try:
        if not await door.asking.ask(within, door.state.keep, *turn):
            raise Problem("ended", answered.memory.language)
    except StateUnavailable:
        door.asking.hold(ticket.key, request_id, body)
        door.say_unavailable()


def _counted(answered: Answered) -> set[tuple[str, str]]:
    return {(entry["topic"], entry["language"]) for entry in answered.messages if entry["topic"]}


async def find(door: Door, ticket: Ticket, request_id: str | None = None) -> Kept:
    """Return what is kept of a conversation; Problem `ended` if it was erased or has expired."""
    try:
        kept = await door.asking.ask(FIND_WITHIN, door.state.find, ticket.key, request_id)
    except StateUnavailable:
        door.say_unavailable()
        return Kept(unknown=True)
    assert isinstance(kept, Kept)
    if kept.erased or tickets.expired(ticket, kept.updated, door.settings.retention_hours):
        raise Problem("ended", kept.memory.language or ticket.language)
    return kept


async def stored(door: Door, write: Any, *values: Any) -> Any:
    """Write in a thread; Problem `busy` where the database does not answer."""
    try:
        return await door.asking.ask(STORE_WITHIN, write, *values)
    except StateUnavailable:
        raise Problem("busy", retry_after=2) from None


def read_ticket(door: Door, conversation: str) -> Ticket:
    """Read a conversation's id; Problem `unknown_conversation` if it is not ours."""
    try:
        return tickets.read(door.settings.secret, conversation)
    except BadTicket:
        raise Problem("unknown_conversation") from None


def read_message(door: Door, ticket: Ticket, said: Say) -> Asked:
    """Read a message: exactly one of text and payload, not empty, not too long."""
    if (said.text is None) == (said.payload is None):
        raise Problem("invalid", said.language or ticket.language)
    if said.payload is not None:
        if question := _question(door, ticket, said):
            return Asked(question=question, page=ticket.language)
        return Asked(
            pressed=_pressed(door, ticket, said), language=said.language, page=ticket.language
        )
    text = (said.text or "").strip()
    if not text:
        raise Problem("empty", said.language or ticket.language)
    if len(text) > LONGEST_TEXT:
        raise Problem("too_long", said.language or ticket.language)
    return Asked(text=text, language=said.language, page=ticket.language)


def _pressed(door: Door, ticket: Ticket, said: Say) -> Pressed:
    try:
        return parse(said.payload or "", door.turns.released.catalogue.topics)
    except BadPayload:
        raise Problem("malformed", said.language or ticket.language) from None


def _question(door: Door, ticket: Ticket, said: Say) -> questions.Question | None:
    try:
        return questions.pressed(said.payload or "", door.settings.secret, ticket.key)
    except BadPayload:
        raise Problem("malformed", said.language or ticket.language) from None


def greeting(door: Door, ticket: str, language: Language | None) -> list[dict[str, Any]]:
    """Greet in the page's language, or in both as equals where none is known.

    Turned off, the helplines are the greeting.
    """
    key = tickets.read(door.settings.secret, ticket).key
    said = [_greeted(door, each) for each in ([language] if language else list(Language))]
    return [
        {
            **entry,
            "text": fill(entry["text"], door.settings.shown),
            "id": tickets.issue_message(door.settings.secret, key, entry["topic"]),
        }
        for entry in said
    ]


def _greeted(door: Door, language: Language) -> dict[str, Any]:
    if door.turns.turned_off:
        return door.turns.helplines(language)
    catalogue = door.turns.released.catalogue
    buttons = [button(topic, catalogue, language) for topic in ASKED_FIRST]
    return {**message(catalogue, "greet", language), "buttons": buttons}


def _identified(door: Door, ticket: Ticket, entry: dict[str, Any]) -> dict[str, Any]:
    message_id = tickets.issue_message(door.settings.secret, ticket.key, entry["topic"])
    return {**entry, "id": message_id}


def _request_id(idempotency_key: str | None) -> str | None:
    """Shorten a client's key to what the table holds, whatever was in it."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest() if idempotency_key else None


def address(request: Request) -> str:
    """Return the caller's address, counted in memory and never written down."""
    return request.client.host if request.client else "?"
