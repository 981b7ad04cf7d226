"""A topic by its words alone: what the gateway answers with while the engine is down; pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.words import fold, tokens

CLEAR = 1.0
"""How far (log-odds) the best topic must lead the second before it is answered."""
_SMOOTHING = 0.1


@dataclass(frozen=True)
class Keywords:
    """Log-likelihood of each word in each topic, and of a word the topic was never seen with."""

    words: Mapping[str, Mapping[str, float]]
    unseen: Mapping[str, float]

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return topics with their scores, likeliest first; empty if no word is known."""
        known = [self.words[word] for word in tokens(fold(text)) if word in self.words]
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
        counts[topic].update(set(tokens(fold(text))))
    vocabulary = Counter(word for counter in counts.values() for word in counter)
    # By messages, not by words: topics of few or short messages would win every common word.
    totals = {topic: said + 2 * _SMOOTHING for topic, said in heard.items()}
    words = {
        word: {
            topic: math.log((counter[word] + _SMOOTHING) / totals[topic])
            for topic, counter in counts.items()
            if counter[word]
        }
        for word in vocabulary
        if len(word) > 1
    }
    unseen = {topic: math.log(_SMOOTHING / total) for topic, total in totals.items()}
    return Keywords(words, unseen)
