"""Offers topics when a message is not clear, and never the same apology twice in a row.

Where one topic is likelier than the rest, its answer comes first: a family that was understood
after all need not press anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import find_service
from actions.answers import answer
from actions.heard import Event, Heard, Reply, heard, utter
from actions.resources import catalogue
from bot.catalogue.load import Catalogue
from bot.catalogue.message import button, envelope
from bot.context import CONVERSATIONAL, DANGER
from bot.language import Language
from bot.wording import say

MOST = 3
"""Topics offered at most: more is a list to read, not a choice."""
GUESSED = 0.15
"""Certainty from which the likeliest topic is answered at once, with others offered beside it."""
FEARED = 0.15
"""Certainty from which a topic of danger is among those offered: nobody else should be asked that."""
USUAL = ("book_visit", "phone_calls", "find_service")
"""What is offered when the message says nothing at all."""


class ActionDidYouMean(Action):
    """Asks which of a few topics was meant."""

    def name(self) -> str:
        return "action_did_you_mean"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        said = heard(tracker)
        guess, offered = choose(catalogue(), said)
        slots = tracker.current_slot_values()
        helped = guess is not None and catalogue().topics[guess].services
        if not helped and (find_service.seeks_help(said) or find_service.returns(said, slots)):
            guess = "find_service"
        events: list[Event] = []
        if guess:
            replies, events = answer(guess, said, slots)
            for reply in replies:
                utter(dispatcher, said, reply)
        utter(dispatcher, said, offered)
        return events


def choose(catalogue: Catalogue, said: Heard) -> tuple[str | None, Reply]:
    """Return the topic to answer, if one stands out, and the reply that offers others."""
    topics = likely(catalogue, said)
    again = said.last == "did_you_mean"
    if not stands_out(topics[0], said.chances):
        return None, offer(catalogue, said.language, "ask", topics[:MOST], again)
    return topics[0], offer(catalogue, said.language, "beside", topics[1 : MOST + 1], again)


def stands_out(topic: str, chances: Mapping[str, float]) -> bool:
    """Say whether *topic* is likely enough to answer, and nothing else is likelier."""
    others = (chance for name, chance in chances.items() if name != "nlu_fallback")
    return chances.get(topic, 0.0) >= max(GUESSED, *others, 0.0)


def offer(
    catalogue: Catalogue, language: Language, how: str, topics: list[str], again: bool
) -> dict[str, Any]:
    """Offer *topics*; the second time in a row, in other words and with a person to ring."""
    named = [*topics, "talk_to_person"] if again else topics
    buttons = [button(topic, catalogue, language) for topic in named]
    text = say(f"did_you_mean.{how}{'_again' if again else ''}", language)
    return envelope(text, language, topic="did_you_mean", buttons=buttons)


def likely(catalogue: Catalogue, said: Heard) -> list[str]:
    """Choose topics worth offering, likeliest first; danger is not offered on a mere chance."""
    fit = [
        name
        for name in said.ranking
        if name in catalogue.topics
        and name not in CONVERSATIONAL
        and (name not in DANGER or said.chances.get(name, 0.0) >= FEARED)
    ]
    return fit or list(USUAL)
