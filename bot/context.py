"""What a short message means in the talk so far; pure.

People do not repeat themselves: "a beth am Abertawe?", "is it free", "yes". The classifier sees one
message; this decides, with the topic of the last answer, which topic that message continues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.refining import refines
from bot.words import fold, spans, tokens

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
SOCIAL = frozenset(["greet", "goodbye", "thanks", "affirm", "deny", "stop"])
"""Intents that often only open or close a message that asks something else."""
HARMLESS = SOCIAL | {"help", "about_bot", "talk_to_person", "privacy", "more", "repeat", "simpler"}
"""Intents about the talk whose answer is never wrong enough to ask back first."""
LIKELY = 0.4
"""Confidence from which those are answered."""
APOLOGIES = frozenset({"out_of_scope", "frustration", "did_you_mean"})
"""Answers that must not be given twice in a row in the same words."""
ANSWERED = 0.8
"""Confidence from which a topic is answered without asking back: `threshold` in config.yml."""
CARRIED = ((4, 16.0), (8, 12.0), (12, 2.0))
"""How much likelier the topic of the talk is than another, by the most words a message may have.

Fitted on tests/conversations/follow_ups.yml against held-out messages asked after another topic, by
`make bench-understanding`: docs/understanding.md.
"""
WORRY = "worried_about_prisoner"
"""The one danger that is also an ordinary question: its own answer, too, says whom to ring."""
DANGER = frozenset(["crisis_self", "crisis_child", "domestic_abuse", "emergency", WORRY])
"""Topics where missing a message costs more than asking gently without need."""
WARY = 0.15
"""Certainty, of all of `DANGER` together, from which the numbers of its likeliest topic are shown."""
ASIDE = 0.2
"""Certainty from which another topic is answered after those numbers."""
GOES_ON = 10.0
"""How much likelier still where the message says that it goes on: "and letters too?"."""
PLACED = frozenset({"find_service", "service_details", "getting_there", "visit_costs"})
"""Topics for which a place is a detail: after any other, a place alone asks who helps there."""

VISITED = frozenset(
    [
        "book_visit",
        "visit_change",
        "visit_first_time",
        "visit_children",
        "visit_id",
        "visit_dress_code",
        "visit_what_to_bring",
        "visit_access_needs",
        "getting_there",
        "prison_contact",
    ]
)
"""Topics after which a day alone asks when visits are."""

_DAY = re.compile(
    r"\b((mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|dd?ydd (llun|mawrth|mercher|iau|gwener"
    r"|sadwrn|sul)|nos wener|penwythnos(au)?)\b"
)
_FRAGMENT = 8
_GOING_ON = re.compile(
    r"^(and|but|or|what about|how about|what if|a|ac|ond|neu|beth am|be am|a be|beth os|be os)\b"
    r"|\b(too|as well|also|hefyd)\W*$"
)
_OPENING = """
    ok okay right iawn diolch thanks thank you yn fawr hi hiya hello helo hey shwmae smae sorry sori oh o
    wait anyway gret great brilliant cheers ta bore prynhawn noswaith da good morning afternoon evening there
    so very much for all your that everything i chi ti am eich dy bopeth hynny hynna
"""
_OPENINGS = frozenset(_OPENING.split())
_CLAUSE = re.compile(r"[.!?\n]+")


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


def danger(ranking: Sequence[Reading]) -> str | None:
    """Return what danger a message may speak of, where that is likely enough to show the numbers."""
    heard = {reading.intent: reading.confidence for reading in ranking if reading.intent in DANGER}
    return max(heard, key=heard.__getitem__) if sum(heard.values()) >= WARY else None


def numbers_first(ranking: Sequence[Reading], answered: str) -> str | None:
    """Return the danger whose numbers come before *answered*; worry's own answer has them itself."""
    feared = danger(ranking)
    return None if feared == answered == WORRY else feared


def _besides(feared: str, ranking: Sequence[Reading]) -> list[Reading]:
    """Rank what a message that may speak of danger asks besides; the danger, where it asks nothing.

    Worry about the prisoner is itself a question: it is answered alone where it is the likelier one.
    """
    other = next((r for r in ranking if r.intent not in DANGER | CONVERSATIONAL), None)
    if other is None or other.confidence < ASIDE:
        return _led_by(feared, ranking)
    worry = next((r.confidence for r in ranking if r.intent == WORRY), 0.0)
    if feared == WORRY and worry >= other.confidence:
        return _led_by(feared, ranking)
    return _led_by(other.intent, [reading for reading in ranking if reading.intent not in DANGER])


