"""Finds prisons, places and outward postcodes, in either language and mutated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.gazetteer import Gazetteer, Mention


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class GazetteerEntityExtractor(GraphComponent):
    """Adds `prison`, `place` and `postcode` entities whose values are ids of the directory.

    The names are copied into the model when it is trained, so that a release is whole in itself.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Reads the names of prisons from this file.
            "prisons": "directory/data/prisons.yml",
            # Reads the names of towns, villages and counties from this file.
            "places": "directory/data/places.yml",
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._gazetteer: Gazetteer | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GazetteerEntityExtractor:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GazetteerEntityExtractor:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._gazetteer = Gazetteer.load(folder / "prisons.yml", folder / "places.yml")
        return component

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            for name in ("prisons", "places"):
                (folder / f"{name}.yml").write_bytes(Path(self._config[name]).read_bytes())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self._gazetteer is None:
                continue
            mentions = self._gazetteer.find(message.get(TEXT) or "")
            found = [entity(mention) for mention in mentions] + namesakes(mentions)
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def entity(mention: Mention) -> dict[str, Any]:
    """Return a mention as Rasa's entity."""
    return {
        "entity": mention.kind,
        "value": mention.id,
        "start": mention.start,
        "end": mention.end,
        "extractor": "GazetteerEntityExtractor",
    }


def namesakes(mentions: list[Mention]) -> list[dict[str, Any]]:
    """Return the prison that bears a place's name: "a beth am Abertawe?" asks about it in a talk
    about visits, and about the town in a talk about services; the answer knows which."""
    return [
        {"entity": "namesake", "value": mention.prison, "extractor": "GazetteerEntityExtractor"}
        for mention in mentions
        if mention.prison
    ][:1]
