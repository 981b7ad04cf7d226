"""Which topic a message means: one model over words, lemmas and meaning.

scikit-learn, simplemma and our encoder; no Rasa. Figures and the choice of parts: docs/understanding.md.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import joblib
import numpy as np
import simplemma
from scipy.optimize import minimize_scalar
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, make_pipeline

from bot.encoder import MODEL, Encoder, Meaning
from bot.examples import examples
from bot.language_id import train
from bot.neighbours import VOICE, MarginsAndNeighbours
from bot.words import fold, tokens

ENCODER = "encoder"
"""Folder of a saved model with the encoder it was made with: a release is whole."""
NUMBERS = 128
"""Numbers to which a meaning is shortened: a third of the encoder's, in half the time of training."""
LEARNED, HELD_BACK = 0.25, 0.05
"""Shares of the examples learned from, and tried, to measure certainty before the model is fitted on all.

How sharp margins are hardly depends on how many examples there are, and fewer are fitted sooner.
"""


class TopicModel:
    """Ranks topics for a message, with calibrated probabilities."""

    def __init__(self, pipeline: Any, sharpness: float) -> None:
        self._pipeline, self._sharpness = pipeline, sharpness

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        intents: Sequence[str],
        C: float = 0.3,
        meaning: Meaning | None = None,
    ) -> TopicModel:
        """Fit the model on labelled messages of both languages together.

        *meaning* may be given to a caller's advantage where it has read the texts already.
        """
        pipeline = classifier(features((meaning or reader()).fit(list(texts))), C)
        sharpness = _measured_sharpness(list(texts), list(intents), pipeline)
        return cls(pipeline.fit(list(texts), list(intents)), sharpness)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return every topic with its probability, likeliest first."""
        probabilities = _softmax(self._sharpness * self._pipeline.decision_function([text]))[0]
        classes = self._pipeline.classes_
        return [(str(classes[i]), float(probabilities[i])) for i in np.argsort(-probabilities)]

    def save(self, folder: Path) -> None:
        """Write the model into *folder*."""
        joblib.dump((self._pipeline, self._sharpness), folder / "topics.joblib", compress=3)
        shutil.copytree(MODEL, folder / ENCODER)

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        """Read a model written by `save`; only ever from a release that we signed."""
        pipeline, sharpness = joblib.load(folder / "topics.joblib")
        dict(pipeline[0].transformer_list)["meaning"][0].use(Encoder(folder / ENCODER))
        return cls(pipeline, sharpness)


def reader() -> Meaning:
    """Return the encoder as a feature, knowing Welsh from English by the examples of `nlu/`."""
    return Meaning(train((each.language, each.text) for each in examples()))


def features(meaning: Meaning) -> list[tuple[str, Any]]:
    """Return the parts a message is read by, each with its name."""
    words = TfidfVectorizer(analyzer=_word_terms, min_df=2, sublinear_tf=True, dtype=np.float32)
    lemmas = TfidfVectorizer(analyzer=_lemmas, sublinear_tf=True, dtype=np.float32)
    shortened = make_pipeline(meaning, TruncatedSVD(NUMBERS, random_state=0))
    return [("words", words), ("lemmas", lemmas), ("meaning", shortened)]


def classifier(parts: list[tuple[str, Any]], C: float, voice: float = VOICE) -> Any:
    """Return an unfitted classifier over *parts*; *voice* is the weight of the nearest examples."""
    return make_pipeline(FeatureUnion(parts), MarginsAndNeighbours(C, voice))


def _measured_sharpness(texts: list[str], intents: list[str], pipeline: Any) -> float:
    """Find how much of a margin is how much certainty, on examples the model has not seen."""
    learned, tried = dealt(texts)
    unseen, unseen_intents = [texts[at] for at in tried], [intents[at] for at in tried]
    model = pipeline.fit([texts[at] for at in learned], [intents[at] for at in learned])
    margins = model.decision_function(unseen)
    places = {name: at for at, name in enumerate(model.classes_)}
    known = [(at, places[name]) for at, name in enumerate(unseen_intents) if name in places]
    rows, right = np.array(known).T

    def surprise(sharpness: float) -> float:
        chances = _softmax(sharpness * margins)[rows, right]
        return float(-np.log(chances + 1e-12).mean())

    return float(minimize_scalar(surprise, bounds=(0.5, 20), method="bounded").x)


def dealt(texts: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return which *texts* are learned from, and which are tried, to measure certainty.

    Each has its place by its own words: one more example moves hardly any other, and so the certainty
    of all answers stays where it was.
    """
    order = sorted(range(len(texts)), key=lambda at: crc32(texts[at].encode()))
    return order[: int(len(order) * LEARNED)], order[-max(int(len(order) * HELD_BACK), 1) :]


def _softmax(scores: np.ndarray) -> np.ndarray:
    risen = np.exp(scores - scores.max(axis=1, keepdims=True))
    return risen / risen.sum(axis=1, keepdims=True)


def _word_terms(text: str) -> Iterator[str]:
    """Yield the folded words of *text* and their pairs."""
    said = tokens(fold(text))
    yield from said
    yield from (f"{one} {two}" for one, two in zip(said, said[1:]))


def _lemmas(text: str) -> Iterator[str]:
    """Yield the dictionary forms of the words: mutations and plurals undone, in both languages."""
    for word in tokens(text.lower()):
        yield fold(simplemma.lemmatize(word, lang=("cy", "en")))
