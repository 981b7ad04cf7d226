"""Finds named services and ages with spaCy's matchers; no language model is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import Matcher, PhraseMatcher

from bot.words import fold

YEARS = ["oed", "mlwydd", "year", "years", "yr", "yrs", "mis", "month", "months"]
AGES = [
    [{"IS_DIGIT": True, "LENGTH": {"<=": 2}}, {"ORTH": "-", "OP": "?"}, {"LOWER": {"IN": YEARS}}],
    [{"LOWER": {"IN": ["aged", "age", "oedran"]}}, {"IS_DIGIT": True, "LENGTH": {"<=": 2}}],
    [{"LOWER": {"IN": ["'s", "'n", "is", "yn"]}}, {"IS_DIGIT": True, "LENGTH": {"<=": 2}}],
]
SHORTEST = 4
"""Letters a service's name needs to be found by: shorter ones are ordinary words."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SpacyNames(GraphComponent):
    """Adds `service` (an id of the directory) and `age` entities."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Reads the names of services from this file.
            "services": "directory/data/services.yml",
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._nlp = spacy.blank("xx")
        self._names = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        self._ages = Matcher(self._nlp.vocab)
        self._ages.add("age", AGES)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyNames:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpacyNames:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            for service, names in json.loads((folder / "names.json").read_text()).items():
                component._names.add(service, [component._nlp.make_doc(name) for name in names])
        return component

    def train(self, training_data: TrainingData) -> Resource:
        read = yaml.load(Path(self._config["services"]).read_text("utf-8"), yaml.CSafeLoader)
        names = {service["id"]: sorted(spellings(service)) for service in read["services"]}
        with self._storage.write_to(self._resource) as folder:
            (folder / "names.json").write_text(json.dumps(names))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            # Folding may change the length, so only values are taken from the folded text.
            doc = self._nlp.make_doc(fold(message.get(TEXT) or ""))
            found = [*self._services(doc), *self._age(doc)]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _services(self, doc: Any) -> Iterator[dict[str, Any]]:
        matches = sorted(self._names(doc), key=lambda match: match[1] - match[2])
        for name, _, _ in matches[:1]:
            service = self._nlp.vocab.strings[name]
            yield {"entity": "service", "value": service, "extractor": "SpacyNames"}

    def _age(self, doc: Any) -> Iterator[dict[str, Any]]:
        for _, start, end in self._ages(doc)[:1]:
            number = next(token.text for token in doc[start:end] if token.is_digit)
            yield {"entity": "age", "value": number, "extractor": "SpacyNames"}


def spellings(service: dict[str, Any]) -> set[str]:
    """Return the folded ways a service's name is written: whole, before a bracket, inside it."""
    found: set[str] = set()
    for name in (
        service.get("name_cy"),
        service.get("name_en"),
        *(service.get("alternate_names") or ()),
    ):
        head, _, rest = (name or "").partition("(")
        found.update({fold(head).strip(), fold(rest.strip(") ")).strip()})
    return {name for name in found if len(name) >= SHORTEST}
