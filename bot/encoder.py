"""What a message means, as numbers: our own small sentence encoder of each language, in one space.

English is read by a network under onnxruntime; Welsh by a smaller one in NumPy that was taught to put
a Welsh message where its English meaning lies. What they were made from: encoder/README.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import onnxruntime
from scipy.special import erf
from tokenizers import BertWordPieceTokenizer

from bot.language import Language
from bot.language_id import LanguageModel, lean
from bot.words import fold, tokens

MODEL = Path(__file__).parents[1] / "encoder" / "model"
WIDTH = 384
"""Numbers a message becomes."""
LONGEST = 64
"""Word pieces read of an English message: what a family writes rarely has more."""
_AT_ONCE = 64


class Encoder:
    """Turns messages into vectors of length one; like meanings lie near one another."""

    def __init__(self, folder: Path = MODEL) -> None:
        self._readers = {Language.WELSH: Welsh(folder), Language.ENGLISH: English(folder)}

    def encode(self, texts: list[str], language: Language) -> np.ndarray:
        """Return one row of `WIDTH` numbers for each text."""
        return self._readers[language].encode(texts)


class English:
    """Reads word pieces with a network of six layers."""

    def __init__(self, folder: Path = MODEL) -> None:
        self._tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = (
            1  # a message is short: more threads only wait for each other
        )
        self._session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options)

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one row of `WIDTH` numbers for each text."""
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        chosen = [by_length[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE)]
        if len(chosen) == 1:
            return self._batch(texts)
        with ThreadPoolExecutor(os.cpu_count()) as workers:  # onnxruntime lets go of the lock
            read = workers.map(lambda batch: self._batch([texts[at] for at in batch]), chosen)
            for batch, found in zip(chosen, read, strict=True):
                vectors[batch] = found
        return vectors

    def _batch(self, texts: list[str]) -> np.ndarray:
        read = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in read], dtype=np.int64)
        mask = np.array([one.attention_mask for one in read], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": mask}
        return np.asarray(self._session.run(None, given)[0])


class Welsh:
    """Reads words and their letters, in any spelling or mutation, with a network of two layers."""

    def __init__(self, folder: Path = MODEL) -> None:
        with np.load(folder / "welsh.npz") as saved:
            self._table, self._scale = saved["table"], saved["scale"].astype(np.float32)
            names = ("inward", "inward_bias", "outward", "outward_bias", "across")
            self._weights = {name: saved[name].astype(np.float32) for name in names}

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one row of `WIDTH` numbers for each text."""
        return np.array([self._one(text) for text in texts], dtype=np.float32)

    def _one(self, text: str) -> np.ndarray:
        places, weights = buckets(text, len(self._table)), self._weights
        mean = (self._table[places] * self._scale[places, None]).mean(axis=0)
        within = weights["inward"] @ mean + weights["inward_bias"]
        risen = within * 0.5 * (1 + erf(within / np.sqrt(2)))  # the "GELU" it was trained with
        out = weights["outward"] @ risen + weights["outward_bias"] + weights["across"] @ mean
        return np.asarray(out / max(float(np.linalg.norm(out)), 1e-12))


def buckets(text: str, count: int) -> list[int]:
    """Return where in a table of *count* rows the pieces of *text* stand; never none."""
    return [crc32(piece.encode()) % count for piece in _pieces(text)] or [0]


def _pieces(text: str) -> Iterator[str]:
    """Yield the folded words of *text*, their pairs, and runs of three to five of their letters."""
    said = tokens(fold(text))
    yield from (f"={word}" for word in said)
    yield from (f"{one} {two}" for one, two in zip(said, said[1:]))
    for word in (f"<{word}>" for word in said):
        for length in (3, 4, 5):
            yield from (word[at : at + length] for at in range(len(word) - length + 1))


class Meaning:
    """The encoder as a scikit-learn transformer, for a `FeatureUnion` beside words and letters.

    It learns nothing, so a saved pipeline holds none of it; vectors of a training run are kept
    meanwhile, because calibration and the final fit ask for the same messages.
    """

    def __init__(self, languages: LanguageModel) -> None:
        self._languages = languages
        self._encoder: Encoder | None = None
        self._known: dict[str, np.ndarray] = {}

    def fit(self, texts: list[str], intents: Any = None) -> Meaning:
        """Encode what is learned from, once."""
        unknown = sorted({text for text in texts if text not in self._known})
        self._known.update(zip(unknown, self._encoded(unknown), strict=True))
        return self

    def transform(self, texts: list[str]) -> np.ndarray:
        """Return the vectors of *texts*, one a row."""
        unknown = [text for text in texts if text not in self._known]
        read = dict(zip(unknown, self._encoded(unknown), strict=True))
        rows = [read[text] if text in read else self._known[text] for text in texts]
        return np.array(rows, dtype=np.float32)

    def _encoded(self, texts: list[str]) -> np.ndarray:
        """Return the vectors of *texts*, each read in the language it is likelier to be in."""
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        spoken = [lean(self._languages, text) for text in texts]
        for language in Language:
            chosen = [at for at, found in enumerate(spoken) if found is language]
            if chosen:
                vectors[chosen] = self._ready().encode([texts[at] for at in chosen], language)
        return vectors

    def fit_transform(self, texts: list[str], intents: Any = None) -> np.ndarray:
        """Encode and return the vectors of *texts*."""
        return self.fit(texts).transform(texts)

    def use(self, encoder: Encoder) -> None:
        """Encode with *encoder*, the one that came with the release, from now on."""
        self._encoder = encoder

    def _ready(self) -> Encoder:
        self._encoder = self._encoder or Encoder()
        return self._encoder

    def __getstate__(self) -> dict[str, Any]:
        return {"_languages": self._languages, "_encoder": None, "_known": {}}
