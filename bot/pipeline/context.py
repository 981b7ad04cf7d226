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

from bot.context import Reading, Talk, numbers_first, resolve

NAMES = frozenset({"prison", "namesake", "place", "postcode"})
KEPT = 10
"""How many intents of the ranking are kept: more is never offered."""


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
    entities = message.get(ENTITIES, [])
    ranked = message.get(INTENT_RANKING_KEY)
    ranking = [Reading(entry["name"], entry["confidence"]) for entry in ranked]
    kinds = frozenset(entity["entity"] for entity in entities) & NAMES
    said = talk(message.get(METADATA) or {})
    read = resolve(message.get(TEXT) or "", ranking, kinds, said)[:KEPT]
    feared = {"entity": "danger", "value": numbers_first(ranking, read[0].intent) or "none"}
    again = {"entity": "again", "value": "yes" if read[0].intent == said.last else "no"}
    intents = [{"name": reading.intent, "confidence": reading.confidence} for reading in read]
    message.set(ENTITIES, [*entities, again, feared], add_to_output=True)
    message.set(INTENT, intents[0], add_to_output=True)
    message.set(INTENT_RANKING_KEY, intents, add_to_output=True)


def talk(metadata: dict[str, Any]) -> Talk:
    """Read what the gateway remembers of the conversation."""
    return Talk(
        topic=metadata.get("topic"),
        offered=tuple(metadata.get("offered") or ()),
        last=metadata.get("last"),
    )
