"""Rasa's shell round the topic classifier."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.classify import TopicModel
from bot.context import SOCIAL, question
from bot.examples import examples


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Ranks the topics a message may mean; see `bot.classify`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Holds weights down less the higher it is (scikit-learn's C).
            "C": 0.3,
        }

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._model: TopicModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = TopicModel.load(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        said = list(examples())  # not *training_data*: see `bot.importer`
        texts, intents = [each.text for each in said], [each.intent for each in said]
        self._model = TopicModel.train(texts, intents, C=self._config["C"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranked = asked(self._model, message.get(TEXT) or "") if self._model else []
            ranking = [{"name": name, "confidence": sure} for name, sure in ranked]
            best = ranking[0] if ranking else {"name": "nlu_fallback", "confidence": 0.0}
            message.set(INTENT, best, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def asked(model: TopicModel, text: str) -> list[tuple[str, float]]:
    """Rank what *text* asks; thanks or a greeting before a question is not the whole of it."""
    ranked = model.rank(text)
    rest = question(text) if ranked[0][0] in SOCIAL else None
    again = model.rank(rest) if rest else ranked
    return ranked if again[0][0] in SOCIAL else again
