"""What belongs to a topic besides its answer: examples, buttons, sources, history and its confirmation."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from bot.language import Language
from editor import new_topic, words
from editor.drafts import CannotSave, Conflict, Drafts
from editor.new_topic import NewTopic
from editor.pages import drafts_of, pair_form, pair_of, titles
from editor.phrases import BadExamples, Objection, Phrases
from editor.signing_in import Sender, SignedIn
from editor.sources import FIELDS, MOST_SOURCES, Sources
from editor.splice import BrokenEdit
from editor.view import show, spoken

topic_pages = APIRouter()


@topic_pages.post("/topics/{topic}/examples")
async def save_examples(
    request: Request,
    editor: Sender,
    topic: str,
    version: Annotated[str, Form()],
    cy: Annotated[str, Form()] = "",
    en: Annotated[str, Form()] = "",
) -> Response:
    """Save the examples of both languages; whoever comes second is shown both versions."""
    drafts = drafts_of(request, editor)
    pair = pair_of(drafts, topic)
    phrases: Phrases = request.app.state.phrases
    typed = {Language.WELSH: cy, Language.ENGLISH: en}
    kept: dict[str, Any] = {"examples": typed, "examples_version": version}
    written = {language: text.splitlines() for language, text in typed.items()}
    who = f"{editor.name} <{editor.email}>"
    values = (pair, dict(pair.sides), pair.version)
    try:
        await to_thread.run_sync(phrases.save, topic, version, written, who, "examples")
    except Conflict:
        now = {language: "\n".join(lines) for language, lines in phrases.of(topic).items()}
        kept |= {"examples_version": phrases.version(topic), "examples_now": now}
        return pair_form(request, *values, 409, problem="conflict", **kept)
    except BadExamples as bad:
        kept["objections"] = bad.objections
        return pair_form(request, *values, 422, problem="examples", **kept)
    except (CannotSave, BrokenEdit, KeyError) as reason:
        return pair_form(request, *values, 422, problem=_kind(reason), **kept)
    return _back(request, topic)


@topic_pages.post("/topics/{topic}/examples/look")
async def look_at_examples(
    request: Request,
    editor: Sender,
    topic: str,
    cy: Annotated[str, Form()] = "",
    en: Annotated[str, Form()] = "",
) -> Response:
    """Say what speaks against examples that are being written; nothing is saved."""
    drafts = drafts_of(request, editor)
    pair_of(drafts, topic)
    lines = {Language.WELSH: cy.splitlines(), Language.ENGLISH: en.splitlines()}
    found = await to_thread.run_sync(request.app.state.phrases.looked_at, topic, lines)
    named = titles(drafts, spoken(request))
    return show(request, "objected.html", objections=found, all_topics=named)


@topic_pages.post("/topics/{topic}/about")
async def save_about(
    request: Request,
    editor: Sender,
    topic: str,
    version: Annotated[str, Form()],
    review_by: Annotated[str, Form()] = "",
    follow_ups: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Save buttons, sources and the day by which to look again."""
    drafts = drafts_of(request, editor)
    pair = pair_of(drafts, topic)
    form = await request.form()
    listed = [
        {name: str(form.get(f"source.{at}.{name}", "")) for name in FIELDS}
        for at in range(MOST_SOURCES)
    ]
    chosen = [name for name in dict.fromkeys(follow_ups or ()) if name]
    sources: Sources = request.app.state.sources
    who = f"{editor.name} <{editor.email}>"
    values = (pair, dict(pair.sides), pair.version)
    filled = tuple(entry for entry in listed if any(entry.values()))
    written: dict[str, Any] = {
        "follow_ups": tuple(chosen),
        "sources": filled,
        "review_by": review_by,
    }
    kept: dict[str, Any] = {"about_typed": replace(sources.about(topic), **written)}
    try:
        await to_thread.run_sync(sources.save, topic, version, chosen, listed, review_by, who)
    except Conflict:
        # What they wrote stays in the boxes, what stands there now below; having seen both, they may save.
        kept["about_now"] = sources.about(topic)
        return pair_form(request, *values, 409, problem="conflict", **kept)
    except (CannotSave, BrokenEdit) as reason:
        kept["about_version"] = version
        return pair_form(request, *values, 422, problem=_kind(reason), **kept)
    return _back(request, topic)


@topic_pages.post("/topics/{topic}/checked")
async def confirm(
    request: Request, editor: Sender, topic: str, version: Annotated[str, Form()]
) -> Response:
    """Record that this editor has checked the answer against its source today."""
    drafts = drafts_of(request, editor)
    pair = pair_of(drafts, topic)
    sources: Sources = request.app.state.sources
    who = f"{editor.name} <{editor.email}>"
    try:
        await to_thread.run_sync(sources.confirm, topic, version, who, editor.name)
    except Conflict:
        return pair_form(
            request, pair, dict(pair.sides), pair.version, 409, problem="conflict_about"
        )
    except (CannotSave, BrokenEdit) as reason:
        values = (pair, dict(pair.sides), pair.version)
        return pair_form(request, *values, 422, problem=_kind(reason))
    return _back(request, topic)


