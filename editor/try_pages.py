"""Try it: both assistants side by side, one box to type in, and the talk saved as a test if wanted."""

from __future__ import annotations

import json
import secrets
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from bot.language import Language
from editor.drafts import CannotSave
from editor.pages import titles
from editor.signing_in import Sender, SignedIn
from editor.trying import SIDES, NotRunning, Trying, save_row
from editor.view import show, spoken
from gateway.schemas import LONGEST_TEXT

try_pages = APIRouter()
LONGEST_TALK = 12
"""Messages of one talk: the page carries it all."""


@try_pages.get("/try")
def try_page(request: Request, editor: SignedIn, saved: bool = False) -> Response:
    """Begin a talk."""
    return _page(request, secrets.token_hex(8), [], {}, saved=saved)


@try_pages.post("/try")
async def say(
    request: Request,
    editor: Sender,
    text: Annotated[str, Form()] = "",
    spoken_in: Annotated[str, Form()] = "",
    key: Annotated[str, Form()] = "",
    talk: Annotated[str, Form()] = "[]",
) -> Response:
    """Say the same to both sides."""
    trying: Trying = request.app.state.trying
    form = await request.form()
    memories = {side: str(form.get(f"memory.{side}", "")) for side in SIDES}
    said = _talk(talk)
    text = text.strip()[:LONGEST_TEXT]
    if not text or not key.isalnum() or len(key) > 32:
        return _page(request, secrets.token_hex(8), said, memories, 422, problem="empty")
    language = Language(spoken_in) if spoken_in in {each.value for each in Language} else None
    entry: dict[str, Any] = {"said": text, "language": "cy"}
    for side, where in (await to_thread.run_sync(trying.running)).items():
        try:
            name = f"try-{side[:3]}-{key}"
            reply = await trying.say(where, name, memories[side], text, language)
        except NotRunning:
            continue
        memories[side] = reply.memory
        entry["language"] = reply.messages[-1]["language"]
        entry[side] = {
            "messages": [{k: m[k] for k in ("text", "topic", "language")} for m in reply.messages],
            "topics": reply.topics,
            "ranking": reply.ranking,
            "found": reply.found,
        }
    return _page(request, key, [*said, entry][-LONGEST_TALK:], memories)


@try_pages.post("/try/row")
async def keep(
    request: Request,
    editor: Sender,
    name: Annotated[str, Form()] = "",
    cy: Annotated[str, Form()] = "",
    en: Annotated[str, Form()] = "",
    topics: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Save the talk as a row that must hold before anything is published."""
    if not editor.may("editor"):
        raise HTTPException(403)
    turns = {Language.WELSH: _lines(cy), Language.ENGLISH: _lines(en)}
    who = f"{editor.name} <{editor.email}>"
    drafts = request.app.state.drafts
    try:
        await to_thread.run_sync(save_row, drafts, name[:80], turns, topics or [], who)
    except CannotSave as reason:
        return _page(request, secrets.token_hex(8), [], {}, 422, problem=reason.kind, typed=turns)
    return RedirectResponse(f"/editor/try?lang={spoken(request).value}&saved=1", 303)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _talk(packed: str) -> list[dict[str, Any]]:
    """Read the talk that the page carried; nothing where it is not one."""
    try:
        talk = json.loads(packed)
    except ValueError:
        return []
    whole = isinstance(talk, list) and all(isinstance(e, dict) and "said" in e for e in talk)
    return talk if whole else []


def _page(
    request: Request,
    key: str,
    talk: list[dict[str, Any]],
    memories: dict[str, str],
    status: int = 200,
    *,
    problem: str | None = None,
    saved: bool = False,
    typed: dict[Language, list[str]] | None = None,
) -> Response:
    state = request.app.state
    said = [entry["said"] for entry in talk]
    first = Language(talk[0].get("language", "cy")) if talk else Language.WELSH
    values = {
        "path": "/editor/try",
        "key": key,
        "talk": talk,
        "packed": json.dumps(talk, ensure_ascii=False),
        "memories": memories,
        "sides": SIDES,
        "running": state.trying.running(),
        "titles": titles(state.drafts, spoken(request)),
        "typed": typed or {first: said, first.other: []},
        "saved": saved,
        "longest": LONGEST_TEXT,
        "may_edit": request.state.editor.may("editor"),
    }
    return show(request, "try.html", status, problem=problem, **values)
