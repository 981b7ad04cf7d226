"""Offers topics when a message is not clear, and never the same apology twice in a row."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.heard import Heard, heard, utter
from actions.resources import catalogue
from bot.catalogue.load import Catalogue
from bot.catalogue.message import button, envelope
from bot.context import CONVERSATIONAL
from bot.wording import say

MOST = 3
"""Topics offered at most: more is a list to read, not a choice."""
USUAL = ("book_visit", "phone_calls", "find_service")
"""What is offered when the message says nothing at all."""


class ActionDidYouMean(Action):
    """Asks which of a few topics was meant."""

    def name(self) -> str:
        return "action_did_you_mean"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        utter(dispatcher, offer(catalogue(), heard(tracker)))
        return []


def offer(catalogue: Catalogue, said: Heard) -> dict[str, Any]:
    """Offer the likeliest topics; the second time in a row, in other words and with a person to ring."""
    again = said.last == "did_you_mean"
    topics = likely(catalogue, said.ranking)
    buttons = [button(topic, catalogue, said.language) for topic in topics]
    if again:
        buttons.append(button("talk_to_person", catalogue, said.language))
    text = say(f"did_you_mean.{'again' if again else 'ask'}", said.language)
    return envelope(text, said.language, topic="did_you_mean", buttons=buttons)


def likely(catalogue: Catalogue, ranking: tuple[str, ...]) -> list[str]:
    """Choose topics worth offering from a ranking of intents."""
    fit = [name for name in ranking if name in catalogue.topics and name not in CONVERSATIONAL]
    return (fit or list(USUAL))[:MOST]
