"""Gives the phone, hours and page of a service that was named, or of those last talked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions.find_service import Search, look, show, wish
from actions.heard import Event, Heard, Reply
from actions.resources import catalogue, connection
from bot.catalogue.message import envelope, message
from bot.wording import say
from directory.answers import SearchResult
from directory.errors import LookupUnavailable


def answer(said: Heard, slots: Mapping[str, Any]) -> tuple[Reply, list[Event]]:
    """Show the service that was named."""
    try:
        with connection() as lent:
            wanted = replace(wish(lent, said, slots), only=frozenset())
            found = look(lent, said, wanted)
    except LookupUnavailable:
        return message(catalogue(), "talk_to_person", said.language), []
    return _details(said, wanted, found), []


def _details(said: Heard, wanted: Search, found: SearchResult) -> Reply:
    """Show the named service; ask which one is meant where none was named."""
    if not found.named and not wanted.needs and wanted.area is None:
        text = say("services.which_service", said.language)
        return envelope(text, said.language, topic="service_details")
    return {**show(catalogue(), said, wanted, found), "topic": "service_details"}
