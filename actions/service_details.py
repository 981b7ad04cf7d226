"""Gives the phone, hours and page of a service that was named, or of those last talked about."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.find_service import Search, look, show, wish
from actions.heard import heard, utter
from actions.resources import catalogue, connection
from bot.catalogue.message import envelope, message
from bot.wording import say
from directory.answers import SearchResult
from directory.errors import LookupUnavailable


class ActionServiceDetails(Action):
    """Answers a question about one service."""

    def name(self) -> str:
        return "action_service_details"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        said = heard(tracker)
        try:
            with connection() as lent:
                wanted = wish(lent, said, tracker.current_slot_values())
                found = look(lent, said, wanted)
        except LookupUnavailable:
            utter(dispatcher, message(catalogue(), "talk_to_person", said.language))
            return []
        utter(dispatcher, _details(said, wanted, found))
        return []


def _details(said: Any, wanted: Search, found: SearchResult) -> dict[str, Any]:
    """Show the named service; ask which one is meant where none was named."""
    if not found.named and not wanted.needs and wanted.area is None:
        text = say("services.which_service", said.language)
        return envelope(text, said.language, topic="service_details")
    return {**show(catalogue(), said, wanted, found), "topic": "service_details"}
