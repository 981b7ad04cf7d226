"""The answer to any topic that is looked up, not only written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import find_service, prison_answer, service_details
from actions.heard import Event, Heard, Reply, heard, utter
from actions.resources import catalogue
from bot.catalogue.load import ON_TOPIC, Topic
from bot.catalogue.message import message


class ActionAnswer(Action):
    """Answers the topic that was understood."""

    def name(self) -> str:
        return "action_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        said = heard(tracker)
        replies, events = answer(said.topic, said, tracker.current_slot_values())
        for reply in replies:
            utter(dispatcher, said, reply)
        return events


def answer(topic: str, said: Heard, slots: Mapping[str, Any]) -> tuple[list[Reply], list[Event]]:
    """Answer *topic* as it would be had it been understood at once.

    Where a place and a kind of help are named too, what the directory has there comes with it.
    """
    part = topic if topic in ON_TOPIC and said.about else "text"
    about = catalogue().topics[said.about if part != "text" and said.about else topic]
    nearby = about.services and find_service.seeks_help(said)
    reply, events = _alone(about, part, replace(said, topic=about.name), slots)
    if not nearby:
        return [reply], events
    found, kept = find_service.answer(said, slots)
    own = [] if topic == "inform" else [reply]
    return [*own, found], [*events, *kept]


def _alone(
    about: Topic, part: str, said: Heard, slots: Mapping[str, Any]
) -> tuple[Reply, list[Event]]:
    if about.name == "find_service":
        return find_service.answer(said, slots, further=part == "more")
    if about.name == "service_details":
        return service_details.answer(said, slots)
    if about.prison:
        return prison_answer.answer(said, part)
    return message(catalogue(), about.name, said.language, part=part), []
