"""Questions that people send to the editors of their own will: redacted, short, never of danger.

Nothing is kept until the button is pressed. What would be sent travels in the button itself, signed
for its conversation, so that no server holds words in the meantime.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.language import Language
from bot.wording import say
from gateway import tickets
from gateway.payload import BadPayload
from gateway.redaction import NOTHING_LEFT, Redacted

SEND = "send_question"
"""What the button's payload begins with; no topic may have this name."""
LONGEST_QUESTION = 300
"""Characters that may be sent: a longer message tells a story, by which a family can be known."""
LONGEST_PAYLOAD = 2000
"""Characters of a payload: the longest question fits, sealed."""
UNANSWERED = frozenset({"did_you_mean", "out_of_scope"})
"""Replies after which a question may be sent."""


@dataclass(frozen=True)
class Question:
    """One question as the editors would see it."""

    text: str
    """The person's words, without personal details."""
    language: Language
    guesses: tuple[str, ...]
    """Topics that were offered or answered, likeliest first."""
    why: str
    """`unclear`, or what the person said of an answer: `no` or `wrong`."""


def worth_sending(
    clean: Redacted, messages: Sequence[Mapping[str, Any]], why: str = "unclear"
) -> Question | None:
    """Return what the editors would see of a message that was not understood; None if nothing."""
    text = " ".join(clean.text.split())
    if text in ("", NOTHING_LEFT) or len(text) > LONGEST_QUESTION:
        return None
    offered = [button["topic"] for entry in messages for button in entry["buttons"]]
    named = [*(entry["topic"] for entry in messages), *offered]
    guesses = dict.fromkeys(name for name in named if name and name not in UNANSWERED)
    language = Language(messages[-1]["language"])
    return Question(text, language, tuple(guesses)[:4], why)


def offered(
    messages: Sequence[dict[str, Any]], question: Question, secret: str, key: str
) -> list[dict[str, Any]]:
    """Return *messages* with the offer to send, and what it means, where we did not understand."""
    payload = f"{SEND}?{_sealed(question, secret, key)}"
    if len(payload) > LONGEST_PAYLOAD:
        return list(messages)
    language = question.language
    at = max(i for i, entry in enumerate(messages) if entry["topic"] in UNANSWERED)
    unsure = messages[at]
    button = {"title": say("question.send", language), "payload": payload, "topic": None}
    text = f"{unsure['text']}\n\n{say('question.offer', language)}"
    changed = {**unsure, "text": text, "buttons": [*unsure["buttons"], button]}
    return [*messages[:at], changed, *messages[at + 1 :]]


def pressed(payload: str, secret: str, key: str) -> Question | None:
    """Read the button; None where it is another one, BadPayload where it is not of this talk."""
    name, _, sealed = payload.partition("?")
    if name != SEND:
        return None
    try:
        packed = zlib.decompress(tickets.unseal(secret, key, sealed))
    except (tickets.BadTicket, zlib.error) as error:
        raise BadPayload("not a question of this conversation") from error
    text, language, guesses, why = json.loads(packed)
    return Question(text, Language(language), tuple(guesses), why)


def _sealed(question: Question, secret: str, key: str) -> str:
    values = [question.text, question.language.value, question.guesses, question.why]
    packed = zlib.compress(json.dumps(values, ensure_ascii=False).encode(), 9)
    return tickets.seal(secret, key, packed)
