"""A topic by its words, and their pairs, alone: what the gateway answers with while the engine is down; pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.words import fold, tokens

CLEAR = 0.75
"""How far (log-odds) the best topic must lead the second before it is answered."""
_SMOOTHING = 0.1
_WORD_HEARD, _PAIR_HEARD, _PAIR_OWNED = 3, 9, 0.5
"""In how many messages a word, and a pair, must stand to be kept, and what share of a pair's one topic must have.

A gateway holds them all; a pair that is said of everything tells nothing.
"""


@dataclass(frozen=True)
class Keywords:
    """How much a word speaks for each topic against the rest (log-odds), and one the topic was never seen with."""

    words: Mapping[str, Mapping[str, float]]
    unseen: Mapping[str, float]

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return topics with their scores, likeliest first; empty if no word is known."""
        known = [self.words[term] for term in _terms(text) if term in self.words]
        if not known:
            return []
        scores = {
            topic: sum(word.get(topic, unseen) for word in known)
            for topic, unseen in self.unseen.items()
        }
        return sorted(scores.items(), key=lambda pair: -pair[1])

    def topic(self, text: str) -> str | None:
        """Return the topic that *text* clearly names, else None."""
        ranked = self.rank(text)
        if len(ranked) < 2 or ranked[0][1] - ranked[1][1] < CLEAR:
            return None
        return ranked[0][0]


def train(examples: Iterable[tuple[str, str]]) -> Keywords:
    """Count keywords from (topic, message) pairs."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    heard: Counter[str] = Counter()
    for topic, text in examples:
        heard[topic] += 1
        counts[topic].update(_terms(text))
    total: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for counter in counts.values():
        total.update(counter)
        most |= counter
    # By messages, not by words: topics of few or short messages would win every common word.
    rarity = {
        topic: math.log((heard.total() - said + 2 * _SMOOTHING) / (said + 2 * _SMOOTHING))
        for topic, said in heard.items()
    }
    words = {
        term: {
            topic: rarity[topic] + _for(counter[term], said)
            for topic, counter in counts.items()
            if counter[term]
        }
        for term, said in total.items()
        if _is_kept(term, said, most[term])
    }
    unseen = {topic: rare + math.log(_SMOOTHING) for topic, rare in rarity.items()}
    return Keywords(words, unseen)


def _is_kept(term: str, said: int, most: int) -> bool:
    if " " in term:
        return said >= _PAIR_HEARD and most >= said * _PAIR_OWNED
    return said >= _WORD_HEARD


def _for(here: int, everywhere: int) -> float:
    """Return how much a word speaks for a topic that has *here* of its uses."""
    elsewhere = everywhere - here + _SMOOTHING
    return math.log(here + _SMOOTHING) - math.log(elsewhere / (everywhere + _SMOOTHING))


def _terms(text: str) -> set[str]:
    """Return the words of *text* and their pairs."""
    said = tokens(fold(text))
    pairs = (f"{one} {two}" for one, two in zip(said, said[1:], strict=False))
    return {word for word in said if len(word) > 1}.union(pairs)
