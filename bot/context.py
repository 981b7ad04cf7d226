"""What a short message means in the talk so far; pure.

People do not repeat themselves: "a beth am Abertawe?", "is it free", "yes". The classifier sees one
message; this decides, with the topic of the last answer, which topic that message continues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CONVERSATIONAL = frozenset(
    [
        "greet",
        "goodbye",
        "thanks",
        "affirm",
        "deny",
        "help",
        "about_bot",
        "privacy",
        "change_language",
        "talk_to_person",
        "frustration",
        "out_of_scope",
        "inform",
        "repeat",
        "simpler",
        "more",
        "stop",
        "delete_chat",
        "follow_up",
    ]
)
"""Intents about the talk itself: never a topic that a later message can continue."""
APOLOGIES = frozenset({"out_of_scope", "frustration", "did_you_mean"})
"""Answers that must not be given twice in a row in the same words."""
SHORT = 5
"""Words up to which a message may be a fragment of the question before it."""
UNSURE = 0.35
"""Confidence below which a fragment is read as going on with the talk."""
ANSWERED = 0.5
"""Confidence from which a topic is answered without asking back: `threshold` in config.yml."""


@dataclass(frozen=True)
class Talk:
    """What is remembered of a conversation: topics, never words."""

    topic: str | None = None
    """The topic of the last answer that had one."""
    offered: tuple[str, ...] = ()
    """Topics on the buttons of the last reply, best first, where it asked "did you mean"."""
    last: str | None = None
    """What the last reply was, a topic or `did_you_mean`."""


@dataclass(frozen=True)
class Reading:
    """The intent a message is taken to have, and how sure that is (0 to 1)."""

    intent: str
    confidence: float


def resolve(ranking: Sequence[Reading], words: int, named: bool, talk: Talk) -> Reading:
    """Read a message in the light of *talk*.

    *ranking* is the classifier's, best first; *words* the length of the message; *named* whether it
    names a prison, a place or a postcode.
    """
    best = ranking[0]
    if best.intent == "affirm" and talk.offered:
        return _settled(talk.offered[0], best.confidence)
    if talk.topic is None:
        return _without_topic(ranking)
    if best.intent == "repeat" or (best.intent == "inform" and talk.topic):
        return _settled(talk.topic, best.confidence)
    if best.intent == "follow_up":
        return _follow_up(ranking, talk.topic)
    if words <= SHORT and best.confidence < UNSURE:
        return _fragment(ranking, named, talk.topic)
    return best


def _without_topic(ranking: Sequence[Reading]) -> Reading:
    """A fragment with nothing before it: the best reading that stands on its own."""
    if ranking[0].intent != "follow_up":
        return ranking[0]
    return next((reading for reading in ranking if reading.intent != "follow_up"), ranking[0])


def _follow_up(ranking: Sequence[Reading], topic: str) -> Reading:
    """A question about the last answer: more of it, or that topic itself if it is named again."""
    second = ranking[1] if len(ranking) > 1 else ranking[0]
    if second.intent == topic and second.confidence > 0.2:
        return _settled(topic, ranking[0].confidence)
    return _settled("more", ranking[0].confidence)


def _fragment(ranking: Sequence[Reading], named: bool, topic: str) -> Reading:
    if named:
        return _settled(topic, UNSURE)
    scores: Mapping[str, float] = {reading.intent: reading.confidence for reading in ranking}
    if scores.get(topic, 0.0) >= 0.4 * ranking[0].confidence:
        return _settled(topic, max(UNSURE, ranking[0].confidence))
    return ranking[0]


def _settled(intent: str, confidence: float) -> Reading:
    """Read *intent* from the talk: what the talk settles is answered without asking back."""
    return Reading(intent, max(confidence, ANSWERED) if confidence >= UNSURE else confidence)
