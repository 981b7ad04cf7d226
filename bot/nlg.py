"""Rasa's response generator, made to fill only the settings that content may name."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

from bot.settings import settings
from bot.wording import fill


class WrittenAnswers(TemplatedNaturalLanguageGenerator):
    """Chooses a written answer by slot, as Rasa does, and never lets slot values into its text.

    Rasa would interpolate every `{slot}`: what a person said must not be echoed into an answer. The
    only things a reply bears of them are the prison that the talk is about, and what danger was heard.
    """

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        super().__init__(domain.responses if domain else {})
        self._shown = settings().shown

    def _fill_response(
        self, response: dict[str, Any], filled_slots: Any = None, **kwargs: Any
    ) -> dict[str, Any]:
        said = response["custom"]
        prison = said["prison"] or (filled_slots or {}).get("prison")
        text = fill(response["text"], self._shown)
        danger = (filled_slots or {}).get("danger")
        return {**response, "text": text, "custom": {**said, "prison": prison, "danger": danger}}
