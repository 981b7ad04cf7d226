"""The directory at the desk: list, search, edit, add, retire, and confirm in one press."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, HTTPException, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import RedirectResponse, Response

from directory.storage import KIND
from editor.facts import ADDED, EDITED, ChangedMeanwhile, Facts, NotARecord, PerhapsTwice
from editor.forms import groups
from editor.pages import all_titles
from editor.signing_in import Sender, SignedIn
from editor.view import show, spoken

directory_pages = APIRouter()


@directory_pages.get("/directory")
def listed(
    request: Request, editor: SignedIn, kind: str = "service", q: str = "", stale: str = ""
) -> Response:
    """List records of one kind, all, those found, or those that nobody has confirmed lately."""
    facts: Facts = request.app.state.facts
    _known(kind)
    values: dict[str, Any] = {
        "kind": kind,
        "kinds": EDITED,
        "q": q,
        "only_stale": bool(stale),
        "rows": facts.rows(kind, q[:200], bool(stale)),
        "may_add": editor.may("publisher") and kind in ADDED,
    }
    return show(request, "directory.html", **values)


@directory_pages.get("/directory/{kind}/{identity}")
def record_page(
    request: Request, editor: SignedIn, kind: str, identity: str, saved: bool = False
) -> Response:
    """Show one record as a form, with its history."""
    _known(kind)
    if identity == "new":
        _addable(kind)
        return _page(request, kind, "", {})
    return _page(request, kind, identity, _record(request, kind, identity), saved=saved)


@directory_pages.post("/directory/{kind}/{identity}")
async def save(
    request: Request,
    editor: Sender,
    kind: str,
    identity: str,
    version: Annotated[str, Form()] = "",
    record: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
    sure: Annotated[str, Form()] = "",
) -> Response:
    """Save a record: it is live at once, so a publisher does it."""
    _known(kind)
    if not editor.may("publisher"):
        raise HTTPException(403)
    facts: Facts = request.app.state.facts
    form = await request.form()
    typed = {name: str(form[name]) for name in form}
    if new := identity == "new":
        _addable(kind)
    chosen = record.strip() if new else identity
    before = {} if new else _record(request, kind, identity)
    shown: dict[str, Any] = {"typed": typed, "version": version}

    def write() -> bool:
        flags = {"new": new, "sure": bool(sure)}
        return facts.save(kind, chosen, version, typed, editor.name, why, **flags)

    try:
        await to_thread.run_sync(write)
    except ChangedMeanwhile:
        # What they wrote stays in the boxes; saving again is over what they were shown.
        shown["version"] = facts.version(before)
        return _page(request, kind, chosen, before, 409, problem="conflict", now=before, **shown)
    except NotARecord as bad:
        shown["faults"] = bad.faults
        return _page(request, kind, chosen, before, 422, problem="record", new=new, **shown)
    except PerhapsTwice as perhaps:
        shown["others"] = perhaps.others
        return _page(request, kind, chosen, before, 409, problem="twice", new=new, **shown)
    except SQLAlchemyError:
        return _page(request, kind, chosen, before, 503, problem="database", new=new, **shown)
    return _back(request, kind, chosen)


@directory_pages.post("/directory/{kind}/{identity}/checked")
async def confirm(
    request: Request,
    editor: Sender,
    kind: str,
    identity: str,
    version: Annotated[str, Form()],
    fact: Annotated[str, Form()] = "",
) -> Response:
    """Record that this editor has checked a record, or one fact, against its source today."""
    _known(kind)
    if not editor.may("editor"):
        raise HTTPException(403)
    facts: Facts = request.app.state.facts
    before = _record(request, kind, identity)
    if fact and fact not in (before.get("facts") or {}):
        raise HTTPException(404)
    try:
        await to_thread.run_sync(
            facts.confirm, kind, identity, version, editor.name, editor.name, fact
        )
    except ChangedMeanwhile:
        return _page(request, kind, identity, before, 409, problem="conflict_about")
    return _back(request, kind, identity)


def _addable(kind: str) -> None:
    if kind not in ADDED:
        raise HTTPException(404)


def _known(kind: str) -> None:
    if kind not in EDITED:
        raise HTTPException(404)


def _record(request: Request, kind: str, identity: str) -> dict[str, Any]:
    facts: Facts = request.app.state.facts
    try:
        return facts.record(kind, identity)
    except KeyError:
        raise HTTPException(404) from None


def _back(request: Request, kind: str, identity: str) -> Response:
    lang = spoken(request).value
    return RedirectResponse(f"/editor/directory/{kind}/{identity}?lang={lang}&saved=1", 303)


def _page(
    request: Request,
    kind: str,
    identity: str,
    record: dict[str, Any],
    status: int = 200,
    *,
    problem: str | None = None,
    saved: bool = False,
    new: bool | None = None,
    **more: Any,
) -> Response:
    facts: Facts = request.app.state.facts
    is_new = not record if new is None else new
    boxes = list(groups(KIND[kind].model, record))
    values = {
        "path": f"/editor/directory/{kind}/{'new' if is_new else identity}",
        "topics": all_titles(request.app.state.drafts, spoken(request)),
        "kind": kind,
        "identity": identity,
        "record": record,
        "new": is_new,
        "groups": boxes,
        "named": {field.path: field for group in boxes for field in group.fields},
        "version": facts.version(record),
        "typed": {},
        "now": None,
        "faults": (),
        "others": (),
        "saved": saved,
        "edits": [] if is_new else facts.history(kind, identity),
        "may_write": request.state.editor.may("publisher"),
        "may_edit": request.state.editor.may("editor"),
        **more,
    }
    return show(request, "record.html", status, problem=problem, **values)
