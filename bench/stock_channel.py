"""Rasa's own REST channel, which also hands on the metadata that our pipeline reads; for measurements."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.rest import RestInput
from sanic.request import Request


class StockRest(RestInput):
    """`POST /webhooks/rest/webhook` as Rasa has it."""

    def get_metadata(self, request: Request) -> dict[str, Any] | None:
        metadata: dict[str, Any] | None = request.json.get("metadata")
        return metadata
