"""The desk itself: all topics, and one topic in both languages side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, HTTPException, Request
from starlette.exceptions import HTTPException as Failure
from starlette.responses import RedirectResponse, Response

from bot.catalogue.load import Catalogue, Topic
from bot.catalogue.message import message
from bot.language import Language
from editor.drafts import CannotSave, Conflict, Drafts, Pair, Side
from editor.facts import STALE_AFTER
from editor.judging import as_typed, everything, judged
from editor.phrases import KINDS
from editor.signing_in import Sender, SignedIn
from editor.sources import FIELDS
from editor.splice import BrokenEdit
from editor.staleness import left_behind
from editor.view import show, spoken

desk = APIRouter()
CARRIED = frozenset({"csrf", "version", "key", "talk", "packed", "state", "language", "ids", "do"})
"""Fields of forms that hold no words of an editor."""


async def failed(request: Request, failure: Exception) -> Response:
    """Say in the reader's language what went wrong; a session that is over leads to signing in."""
    status = failure.status_code if isinstance(failure, Failure) else 500
    if status == 401 and request.method == "GET":
        return RedirectResponse(f"/editor/sign-in?lang={spoken(request).value}", 303)
    if status == 401:
        return await _over(request)
    return show(request, "failed.html", status, kind="missing" if status == 404 else "refused")


async def _over(request: Request) -> Response:
    """The session ended while somebody wrote: give the words back, to be copied and saved again."""
    kept = [
        (name, typed)
        for name, typed in (await request.form()).multi_items()
        if isinstance(typed, str) and typed and name not in CARRIED and "memory." not in name
    ]
    return show(request, "over.html", 401, kept=kept)


@desk.get("")
def topics(request: Request, editor: SignedIn, q: str = "") -> Response:
    """List every topic, or those in which the words of the search stand, in either language."""
    catalogue = request.app.state.drafts.catalogue()
    found: dict[str, list[tuple[str, str, str]]] = {}
    for topic in catalogue.topics.values():
        answers = [catalogue.answer(topic.name, language) for language in Language]
        words = " ".join(
            [topic.name, *(t for each in answers for t in (each.title, *each.parts.values()))]
        )
        if q.strip().casefold() in words.casefold():
            row = (topic.name, answers[0].title, answers[1].title)
            found.setdefault(topic.group, []).append(row)
    return show(request, "topics.html", groups=found, q=q)


@desk.get("/checks")
def checks(request: Request, editor: SignedIn) -> Response:
    """Show what is missing, unequal or overdue anywhere in the draft, with counts."""
    state = request.app.state
    mend, look_at = everything(state.drafts.root)
    confirmed = state.confirmations.confirmed()
    stale = {
        topic: language
        for topic, language in left_behind(state.drafts.root).items()
        if (topic, state.drafts.pair(topic).version) not in confirmed
    }
    lists = {"to_mend": mend, "to_look_at": look_at}
    named = all_titles(state.drafts, spoken(request))
    values = {
        "unchecked": _unchecked(state.drafts.catalogue()),
        "lists": lists,
        "stale": stale,
        "titles": named,
        "catalogue": state.drafts.catalogue(),
    }
    return show(request, "checks.html", **values, about_topic="")


def _unchecked(catalogue: Catalogue) -> list[Topic]:
    """List the answers that rest on sources and that nobody has confirmed lately."""
    oldest = (date.today() - STALE_AFTER).isoformat()
    return [
        topic
        for topic in catalogue.topics.values()
        if topic.sources and (topic.checked_on or "") < oldest
    ]


@desk.get("/topics/{topic}")
def pair_page(request: Request, editor: SignedIn, topic: str, saved: bool = False) -> Response:
    """Show both languages of a topic, with what the checks say and who changed it."""
    drafts: Drafts = request.app.state.drafts
    pair = pair_of(drafts, topic)
    return pair_form(request, pair, dict(pair.sides), pair.version, saved=saved)


@desk.post("/topics/{topic}")
async def save(
    request: Request, editor: Sender, topic: str, version: Annotated[str, Form()]
) -> Response:
    """Save both languages as one commit of this editor; another's work is never overwritten."""
    drafts = drafts_of(request, editor)
    pair = pair_of(drafts, topic)
    form = await request.form()
    written = _written(pair, {name: str(form[name]) for name in form})
    who = f"{editor.name} <{editor.email}>"
    try:
        why = str(form.get("why", ""))[:200]
        await to_thread.run_sync(drafts.save, topic, version, written, who, why)
    except Conflict as conflict:
        now = conflict.now or pair_of(drafts, topic)
        # What they wrote stays in the form; what stands there now is shown beside it.
        return pair_form(request, now, written, now.version, 409, problem="conflict", now=now)
    except CannotSave as reason:
        return pair_form(request, pair, written, version, 422, problem=reason.kind)
    except BrokenEdit:
        return pair_form(request, pair, written, version, 422, problem="broken")
    lang = spoken(request).value
    return RedirectResponse(f"/editor/topics/{topic}?lang={lang}&saved=1", 303)