@topic_pages.post("/topics/{topic}/agrees")
def agree(
    request: Request, editor: Sender, topic: str, version: Annotated[str, Form()]
) -> Response:
    """Record that both sides say the same although only one was changed."""
    drafts = drafts_of(request, editor)
    pair = pair_of(drafts, topic)
    if pair.version != version:
        return pair_form(request, pair, dict(pair.sides), pair.version, 409, problem="conflict")
    request.app.state.confirmations.confirm(topic, version, editor.email)
    return _back(request, topic)


@topic_pages.get("/topics/{topic}/changes/{change}")
def change_page(request: Request, editor: SignedIn, topic: str, change: str) -> Response:
    """Show what one change did to both languages of a topic, who made it and why."""
    drafts: Drafts = request.app.state.drafts
    pair = pair_of(drafts, topic)
    found = next((each for each in drafts.history(pair) if each.id == change), None)
    if found is None:
        raise HTTPException(404)
    files = drafts.difference(found.id)
    return show(request, "change.html", pair=pair, change=found, files=files)


@topic_pages.post("/topics/{topic}/restore")
def restore(
    request: Request, editor: Sender, topic: str, change: Annotated[str, Form()]
) -> Response:
    """Put the answer of an earlier day into the boxes; nothing is saved until the editor saves."""
    drafts = drafts_of(request, editor)
    pair = pair_of(drafts, topic)
    try:
        then = drafts.as_of(pair, change)
    except KeyError:
        raise HTTPException(404) from None
    return pair_form(request, pair, then, pair.version, problem="restored", now=pair)


def _kind(reason: Exception) -> str:
    return reason.kind if isinstance(reason, CannotSave) else "broken"


def _back(request: Request, topic: str) -> Response:
    lang = spoken(request).value
    return RedirectResponse(f"/editor/topics/{topic}?lang={lang}&saved=1", 303)


@topic_pages.post("/words")
async def learn(
    request: Request,
    editor: Sender,
    word: Annotated[str, Form()] = "",
    language: Annotated[Language, Form()] = Language.WELSH,
    topic: Annotated[str, Form()] = "",
) -> Response:
    """Take a word for right from now on; what is being written meanwhile stays in its boxes."""
    drafts = drafts_of(request, editor)
    who = f"{editor.name} <{editor.email}>"
    try:
        await to_thread.run_sync(words.learn, drafts, language, word, who)
    except CannotSave:
        raise HTTPException(422) from None
    if "HX-Request" in request.headers:
        return Response()
    if topic in drafts.catalogue().topics:
        return _back(request, topic)
    return RedirectResponse(f"/editor/checks?lang={spoken(request).value}", 303)


@topic_pages.get("/new-topic")
def new_topic_page(request: Request, editor: SignedIn) -> Response:
    """Ask for all that a new topic needs."""
    return new_topic_form(request, {}, [])


@topic_pages.post("/new-topic")
async def add_topic(request: Request, editor: Sender) -> Response:
    """Add a topic to the draft, and go to its page for sources and buttons.

    The questions from the inbox that it came from have then been dealt with.
    """
    drafts = drafts_of(request, editor)
    form = await request.form()
    typed = {name: str(form[name]) for name in form}
    ids = [str(each) for each in form.getlist("ids")]
    topic = NewTopic(
        name=typed.get("name", "").strip(),
        group=typed.get("group", ""),
        titles={language: typed.get(f"{language.value}.title", "") for language in Language},
        texts={language: typed.get(f"{language.value}.text", "") for language in Language},
        examples={
            language: typed.get(f"{language.value}.examples", "").splitlines()
            for language in Language
        },
    )
    who = f"{editor.name} <{editor.email}>"
    try:
        await to_thread.run_sync(new_topic.add, drafts, request.app.state.phrases, topic, who)
    except BadExamples as bad:
        return new_topic_form(request, typed, ids, "examples", bad.objections)
    except (CannotSave, BrokenEdit) as reason:
        return new_topic_form(request, typed, ids, _kind(reason))
    await to_thread.run_sync(request.app.state.inbox.done, ids)
    return _back(request, topic.name)


def new_topic_form(
    request: Request,
    typed: dict[str, str],
    ids: list[str],
    problem: str | None = None,
    objections: list[Objection] | None = None,
) -> Response:
    """Show what was *typed* of a new topic, and keep the *ids* of the questions that ask for it."""
    drafts: Drafts = request.app.state.drafts
    values = {
        "path": "/editor/new-topic",
        "ids": ids,
        "typed": typed,
        "groups": new_topic.groups(drafts),
        "objections": objections or [],
        "all_topics": titles(drafts, spoken(request)),
        "longest": new_topic.LONGEST_NAME,
        "may_edit": request.state.editor.may("editor"),
    }
    status = 422 if problem else 200
    return show(request, "new_topic.html", status, problem=problem, **values)
