"""Rasa input channel for the gateway: text or a checked payload in, whole messages out."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import action_calls, log
from bot.garbage import spare_what_is_loaded

lines = log.own_logger()


class Reply(OutputChannel):
    """Collects what the assistant says as public messages, unsplit and with their metadata."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "cyswllt"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append({**(message.get("custom") or {}), "text": message.get("text")})


class GatewayChannel(InputChannel):
    """`POST /webhooks/cyswllt/messages`, on loopback, for the gateway alone."""

    @classmethod
    def name(cls) -> str:
        return "cyswllt"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        action_calls.install()  # the one place of ours that every engine passes as it starts
        webhook = Blueprint("cyswllt", "cyswllt")

        @webhook.listener("after_server_start")
        async def settle(*_: Any) -> None:
            spare_what_is_loaded()

        @webhook.route("/messages", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            log.begin(request.headers.get(log.HEADER))
            started = time.perf_counter()
            body = request.json
            reply = Reply()
            await on_new_message(
                UserMessage(
                    text=as_rasa_text(body),
                    output_channel=reply,
                    sender_id=body["conversation"],
                    input_channel=self.name(),
                    metadata=body["metadata"],
                )
            )
            lines.info("engine.answered", ms=round((time.perf_counter() - started) * 1e3, 1))
            return response.json({"messages": reply.messages})

        @webhook.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            """Say whether the action server answers too: an engine has one of its own."""
            endpoint = request.app.ctx.agent.action_endpoint
            return response.json({"actions": await action_calls.answers(endpoint)})

        @webhook.route("/explain", methods=["POST"])
        async def explain(request: Request) -> HTTPResponse:
            """Say what a message would be taken for; nothing is remembered."""
            said = as_rasa_text({**request.json, "topic": None})
            parsed = await request.app.ctx.agent.parse_message(said)
            named = parsed.get("entities", [])
            return response.json(
                {
                    "ranking": parsed.get("intent_ranking", []),
                    "found": [{"kind": e["entity"], "value": str(e["value"])} for e in named],
                }
            )

        return webhook


def as_rasa_text(body: dict[str, Any]) -> str:
    """Return what Rasa is to read: a command from our own button, or a person's plain words.

    Rasa obeys text that begins with a slash, or with `EXTERNAL:`; what a person typed must never.
    """
    if body.get("topic"):
        entities = {
            **body.get("ids", {}),
            "language": body["metadata"]["language"],
            "danger": "none",
        }
        return f"/{body['topic']}{json.dumps(entities)}"
    said = str(body["text"]).lstrip("/ \t\n")
    return f"- {said}" if said.startswith("EXTERNAL:") or not said else said
