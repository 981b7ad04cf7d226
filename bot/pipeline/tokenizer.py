"""Rasa's tokenizer for a mixed Welsh and English message."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.words import spans


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BilingualTokenizer(Tokenizer):
    """Splits a message into words, with Welsh and English clitics apart."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            # Rasa's Tokenizer asks for these two: we never split intent names.
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            # Splits words further where this pattern matches; None leaves them whole.
            "token_pattern": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BilingualTokenizer:
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        found = spans(message.get(attribute))
        return [Token(word.text, word.start) for word in found] or [Token("-", 0)]
