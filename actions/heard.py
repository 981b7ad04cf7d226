"""What an action needs to know of the message and the talk, read once from Rasa's tracker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.language import Language

Reply = dict[str, Any]
"""A public Message without its id."""
Event = dict[str, Any]
"""What Rasa is to remember, as rasa-sdk's events are."""


@dataclass(frozen=True)
class Heard:
    """One message, as far as answers depend on it."""

    text: str
    """The person's words, without personal details; never stored, never logged."""
    topic: str
    """The topic asked about: the intent, read in context."""
    language: Language
    prison: str | None
    place: str | None
    postcode: str | None
    ranking: tuple[str, ...]
    """Intents the message may have, likeliest first."""
    chances: Mapping[str, float]
    """How sure the engine is of each of them (0 to 1)."""
    danger: str | None
    """What danger this message may speak of."""
    about: str | None
    """The topic that the talk was about before this message."""
    last: str | None
    """What the last reply was: a topic or `did_you_mean`."""
    pressed: bool
    """True if a button was pressed, not words typed."""
    shown: int | None
    """How many services were shown before, where the person pressed "show more"."""
    only: str | None
    """What the search is narrowed to, where the person pressed a button for that."""
    named: frozenset[str]
    """Which of prison, place and postcode this very message names."""


def heard(tracker: Tracker) -> Heard:
    """Read *tracker*; a place named like a prison stands for it where no other prison is named."""
    message: dict[str, Any] = tracker.latest_message
    entities = {entry["entity"]: entry["value"] for entry in message.get("entities") or ()}
    metadata = message.get("metadata") or {}
    text = str(message.get("text") or "")
    pressed = text.startswith("/")
    return Heard(
        text="" if pressed else text,
        topic=str((message.get("intent") or {}).get("name")),
        language=Language(tracker.get_slot("language") or "cy"),
        prison=entities.get("prison") or entities.get("namesake") or tracker.get_slot("prison"),
        place=entities.get("place") or tracker.get_slot("place"),
        postcode=entities.get("postcode") or tracker.get_slot("postcode"),
        ranking=tuple(entry["name"] for entry in message.get("intent_ranking") or ()),
        chances={
            entry["name"]: entry["confidence"] for entry in message.get("intent_ranking") or ()
        },
        danger=entities.get("danger"),
        about=metadata.get("topic"),
        last=metadata.get("last"),
        pressed=pressed,
        shown=int(entities["shown"]) if str(entities.get("shown", "")).isdigit() else None,
        only=entities.get("only"),
        named=frozenset(entities) & {"prison", "place", "postcode", "namesake"},
    )


def utter(dispatcher: CollectingDispatcher, said: Heard, reply: Reply) -> None:
    """Say a whole Message: its text, and everything else as it stands.

    A reply that is about no prison of its own bears the one the talk is about.
    """
    rest = {key: value for key, value in reply.items() if key != "text"}
    rest["prison"] = reply["prison"] or said.prison
    rest["danger"] = said.danger
    dispatcher.utter_message(text=reply["text"], json_message=rest)
