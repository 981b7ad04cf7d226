"""What a Welsh or English message means, as numbers: a small student of MiniLM in plain NumPy.

Words, their letters and pairs of words are hashed to rows of a table; their mean goes through two
layers to a vector of length one that lies near what MiniLM gives the English of the same message.
How it was made, from what, and how good it is: encoder/README.md.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.words import fold, tokens

MODEL = Path(__file__).parents[1] / "encoder" / "model" / "student.npz"
BUCKETS = 65_536
LETTERS = (3, 4, 5)
"""Lengths of the pieces of words that are looked at."""


def buckets(text: str) -> list[int]:
    """Return the rows of the table that the words and letters of *text* fall on."""
    said = tokens(fold(text))
    found = [bucket for word in said for bucket in _of_word(word)]
    found += [_bucket(f"b{one} {two}") for one, two in zip(said, said[1:])]
    return found or [0]


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> tuple[int, ...]:
    return (_bucket("w" + word), *(_bucket(piece) for piece in _pieces(f"<{word}>")))


def _pieces(word: str) -> Iterator[str]:
    for length in LETTERS:
        yield from (word[at : at + length] for at in range(len(word) - length + 1))


def _bucket(feature: str) -> int:
    return zlib.crc32(feature.encode()) % BUCKETS


class Encoder:
    """Turns messages into vectors of meaning."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self._rows = weights["rows"]
        self._scales = weights["scales"].astype(np.float32)
        names = ("hidden", "hidden_bias", "out", "out_bias", "skip", "skip_bias")
        self._dense = [weights[name].astype(np.float32) for name in names]

    @classmethod
    def load(cls, path: Path = MODEL) -> Encoder:
        """Read the table and layers that encoder/train.py wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls({name: file[name] for name in file.files})

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return one unit vector for each of *texts*."""
        means = np.stack([self._mean(text) for text in texts])
        hidden, hidden_bias, out, out_bias, skip, skip_bias = self._dense
        inner = np.maximum(means @ hidden + hidden_bias, 0.0)
        vectors = inner @ out + out_bias + means @ skip + skip_bias
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def _mean(self, text: str) -> np.ndarray:
        at = buckets(text)
        return (self._rows[at] * self._scales[at, None]).mean(axis=0)
