"""What every request passes first: size and type of the body; and headers that every reply carries."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.problems import Problem, accepted_language, respond

LARGEST_BODY = 16 * 1024
"""Bytes a request may carry: a long story of 2,000 characters fits in any alphabet."""
LARGEST_FORM = 256 * 1024
"""The same for the plain chat, whose form carries the talk so far."""
_TYPES = ("application/json", "application/x-www-form-urlencoded")
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; manifest-src 'self'; "
    "frame-ancestors {ancestors}"
)

ANYWHERE = "* file:"
"""Whose pages may frame the widget, where the operator names none: any site's, and one that is only a file."""


class Guard:
    """ASGI middleware: refuses bodies too large or of another type, and adds security headers."""

    def __init__(self, app: ASGIApp, frame_ancestors: str = "") -> None:
        self._app = app
        self._framed = CSP.format(ancestors=frame_ancestors or ANYWHERE)
        self._unframed = CSP.format(ancestors="'none'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        guarded_send = self._with_headers(scope["path"], send)
        headers = Headers(scope=scope)
        largest = LARGEST_BODY if scope["path"].startswith("/api/") else LARGEST_FORM
        if kind := _refusal(scope["method"], headers, largest):
            language = accepted_language(headers.get("accept-language"))
            return await respond(Problem(kind), language)(scope, receive, guarded_send)
        body, complete = await _read(receive, largest)
        if not complete:
            language = accepted_language(headers.get("accept-language"))
            return await respond(Problem("too_long"), language)(scope, receive, guarded_send)
        return await self._app(scope, _replay(body, receive), guarded_send)

    def _with_headers(self, path: str, send: Send) -> Send:
        policy = self._framed if path.startswith("/widget/") else self._unframed

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", policy)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
                headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
            await send(message)

        return send_with_headers


def _refusal(method: str, headers: Headers, largest: int) -> str | None:
    if method not in ("POST", "PUT", "PATCH"):
        return None
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > largest:
        return "too_long"
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    return None if kind in _TYPES else "wrong_type"


async def _read(receive: Receive, largest: int) -> tuple[bytes, bool]:
    """Read the body up to the limit; False if it goes on beyond."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body, True
        body += message.get("body", b"")
        if len(body) > largest:
            return b"", False
        if not message.get("more_body"):
            return body, True


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read to the application, then whatever comes after it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
