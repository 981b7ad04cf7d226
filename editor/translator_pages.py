"""The workbook for translators: out with what is wanted, in with a preview, then saved."""

from __future__ import annotations

import base64
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, File, Form, HTTPException, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from bot.language import Language
from bot.wording import say
from editor.drafts import CannotSave, Conflict, Drafts
from editor.signing_in import Sender, SignedIn
from editor.splice import BrokenEdit
from editor.staleness import left_behind
from editor.translators import (
    LARGEST_BOOK,
    BadBook,
    bring_in,
    interface_lines,
    lines,
    proposals,
    read_back,
    workbook,
)
from editor.view import show, spoken

translator_pages = APIRouter()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@translator_pages.get("/translators")
def page(request: Request, editor: SignedIn, saved: int = -1) -> Response:
    """Offer the workbook, and take one back."""
    return _page(request, saved=saved)


@translator_pages.get("/translators/cyswllt.xlsx")
def export(request: Request, editor: SignedIn, which: str = "wanted") -> Response:
    """Send a workbook of all texts, or of those of which one side was left behind."""
    drafts: Drafts = request.app.state.drafts
    behind = _wanted(request)
    topics = drafts.catalogue().topics if which == "all" else behind
    answers = lines(drafts, {topic: behind.get(topic, "") for topic in topics})
    rest = interface_lines(drafts) if which in ("all", "interface") else ()
    book = workbook([*(() if which == "interface" else answers), *rest])
    headers = {"Content-Disposition": 'attachment; filename="cyswllt.xlsx"'}
    return Response(book, media_type=XLSX, headers=headers)


@translator_pages.post("/translators")
async def preview(
    request: Request, editor: Sender, book: Annotated[UploadFile, File()]
) -> Response:
    """Show what a workbook would change; nothing is saved yet."""
    if not editor.may("editor"):
        raise HTTPException(403)
    packed = await book.read(LARGEST_BOOK + 1)
    try:
        rows = await to_thread.run_sync(read_back, packed)
    except BadBook as bad:
        return _page(request, 422, problem=bad.kind)
    found = await to_thread.run_sync(proposals, request.app.state.drafts, rows)
    return _page(request, found=found, packed=base64.b64encode(packed).decode())


@translator_pages.post("/translators/save")
async def save(request: Request, editor: Sender, packed: Annotated[str, Form()]) -> Response:
    """Save what was previewed; what has changed in between is left alone."""
    if not editor.may("editor"):
        raise HTTPException(403)
    who = f"{editor.name} <{editor.email}>"
    try:
        rows = await to_thread.run_sync(read_back, base64.b64decode(packed))
        count = await to_thread.run_sync(bring_in, request.app.state.drafts, rows, who)
    except (BadBook, CannotSave) as bad:
        return _page(request, 422, problem=bad.kind)
    except (BrokenEdit, Conflict, ValueError):
        return _page(request, 422, problem="broken")
    return RedirectResponse(f"/editor/translators?lang={spoken(request).value}&saved={count}", 303)


def _wanted(request: Request) -> dict[str, str]:
    """Return the topics of which one side was left behind, and which side it is."""
    state = request.app.state
    confirmed = state.confirmations.confirmed()
    return {
        topic: " / ".join(say(f"editor.behind.{behind.value}", each) for each in Language)
        for topic, behind in left_behind(state.drafts.root).items()
        if (topic, state.drafts.pair(topic).version) not in confirmed
    }


def _page(
    request: Request,
    status: int = 200,
    *,
    problem: str | None = None,
    found: object = None,
    packed: str = "",
    saved: int = -1,
) -> Response:
    values = {
        "path": "/editor/translators",
        "wanted": _wanted(request),
        "found": found,
        "packed": packed,
        "saved": saved,
        "sides": list(Language),
        "may_edit": request.state.editor.may("editor"),
    }
    return show(request, "translators.html", status, problem=problem, **values)
