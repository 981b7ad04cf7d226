"""What a message means, as numbers: our own small Welsh/English sentence encoder.

onnxruntime and tokenizers alone. What it was made from, and how well it does: encoder/README.md.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from scipy.sparse import csr_matrix
from tokenizers import BertWordPieceTokenizer

from bot.language import Language
from bot.language_id import LanguageModel, lean

MODEL = Path(__file__).parents[1] / "encoder" / "model"
WIDTH = 384
"""Numbers a message becomes."""
LONGEST = 64
"""Word pieces read of a message: what a family writes rarely has more."""
WELSH = 0.3
"""Weight of a Welsh message's vector beside an English one's: the encoder's Welsh is weaker.

On held-out messages Welsh gains 1.2 points over a weight of 1 and English 1.3: docs/understanding.md.
"""
_AT_ONCE = 64


class Encoder:
    """Turns messages into vectors of length one; like meanings lie near one another."""

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
        if unknown:
            self._known.update(zip(unknown, self._ready().encode(unknown), strict=True))
        return self

    def transform(self, texts: list[str]) -> csr_matrix:
        """Return the vectors of *texts* as a matrix that stacks with word counts."""
        rows = [
            self._known[text] if text in self._known else self._ready().encode([text])[0]
            for text in texts
        ]
        shares = np.array([[self._share(text)] for text in texts], dtype=np.float32)
        return csr_matrix(np.array(rows, dtype=np.float32) * shares)

    def _share(self, text: str) -> float:
        return WELSH if lean(self._languages, text) is Language.WELSH else 1.0

    def fit_transform(self, texts: list[str], intents: Any = None) -> csr_matrix:
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
