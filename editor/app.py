"""The desk as an ASGI application: `uvicorn editor.app:create --factory`."""

from __future__ import annotations

from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI, Request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import PlainTextResponse, Response

from bot import wording
from bot.settings import ROOT, Settings, settings
from directory.database import engine as open_database
from editor.accounts import Accounts
from editor.directory_pages import directory_pages
from editor.drafts import Drafts
from editor.facts import Facts
from editor.inbox import Inbox
from editor.inbox_pages import inbox_pages
from editor.pages import desk, failed
from editor.phrases import Phrases
from editor.publish_pages import publish_pages
from editor.signing_in import door
from editor.sources import Sources
from editor.staleness import Confirmations
from editor.switch_pages import switch_pages
from editor.topic_pages import topic_pages
from editor.translator_pages import translator_pages
from editor.translators import LARGEST_BOOK
from editor.try_pages import try_pages
from editor.trying import Trying
from editor.view import show
from gateway.deployments import Deployments
from gateway.switch import Switch

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
LARGEST_FORM = 512 * 1024
"""Bytes a form may carry: both languages of the longest answer, several times over."""
TRIES = parse("8 per 5 minute")
"""How often a password may be tried, for one name and for one address."""


def create(
    chosen: Settings | None = None, root: Path = ROOT, hasher: PasswordHasher | None = None
) -> FastAPI:
    """Build the desk over the working tree at *root*; *hasher* is argon2's own unless given."""
    values = chosen or settings()
    wording.load()
    app = FastAPI(title="Cyswllt: editors", openapi_url=None, docs_url=None, redoc_url=None)
    database = open_database(values.database_url)
    app.state.accounts = Accounts(database, hasher=hasher)
    app.state.confirmations = Confirmations(database)
    app.state.accounts.create()
    app.state.inbox = Inbox(database)
    app.state.inbox.create()
    app.state.facts = Facts(database)
    app.state.chosen = values
    app.state.deployments = Deployments(database)
    app.state.deployments.create()
    app.state.switch = Switch(database)
    app.state.switch.create()
    app.state.trying = Trying(values, app.state.deployments)
    app.state.drafts = Drafts(root)
    app.state.phrases = Phrases(app.state.drafts)
    app.state.sources = Sources(app.state.drafts)
    app.state.tries = SlidingWindowCounterRateLimiter(MemoryStorage())
    app.state.rate = TRIES
    app.include_router(door, prefix="/editor")
    app.include_router(inbox_pages, prefix="/editor")
    app.include_router(directory_pages, prefix="/editor")
    app.include_router(translator_pages, prefix="/editor")
    app.include_router(publish_pages, prefix="/editor")
    app.include_router(switch_pages, prefix="/editor")
    app.include_router(try_pages, prefix="/editor")
    app.include_router(topic_pages, prefix="/editor")
    app.include_router(desk, prefix="/editor")
    app.add_exception_handler(HTTPException, failed)
    app.middleware("http")(guard)
    return app


async def guard(request: Request, go_on: RequestResponseEndpoint) -> Response:
    """Refuse forms from elsewhere or too large, and set the headers that every reply carries."""
    refused = _refused(request)
    if refused == 413:  # somebody has pasted a lot: say so, they can go back to their words
        answer: Response = show(request, "failed.html", refused, kind="large")
    else:
        answer = PlainTextResponse("", refused) if refused else await go_on(request)
    for name, value in {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        answer.headers[name] = value
    return answer


def _refused(request: Request) -> int | None:
    if request.method in ("GET", "HEAD"):
        return None
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        return 411
    translated = request.url.path.startswith("/editor/translators")
    if int(length) > (2 * LARGEST_BOOK if translated else LARGEST_FORM):
        return 413
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    return 403 if origin and origin.partition("://")[2] != host else None
