"""Signing in and out, and the one-time link by which an account begins."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from editor.accounts import SHORTEST_PASSWORD, Accounts, Editor, Refused
from editor.view import HERE, show, spoken

COOKIE = "cyswllt_editor"
door = APIRouter()


def signed_in(request: Request) -> Editor:
    """Return who is signed in; others are sent to the sign-in page."""
    accounts: Accounts = request.app.state.accounts
    editor = accounts.who(request.cookies.get(COOKIE, ""))
    if editor is None:
        raise HTTPException(401)
    request.state.editor = editor
    return editor


def form_of(editor: Annotated[Editor, Depends(signed_in)], csrf: Annotated[str, Form()]) -> Editor:
    """Return who sent a form, after checking that it is a form of their own session."""
    if not secrets.compare_digest(csrf.encode(), editor.csrf.encode()):
        raise HTTPException(403)
    return editor


SignedIn = Annotated[Editor, Depends(signed_in)]
Sender = Annotated[Editor, Depends(form_of)]


@door.get("/healthz")
def alive() -> dict[str, bool]:
    """Say that the process lives."""
    return {"ok": True}


@door.get("/static/editor.css")
def style() -> FileResponse:
    """The one stylesheet."""
    return FileResponse(HERE / "static" / "editor.css", media_type="text/css")


@door.get("/static/editor.js")
def script() -> FileResponse:
    """Our own script: it marks a selection; every page works without it."""
    return FileResponse(HERE / "static" / "editor.js", media_type="text/javascript")


@door.get("/static/htmx.min.js")
def htmx() -> FileResponse:
    """htmx 2.0.11 as npm has it: it shows what is being written, and how far publishing is."""
    return FileResponse(HERE / "static" / "htmx.min.js", media_type="text/javascript")


@door.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """Ask for name and password."""
    return show(request, "sign_in.html", email="")


@door.post("/sign-in")
def sign_in(
    request: Request, email: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
) -> Response:
    """Begin a session; a wrong name and a wrong password are told alike, and counted."""
    state = request.app.state
    address = request.client.host if request.client else "?"
    tries = [("name", email.strip().lower()[:200]), ("address", address)]
    counted = [state.tries.hit(state.rate, *who) for who in tries]  # both, always
    if not all(counted):
        return show(request, "sign_in.html", 429, email=email, problem="too_many")
    try:
        token = state.accounts.sign_in(email, password[:1000])
    except Refused:
        return show(request, "sign_in.html", 403, email=email, problem="sign_in")
    answer = RedirectResponse(f"/editor?lang={spoken(request).value}", 303)
    answer.set_cookie(
        COOKIE,
        token,
        path="/editor",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@door.post("/sign-out")
def sign_out(request: Request, editor: Sender) -> Response:
    """End the session, here and in the database."""
    request.app.state.accounts.sign_out(request.cookies[COOKIE])
    answer = RedirectResponse(f"/editor/sign-in?lang={spoken(request).value}", 303)
    answer.delete_cookie(COOKIE, path="/editor")
    return answer


@door.get("/welcome/{token}")
def welcome_page(request: Request, token: str) -> Response:
    """Ask an invited person to choose a password."""
    return show(request, "welcome.html", shortest=SHORTEST_PASSWORD)


@door.post("/welcome/{token}")
def welcome(request: Request, token: str, password: Annotated[str, Form()] = "") -> Response:
    """Set the password; the link is spent."""
    try:
        request.app.state.accounts.accept(token, password[:1000])
    except Refused as refused:
        page = "welcome.html"
        return show(request, page, 400, shortest=SHORTEST_PASSWORD, problem=str(refused))
    return RedirectResponse(f"/editor/sign-in?lang={spoken(request).value}", 303)
