"""Which of the two languages a message is in: naive Bayes over words and their letters; pure.

Welsh as families write it (dialect, texting, English words in Welsh sentences) is in no packaged
detector, so the model is counted from our own training examples: docs/decisions/0004.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.language import Language
from bot.words import fold, tokens

SURE = 3.0
"""Log-odds from which a message of several words decides its own language (about 95 %)."""
SURE_ALONE = 4.5
"""Log-odds from which one or two words do: short words are often shared (bus, post, ok)."""

EVEN = 0.3
"""Log-odds under which a first message could as well be in either language."""


@dataclass(frozen=True)
class LanguageModel:
    """Log-odds Welsh : English of words and letter sequences; positive means Welsh."""

    words: Mapping[str, float]
    letters: Mapping[str, float]

    def score(self, text: str, neutral: frozenset[str] = frozenset()) -> float:
        """Return the log-odds that *text* is Welsh; words in *neutral* (names) say nothing."""
        said = [word for word in _words(text) if word not in neutral]
        return sum(self._word(word) for word in said)

    def _word(self, word: str) -> float:
        known = self.words.get(word)
        if known is not None:
            return known
        grams = list(_grams(word))
        return _clip(sum(self.letters.get(gram, 0.0) for gram in grams) / math.sqrt(len(grams)))


def identify(
    model: LanguageModel, text: str, neutral: frozenset[str] = frozenset()
) -> Language | None:
    """Name the language of *text*, or None where its words do not decide."""
    score = model.score(text, neutral)
    count = sum(1 for word in _words(text) if word not in neutral)
    if abs(score) < (SURE_ALONE if count <= 2 else SURE):
        return None
    return Language.WELSH if score > 0 else Language.ENGLISH


def lean(model: LanguageModel, text: str, neutral: frozenset[str] = frozenset()) -> Language | None:
    """Name the likelier language of a message that nothing came before; None on a tie."""
    score = model.score(text, neutral)
    if abs(score) < EVEN:
        return None
    return Language.WELSH if score > 0 else Language.ENGLISH


def train(examples: Iterable[tuple[Language, str]]) -> LanguageModel:
    """Count a model from (language, message) pairs."""
    words: dict[Language, Counter[str]] = {language: Counter() for language in Language}
    letters: dict[Language, Counter[str]] = {language: Counter() for language in Language}
    for language, text in examples:
        words[language].update(_words(text))
    for language, said in words.items():  # each word's letters once, however often it is said
        for word, times in said.items():
            for gram in _grams(word):
                letters[language][gram] += times
    return LanguageModel(
        words={w: _clip(o) for w, o in _odds(words, 0.4).items() if _seen(words, w) >= 3},
        letters={g: o for g, o in _odds(letters, 1.0).items() if _seen(letters, g) >= 4},
    )


def _odds(counts: Mapping[Language, Counter[str]], smoothing: float) -> dict[str, float]:
    welsh, english = counts[Language.WELSH], counts[Language.ENGLISH]
    scale = math.log((english.total() + 1) / (welsh.total() + 1))
    return {
        key: math.log((welsh[key] + smoothing) / (english[key] + smoothing)) + scale
        for key in welsh.keys() | english.keys()
    }


def _seen(counts: Mapping[Language, Counter[str]], key: str) -> int:
    return sum(counter[key] for counter in counts.values())


def _clip(value: float, limit: float = 6.0) -> float:
    return max(-limit, min(limit, value))


def _words(text: str) -> list[str]:
    return [word for word in tokens(fold(text)) if any(letter.isalpha() for letter in word)]


def _grams(word: str) -> Iterator[str]:
    marked = f"^{word}$"
    for size in (1, 2, 3, 4):
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]
