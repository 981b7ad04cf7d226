"""From content to Rasa: the one seam between what editors write and what the engine is trained on.

Rasa silently keeps one of two responses with the same name, so responses never stand in
`bot/domain/`: they are built here, one variation per language, chosen by the `language` slot.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot import wording
from bot.catalogue.load import CONTENT, Catalogue, Topic, load
from bot.catalogue.message import message
from bot.examples import examples
from bot.language import Language

UNNAMED = ("conversation", "crisis")
"""Groups that a talk is never *about*: they leave the `topic` slot as it was."""


class ContentImporter(RasaFileImporter):
    """Rasa's own file importer, plus the intents, responses and rules that content implies."""

    def get_domain(self) -> Domain:
        return super().get_domain().merge(Domain.from_dict(domain(_content())))

    @cached_method
    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """Tell Rasa what may be meant, by one example each.

        The topic classifier reads `nlu/` itself: Rasa reads, sorts and copies its training data so often
        that as many examples as ours took longer to pass on than to learn (docs/decisions/0013).
        """
        one_each = {each.intent: each.text for each in examples()}
        return TrainingData([Message.build(text, intent) for intent, text in one_each.items()])

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        reader = YAMLStoryReader(self.get_domain())
        made = reader.read_from_parsed_yaml({"rules": list(rules(_content()))})
        return super().get_stories(exclusion_percentage).merge(StoryGraph(made))


def _content() -> Catalogue:
    folder = Path(os.environ.get("CYSWLLT_CONTENT", CONTENT))
    wording.load(folder)
    return load(folder)


def domain(catalogue: Catalogue) -> dict[str, Any]:
    """Return the part of Rasa's domain that follows from content."""
    named = [topic.name for topic in catalogue.asked if topic.group not in UNNAMED]
    mappings = [{"type": "from_intent", "intent": name, "value": name} for name in named]
    return {
        "version": "3.1",
        "intents": [{topic.name: {"use_entities": []}} for topic in catalogue.asked],
        "slots": {"topic": {"type": "text", "influence_conversation": False, "mappings": mappings}},
        "responses": responses(catalogue),
    }


def responses(catalogue: Catalogue) -> dict[str, list[dict[str, Any]]]:
    """Build every `utter_…`: one variation per language, and per state where wording differs."""
    built: dict[str, list[dict[str, Any]]] = {}
    for topic in catalogue.asked:
        built[f"utter_{topic.name}"] = [
            variation
            for language in Language
            for variation in _variations(catalogue, topic.name, language)
        ]
    return built


def _variations(catalogue: Catalogue, name: str, language: Language) -> Iterator[dict[str, Any]]:
    spoken = _when("language", language.value)
    if "again" in catalogue.answer(name, language).parts:
        for again, part in (("no", "text"), ("yes", "again")):
            said = message(catalogue, name, language, part=part)
            yield _response(said, spoken, _when("again", again))
    else:
        yield _response(message(catalogue, name, language), spoken)


def _when(slot: str, value: str | None) -> dict[str, Any]:
    return {"type": "slot", "name": slot, "value": value}


def _response(said: dict[str, Any], *conditions: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in said.items() if key != "text"}
    return {"text": said["text"], "custom": rest, "condition": list(conditions)}


def rules(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """Yield one plain rule a topic: what is asked, then its answer."""
    for topic in catalogue.asked:
        yield {
            "rule": f"answer {topic.name}",
            "steps": [{"intent": topic.name}, {"action": action(topic)}],
        }


def action(topic: Topic) -> str:
    """Name the action that answers a topic: written, or looked up in the directory."""
    return "action_answer" if topic.looked_up else f"utter_{topic.name}"
