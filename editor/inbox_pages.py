"""The inbox: what people chose to send, and what an editor makes of it with one press."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from bot.language import Language
from editor.drafts import CannotSave
from editor.inbox import COUNTED_FOR, FEWEST_SHOWN, STATES, Inbox
from editor.phrases import BadExamples, Phrases
from editor.signing_in import Sender, SignedIn
from editor.splice import BrokenEdit
from editor.topic_pages import new_topic_form
from editor.view import show, spoken

inbox_pages = APIRouter()
OUT_OF_SCOPE = "out_of_scope"
SET_ASIDE = {"twin": "twin", "crisis": "crisis", "back": "new"}
"""What a press sets a question aside as."""


@inbox_pages.get("/inbox")
def inbox_page(request: Request, editor: SignedIn, state: str = "new", done: str = "") -> Response:
    """Show what was sent, in groups, and how often topics were asked and missed."""
    return _page(request, state if state in STATES else "new", done=done)


@inbox_pages.post("/inbox")
async def deal(
    request: Request,
    editor: Sender,
    do: Annotated[str, Form()],
    ids: Annotated[list[str] | None, Form()] = None,
    topic: Annotated[str, Form()] = "",
    language: Annotated[Language, Form()] = Language.WELSH,
    lines: Annotated[str, Form()] = "",
    twin: Annotated[str, Form()] = "",
    state: Annotated[str, Form()] = "new",
) -> Response:
    """Deal with one group of questions."""
    if not editor.may("editor"):
        raise HTTPException(403)
    inbox: Inbox = request.app.state.inbox
    if not ids:
        return _page(request, state, 422, problem="choose")
    if do in SET_ASIDE:
        await to_thread.run_sync(inbox.mark, ids, SET_ASIDE[do])
    elif do == "new_topic":
        typed = {f"{language.value}.examples": lines, f"{language.other.value}.examples": twin}
        return new_topic_form(request, typed, ids)
    elif do == "dismiss":
        await to_thread.run_sync(inbox.done, ids)
    else:
        chosen = OUT_OF_SCOPE if do == "out_of_scope" else topic
        added = {language: lines.splitlines(), language.other: twin.splitlines()}
        who = f"{editor.name} <{editor.email}>"
        if refused := await to_thread.run_sync(_add, request, chosen, added, who, state):
            return refused
        await to_thread.run_sync(inbox.done, ids)
    lang = spoken(request).value
    return RedirectResponse(f"/editor/inbox?lang={lang}&state={state}&done={do}", 303)


def _add(
    request: Request, topic: str, added: dict[Language, list[str]], who: str, state: str
) -> Response | None:
    """Add the examples; return the page that says why not, if so."""
    phrases: Phrases = request.app.state.phrases
    if topic not in request.app.state.drafts.catalogue().topics:
        return _page(request, state, 422, problem="choose_topic")
    try:
        phrases.add(topic, added, who, "examples from the inbox")
    except BadExamples as bad:
        return _page(request, state, 422, problem="examples", objections=bad.objections)
    except CannotSave as reason:
        return _page(request, state, 422, problem=reason.kind)
    except BrokenEdit:
        return _page(request, state, 422, problem="broken")
    except KeyError:
        return _page(request, state, 422, problem="choose_topic")
    return None


def _page(
    request: Request,
    state: str,
    status: int = 200,
    *,
    problem: str | None = None,
    done: str = "",
    objections: object = (),
) -> Response:
    inbox: Inbox = request.app.state.inbox
    language = spoken(request)
    catalogue = request.app.state.drafts.catalogue()
    titles = {topic.name: catalogue.title(topic.name, language) for topic in catalogue.asked}
    failures, topics = inbox.counts()
    values = {
        "state": state,
        "groups": inbox.groups(state),
        "waiting": {each: sum(map(len, inbox.groups(each).values())) for each in STATES},
        "titles": titles,
        "failures": failures,
        "counts": topics,
        "fewest": FEWEST_SHOWN,
        "days": COUNTED_FOR,
        "done": done if done in ("example", "out_of_scope", "dismiss", *SET_ASIDE) else "",
        "objections": objections,
        "may_edit": request.state.editor.may("editor"),
    }
    return show(request, "inbox.html", status, problem=problem, **values)
