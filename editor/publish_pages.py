"""Publishing: what would go live, how far it is, why it did not, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from bot.release import figures, listed
from bot.settings import Settings
from editor.drafts import Change
from editor.signing_in import Sender, SignedIn
from editor.view import clock, show, spoken
from gateway.deployments import GOALS, STEPS, Busy, Deployments

publish_pages = APIRouter()
KEPT = 10
"""Releases that one can go back to."""
PLAIN = frozenset({"accuracy", "gap", "unclean"})
"""Reasons whose details are figures or names of files; others, unless told in both languages, are a program's
own words."""


@dataclass(frozen=True)
class Listed:
    """A release as the page shows it."""

    id: str
    when: str
    commit: str
    accuracy: dict[str, float]
    runs: bool


@publish_pages.get("/publish")
def publish_page(request: Request, editor: SignedIn) -> Response:
    """Show what runs, what would be published, and how a publication stands."""
    return _page(request)


@publish_pages.post("/publish")
async def ask(
    request: Request,
    editor: Sender,
    goal: Annotated[str, Form()],
    release: Annotated[str, Form()] = "",
) -> Response:
    """Ask for a candidate, for publishing it, or for going back; a publisher may."""
    _may_publish(request, editor)
    if goal not in GOALS:
        raise HTTPException(400)
    deployments: Deployments = request.app.state.deployments
    if goal == "rollback" and release not in {each.id for each in _releases(request)}:
        raise HTTPException(404)
    try:
        await to_thread.run_sync(deployments.begin, goal, editor.name, release or None)
    except Busy:
        return _page(request, 409, problem="busy")
    return _back(request)


@publish_pages.post("/publish/cancel")
def cancel(request: Request, editor: Sender, number: Annotated[int, Form()]) -> Response:
    """Ask a publication to stop."""
    _may_publish(request, editor)
    request.app.state.deployments.cancel(number)
    return _back(request)


def _may_publish(request: Request, editor: Any) -> None:
    if not editor.may("publisher"):
        raise HTTPException(403)


def _page(request: Request, status: int = 200, problem: str | None = None) -> Response:
    state = request.app.state
    done = state.deployments.publications()
    active = done[0] if done and done[0].ended is None else None
    releases = _releases(request)
    running = next((each for each in releases if each.runs), None)
    values = {
        "active": active,
        "steps": STEPS[1:] if active is None or active.goal == "publish" else ("warm", "swap"),
        "publications": [each for each in done if each.ended is not None][:KEPT],
        "releases": releases,
        "running": running,
        "waiting": _waiting(request, running),
        "plain": PLAIN,
        "clock": clock,
        "candidate": next(
            (r for r, role in state.deployments.roles().items() if role == "candidate"), None
        ),
        "may_publish": request.state.editor.may("publisher"),
    }
    answer = show(request, "publish.html", status, problem=problem, **values)
    if active is None and "HX-Request" in request.headers:  # it has ended: the whole page says so
        answer.headers["HX-Refresh"] = "true"
    return answer


def _waiting(request: Request, running: Listed | None) -> list[Change] | None:
    """List the changes that are not live yet; None where the release does not say its commit."""
    if running is None or not running.commit:
        return None
    return list(request.app.state.drafts.since(running.commit))


def _releases(request: Request) -> list[Listed]:
    chosen: Settings = request.app.state.chosen
    running = request.app.state.deployments.current()
    folder = Path(chosen.releases)
    found = listed(folder)[:KEPT] if folder.is_dir() else []
    return [
        Listed(
            each.name,
            _made(each.name),
            str(figures(each).get("commit", ""))[:10],
            dict(figures(each).get("accuracy", {})),
            each.name == running,
        )
        for each in found
    ]


def _made(name: str) -> str:
    """Return when a release was made, which its name begins with."""
    try:
        at = datetime.strptime(name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return clock(at.timestamp())


def _back(request: Request) -> Response:
    return RedirectResponse(f"/editor/publish?lang={spoken(request).value}", 303)
