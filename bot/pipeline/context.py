"""Reads a short message in the light of the talk so far."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.context import Reading, Talk, resolve
from bot.words import tokens

NAMES = ("prison", "place", "postcode")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ContextResolver(GraphComponent, IntentClassifier):
    """Replaces the intent of a fragment by the topic it continues; see `bot.context`."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ContextResolver:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(INTENT_RANKING_KEY):
                _resolve(message)
        return messages


def _resolve(message: Message) -> None:
    ranked = message.get(INTENT_RANKING_KEY)
    ranking = [Reading(entry["name"], entry["confidence"]) for entry in ranked]
    named = any(entity["entity"] in NAMES for entity in message.get(ENTITIES, []))
    words = len(tokens(message.get(TEXT) or ""))
    said = talk(message.get(METADATA) or {})
    read = resolve(ranking, words, named, said)
    again = {"entity": "again", "value": "yes" if read.intent == said.last else "no"}
    message.set(ENTITIES, [*message.get(ENTITIES, []), again], add_to_output=True)
    if read.intent == ranking[0].intent:
        return
    intent = {"name": read.intent, "confidence": read.confidence}
    rest = [entry for entry in ranked if entry["name"] != read.intent]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *_below(rest, read.confidence)], add_to_output=True)


def _below(ranked: list[dict[str, Any]], confidence: float) -> list[dict[str, Any]]:
    """Scale what is left so that the reading chosen by context stays clearly first."""
    left = max(0.0, 1.0 - confidence)
    total = sum(entry["confidence"] for entry in ranked) or 1.0
    factor = min(1.0, left / total, 0.5 * confidence / max(ranked[0]["confidence"], 1e-9))
    return [{**entry, "confidence": entry["confidence"] * factor} for entry in ranked]


def talk(metadata: dict[str, Any]) -> Talk:
    """Read what the gateway remembers of the conversation."""
    return Talk(
        topic=metadata.get("topic"),
        offered=tuple(metadata.get("offered") or ()),
        last=metadata.get("last"),
    )
