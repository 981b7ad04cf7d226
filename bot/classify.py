"""Which topic a message means: linear models over words, letters and sentence meaning.

scikit-learn alone; no Rasa. Figures and the choice of features: docs/understanding.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import joblib
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline

from bot.words import fold, tokens


class TopicModel:
    """Ranks topics for a message, with probabilities."""

    def __init__(self, pipeline: object) -> None:
        self._pipeline = pipeline

    @classmethod
    def train(cls, texts: Sequence[str], intents: Sequence[str], C: float = 20.0) -> TopicModel:
        """Fit the model on labelled messages of both languages together."""
        words = TfidfVectorizer(analyzer=_word_terms, sublinear_tf=True, min_df=1)
        letters = TfidfVectorizer(
            analyzer="char_wb", preprocessor=fold, ngram_range=(2, 5), sublinear_tf=True, min_df=2
        )
        model = make_pipeline(
            FeatureUnion([("words", words), ("letters", letters)]),
            LogisticRegression(C=C, max_iter=300, solver="saga", tol=1e-2, n_jobs=1),
        )
        return cls(model.fit(list(texts), list(intents)))

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return every topic with its probability, likeliest first."""
        probabilities = self._pipeline.predict_proba([text])[0]
        order = np.argsort(-probabilities)
        classes = self._pipeline.classes_
        return [(str(classes[i]), float(probabilities[i])) for i in order]

    def save(self, folder: Path) -> None:
        """Write the model into *folder*."""
        joblib.dump(self._pipeline, folder / "topics.joblib", compress=3)

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        """Read a model written by `save`; only ever from a release that we signed."""
        return cls(joblib.load(folder / "topics.joblib"))


def _word_terms(text: str) -> Iterator[str]:
    """Yield the folded words of *text* and their pairs."""
    said = tokens(fold(text))
    yield from said
    yield from (f"{one} {two}" for one, two in zip(said, said[1:]))
