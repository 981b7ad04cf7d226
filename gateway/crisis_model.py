"""A small frozen model for what patterns cannot say: pure Python, trained by `gateway.train_watch`.

One row of whole numbers per feature bucket, one column per kind; a logistic curve on their sum. A
message is read whole and sentence by sentence, and the most worrying reading counts.
"""

from __future__ import annotations

import base64
import json
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from gateway.crisis_patterns import KINDS, PATTERNS

MODEL = PATTERNS / "watch.json"
BUCKETS = 1 << 16
_LETTERS = (3, 4, 5)
_LONGEST_WORD = 16
_SHORTEST_SENTENCE = 4  # words: a shorter one says too little alone
_MOST_SENTENCES = 40


@dataclass(frozen=True)
class Model:
    """Frozen weights and the thresholds chosen for them."""

    weights: array[int]
    """Row by row: for each bucket one signed byte per kind and one for any alarm."""
    scales: tuple[float, ...]
    biases: tuple[float, ...]
    threshold: float

    @classmethod
    def load(cls, path: Path = MODEL) -> Model | None:
        """Read a model; None where there is none, and patterns work alone."""
        if not path.is_file():
            return None
        held = json.loads(path.read_text("utf-8"))
        weights = array("b", base64.b85decode(held["weights"]))
        return cls(weights, tuple(held["scales"]), tuple(held["biases"]), held["threshold"])

    def kinds(self, plain: str) -> tuple[str, ...]:
        """Return the kind of alarm that *plain* sounds like; nothing below the threshold."""
        best = max((self.scores(part) for part in parts(plain)), key=lambda scores: scores[-1])
        if best[-1] < self.threshold:
            return ()
        return (max(zip(best, KINDS, strict=False))[1],)

    def scores(self, plain: str) -> tuple[float, ...]:
        """Return the likelihood of each kind, and last of any alarm at all."""
        width = len(self.scales)
        sums = [0] * width
        rows = [bucket * width for bucket in buckets(plain)]
        for column in range(width):
            sums[column] = sum([self.weights[row + column] for row in rows])
        length = norm(len(rows))
        found = zip(sums, self.scales, self.biases, strict=True)
        return tuple(_likelihood(total * scale * length + bias) for total, scale, bias in found)


def parts(plain: str) -> list[str]:
    """Return *plain* whole, then each of its sentences that says enough."""
    sentences = [f" {part.strip()}" for part in plain.split(" .")]
    long = [part for part in sentences if part.count(" ") >= _SHORTEST_SENTENCE]
    return [plain, *(long[:_MOST_SENTENCES] if len(sentences) > 1 else [])]


def buckets(plain: str) -> set[int]:
    """Return the buckets of the features of *plain*."""
    return {crc32(name.encode("utf-8", "replace")) % BUCKETS for name in features(plain)}


def features(plain: str) -> Iterator[str]:
    """Yield words, pairs, triples, pairs with a gap, and runs of letters within words."""
    words = [word[:_LONGEST_WORD] for word in plain.split()]
    for word in set(words):
        yield word
        framed = f"^{word}$"
        for size in _LETTERS:
            yield from (framed[at : at + size] for at in range(len(framed) - size + 1))
    for first, second in zip(words, words[1:], strict=False):
        yield f"{first} {second}"
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        yield f"{first} {second} {third}"
        yield f"{first} _ {third}"


def norm(count: int) -> float:
    """Return the weight of each of *count* features, so that long messages do not shout."""
    return 1.0 / math.sqrt(count) if count else 0.0


def _likelihood(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value))))