def resolve(
    text: str, ranking: Sequence[Reading], kinds: frozenset[str], talk: Talk
) -> list[Reading]:
    """Rank what *text* may mean again, in the light of *talk*; best first.

    *ranking* is the classifier's, all of it; *kinds* are those of the names in the message: prison,
    namesake (a prison that bears a place's name), place, postcode.
    """
    chances = {reading.intent: reading.confidence for reading in ranking}
    if feared := danger(ranking):
        return _besides(feared, ranking)
    if ranking[0].intent == "affirm" and talk.offered:
        return _led_by(talk.offered[0], ranking)
    if talk.topic == "find_service" and refines(text):
        return _led_by("find_service", ranking)
    if talk.topic is None:
        alone = {intent: chance for intent, chance in chances.items() if intent != "follow_up"}
        read = _ranked(alone or chances)
    else:
        read = _continued(text, chances, kinds, talk.topic)
    best = read[0]
    return (
        _led_by(best.intent, read)
        if best.intent in HARMLESS and best.confidence >= LIKELY
        else read
    )


def _continued(
    text: str, chances: Mapping[str, float], kinds: frozenset[str], topic: str
) -> list[Reading]:
    """Weigh the topic of the talk; what only makes sense after it counts for it."""
    asked_on = {name: chances.get(name, 0.0) for name in ("follow_up", "repeat", "inform")}
    weighed = {name: chance for name, chance in chances.items() if name not in asked_on}
    itself = weighed.get(topic, 0.0) * _weight(text)
    detail = _detailed(text, kinds, topic)
    weighed[topic] = itself + asked_on["follow_up"] + asked_on["repeat"]
    weighed[detail] = weighed.get(detail, 0.0) + asked_on["inform"]
    ranked = _ranked(weighed)
    best = ranked[0].intent
    if best == topic and not kinds and asked_on["follow_up"] > max(itself, asked_on["repeat"]):
        return _led_by("more", ranked)
    return _led_by(best, ranked) if best in (topic, detail) else ranked


def _weight(text: str) -> float:
    words = len(tokens(text))
    weight = next((weight for most, weight in CARRIED if words <= most), 1.0)
    goes_on = words <= _FRAGMENT and _GOING_ON.search(fold(text))
    return weight * GOES_ON if goes_on else weight


def _detailed(text: str, kinds: frozenset[str], topic: str) -> str:
    """Return the topic that a detail alone is about."""
    if topic in VISITED and _DAY.search(fold(text)):
        return "visit_times"
    elsewhere = kinds & {"place", "postcode"} and not kinds & {"prison", "namesake"}
    return "find_service" if elsewhere and topic not in PLACED else topic


def _ranked(weighed: Mapping[str, float]) -> list[Reading]:
    total = sum(weighed.values()) or 1.0
    readings = [Reading(intent, chance / total) for intent, chance in weighed.items()]
    return sorted(readings, key=lambda reading: -reading.confidence)


def _led_by(intent: str, ranking: Sequence[Reading]) -> list[Reading]:
    """Put *intent* first, as sure as an answer needs: what the talk settles is not asked back."""
    sure = max(ranking[0].confidence, ANSWERED)
    rest = [reading for reading in ranking if reading.intent != intent]
    most = max((reading.confidence for reading in rest), default=0.0)
    left = min(
        1.0, (1.0 - sure) / (sum(r.confidence for r in rest) or 1.0), sure / 2 / (most or 1.0)
    )
    return [Reading(intent, sure), *(Reading(r.intent, r.confidence * left) for r in rest)]


def question(text: str) -> str | None:
    """Return what a message asks besides greeting or thanking; None where that is all it does."""
    said = spans(text)
    opening = next((at for at, word in enumerate(said) if fold(word.text) not in _OPENINGS), None)
    if opening is None:
        return None
    rest = text[said[opening].start :] if opening else _longest_clause(text)
    return rest if rest and len(tokens(rest)) > 1 else None


def _longest_clause(text: str) -> str | None:
    clauses = [clause.strip() for clause in _CLAUSE.split(text) if clause.strip()]
    return max(clauses, key=len) if len(clauses) > 1 else None
