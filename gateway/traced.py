"""Every request has an id: in each line that is logged about it, and in the reply."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import log


class Traced:
    """ASGI middleware: takes a well-formed `X-Request-ID` or makes one, and returns it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request_id = log.begin(Headers(scope=scope).get(log.HEADER))

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[log.HEADER] = request_id
            await send(message)

        return await self._app(scope, receive, send_with_id)