@desk.post("/topics/{topic}/look")
async def look(request: Request, editor: Sender, topic: str) -> Response:
    """Show an answer that is being written as the family would see it, and judge it; nothing is saved."""
    drafts = drafts_of(request, editor)
    pair = pair_of(drafts, topic)
    form = await request.form()
    written = _written(pair, {name: str(form[name]) for name in form})
    typed = replace(pair, sides=written)
    return show(request, "looked.html", **await to_thread.run_sync(_looked_at, request, typed))


def _looked_at(request: Request, typed: Pair) -> dict[str, Any]:
    """Return what the family would see of each part, and what the checks say."""
    state = request.app.state
    catalogue = as_typed(state.drafts.catalogue(), typed)
    seen = {
        part: {
            language: message(catalogue, typed.topic, language, part=part)
            for language in Language
            if part in typed.sides[language]
        }
        for part in _parts(typed)
        if part != "title"
    }
    own = state.phrases.examples(typed.topic)
    found = judged(catalogue, typed.topic, own, state.drafts.content)
    return {"seen": seen, "found": found, "catalogue": catalogue, "about_topic": typed.topic}


def _parts(pair: Pair) -> list[str]:
    return list(dict.fromkeys(part for language in Language for part in pair.sides[language]))


def drafts_of(request: Request, editor: Sender) -> Drafts:
    if not editor.may("editor"):
        raise HTTPException(403)
    drafts: Drafts = request.app.state.drafts
    return drafts


def pair_of(drafts: Drafts, topic: str) -> Pair:
    """Return a topic of the address; 404 where there is none."""
    try:
        return drafts.pair(topic)
    except KeyError:
        raise HTTPException(404) from None


def titles(drafts: Drafts, language: Language) -> dict[str, str]:
    """Return the title of every topic that is asked about."""
    catalogue = drafts.catalogue()
    return {topic.name: catalogue.title(topic.name, language) for topic in catalogue.asked}


def all_titles(drafts: Drafts, language: Language) -> dict[str, str]:
    """Return the title of every topic, also of those that are only shown."""
    catalogue = drafts.catalogue()
    return {name: catalogue.title(name, language) for name in catalogue.topics}


def _written(pair: Pair, form: dict[str, str]) -> dict[Language, Side]:
    """Take the texts out of a form: parts that the topic has, nothing else."""
    return {
        language: {
            part: form.get(f"{language.value}.{part}", text).replace("\r\n", "\n")
            for part, text in pair.sides[language].items()
        }
        for language in Language
    }


def pair_form(
    request: Request,
    pair: Pair,
    written: dict[Language, Side],
    version: str,
    status: int = 200,
    *,
    problem: str | None = None,
    now: Pair | None = None,
    saved: bool = False,
    **more: Any,
) -> Response:
    """Show a topic with *written* in its boxes, and what stands there *now* if that differs."""
    state = request.app.state
    drafts: Drafts = state.drafts
    behind = left_behind(drafts.root).get(pair.topic)
    if (pair.topic, pair.version) in state.confirmations.confirmed():
        behind = None
    about = state.sources.about(pair.topic)
    values = {
        "path": f"/editor/topics/{pair.topic}",
        "pair": pair,
        "parts": _parts(pair),
        "written": written,
        "version": version,
        "now": now,
        "saved": saved,
        "changes": drafts.history(pair),
        "may_edit": request.state.editor.may("editor"),
        "behind": behind,
        "examples": {k: "\n".join(v) for k, v in state.phrases.of(pair.topic).items()},
        "examples_version": state.phrases.version(pair.topic),
        "about": about,
        "about_typed": about,
        "about_version": about.version,
        "about_now": None,
        "all_topics": titles(drafts, spoken(request)),
        "kinds": KINDS,
        "fields": FIELDS,
        "objections": (),
        "examples_now": None,
        **_looked_at(request, replace(pair, sides=written)),
        **more,
    }
    return show(request, "pair.html", status, problem=problem, **values)
