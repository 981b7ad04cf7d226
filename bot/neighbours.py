"""Which topic a message means, by margins and by likeness together.

A linear machine weighs every word of a topic at once; a vote of the nearest examples hears the one
person who said it almost like this. Figures with and without the vote: docs/understanding.md.
NumPy, SciPy and scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

ASKED = 20
"""Examples that vote: those most like the message."""
CLOSENESS = 6
"""Power of a likeness in the vote: one that is nearly the same outweighs many that are rather alike."""
FLOOR = 0.02
"""Share of the vote that every topic is given: no vote against a topic is final."""
VOICE = 0.17
"""Weight of the vote's logarithm beside a margin."""
BREADTH = 64
"""Numbers to which a sentence vector is shortened for the vote: a sixth of the time and memory."""
CLOSE_ENOUGH = 0.01
"""Where a machine stops (scikit-learn's tol): a hundred times finer makes no other answer, only waiting."""
_MACHINES = 2
"""Machines fitted side by side: each holds a copy of the examples, and liblinear lets go of the lock."""
_AT_ONCE = 64


class MarginsAndNeighbours(BaseEstimator, ClassifierMixin):
    """A linear support vector machine for each topic, and a vote of the nearest examples beside it.

    *C* is the machines'; *voice* is the weight of the vote, 0 for none.
    """

    def __init__(self, C: float = 0.3, voice: float = VOICE) -> None:
        self.C, self.voice = C, voice

    def fit(self, X: csr_matrix, y: Sequence[str]) -> MarginsAndNeighbours:
        """Learn from one row for each example."""
        answers = np.asarray(y)
        self.classes_ = np.unique(answers)
        with ThreadPoolExecutor(_MACHINES) as workers:
            found = list(
                workers.map(lambda topic: self._machine(X, answers == topic), self.classes_)
            )
        self.weights_ = np.column_stack([weights for weights, _ in found])
        self.bias_ = np.array([bias for _, bias in found], dtype=np.float32)
        self.neighbours_ = _Neighbours(X, np.searchsorted(self.classes_, y)) if self.voice else None
        return self

    def _machine(self, X: csr_matrix, mine: np.ndarray) -> tuple[np.ndarray, float]:
        """Fit what tells one topic's rows from all others: weights in half the memory, and a bias."""
        fitted = LinearSVC(C=self.C, tol=CLOSE_ENOUGH, random_state=0).fit(X, mine)
        return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])

    def decision_function(self, X: csr_matrix) -> np.ndarray:
        """Return one score for each row and topic: the higher, the likelier."""
        margins = np.asarray(X @ self.weights_) + self.bias_
        if self.neighbours_ is None:
            return margins
        votes = self.neighbours_.votes(X, len(self.classes_))
        return margins + self.voice * np.log(votes + FLOOR)

    def predict(self, X: csr_matrix) -> Any:
        """Return the likeliest topic of each row."""
        return self.classes_[self.decision_function(X).argmax(axis=1)]


class _Neighbours:
    """The examples, kept so that the nearest are found in a few milliseconds.

    Words are looked up by the few that a message has; the columns that most messages fill, as those
    of a sentence encoder, are shortened and multiplied whole.
    """

    def __init__(self, X: csr_matrix, topics: np.ndarray) -> None:
        known = normalize(X).astype(np.float32)
        filled = np.diff(known.tocsc().indptr) > known.shape[0] / 2
        whole = filled if filled.sum() > BREADTH else np.zeros_like(filled)
        self._postings = (known @ diags(1 - whole.astype(np.float32))).T.tocsr()
        self._postings.eliminate_zeros()
        self._topics = topics
        self._shortening = _shortening(known, np.flatnonzero(whole))
        self._vectors = (known @ self._shortening).toarray()

    def votes(self, X: csr_matrix, topics: int) -> np.ndarray:
        """Return the share of the vote that each of so many *topics* gets, for each row."""
        rows = normalize(X).astype(np.float32)
        shares = [
            self._shares(self._likeness(rows[first : first + _AT_ONCE]), topics)
            for first in range(0, rows.shape[0], _AT_ONCE)
        ]
        return np.vstack(shares)

    def _likeness(self, rows: csr_matrix) -> np.ndarray:
        by_words = (rows @ self._postings).toarray()
        return by_words + (rows @ self._shortening).toarray() @ self._vectors.T

    def _shares(self, likeness: np.ndarray, topics: int) -> np.ndarray:
        asked = min(ASKED, likeness.shape[1])
        nearest = np.argpartition(-likeness, asked - 1, axis=1)[:, :asked]
        weights = np.take_along_axis(likeness, nearest, axis=1).clip(min=0) ** CLOSENESS
        shares = np.zeros((len(likeness), topics))
        np.add.at(shares, (np.arange(len(likeness))[:, None], self._topics[nearest]), weights)
        return shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)


def _shortening(known: csr_matrix, columns: np.ndarray) -> csr_matrix:
    """Return what turns a row into `BREADTH` numbers that stand for *columns*; none for no columns."""
    if not len(columns):
        return csr_matrix((known.shape[1], 0), dtype=np.float32)
    found = TruncatedSVD(BREADTH, random_state=0).fit(known[:, columns]).components_
    down, across = np.repeat(columns, BREADTH), np.tile(np.arange(BREADTH), len(columns))
    return csr_matrix(
        (found.T.ravel().astype(np.float32), (down, across)), shape=(known.shape[1], BREADTH)
    )
