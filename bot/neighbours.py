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
HEARD = 8
"""Topics whose examples vote: those likeliest by their margins. The rest would cost time and no answer."""
CLOSE_ENOUGH = 0.01
"""Where a machine stops (scikit-learn's tol): a hundred times finer makes no other answer, only waiting."""
_MACHINES = 2
"""Machines fitted side by side: each holds a copy of the examples, and liblinear lets go of the lock."""


class MarginsAndNeighbours(BaseEstimator, ClassifierMixin):
    """A linear support vector machine for each topic, and a vote of the nearest examples beside it.

    *C* is the machines'; *voice* is the weight of the vote, 0 for none.
    """

    def __init__(self, C: float = 0.3, voice: float = VOICE) -> None:
        self.C, self.voice = C, voice

    def fit(self, X: csr_matrix, y: Sequence[str]) -> MarginsAndNeighbours:
        """Learn from one row for each example."""
        X, answers = csr_matrix(X), np.asarray(y)
        X.sum_duplicates()  # also sorts: else each thread would, in the one matrix they share
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
        X = csr_matrix(X)
        margins = np.asarray(X @ self.weights_) + self.bias_
        if self.neighbours_ is None:
            return margins
        votes = self.neighbours_.votes(X, margins)
        return margins + self.voice * np.log(votes + FLOOR)

    def predict(self, X: csr_matrix) -> Any:
        """Return the likeliest topic of each row."""
        return self.classes_[self.decision_function(X).argmax(axis=1)]


class _Neighbours:
    """The examples, topic by topic, kept so that the nearest are found in about a millisecond.

    The columns that most messages fill, as those of a sentence encoder, are shortened; words are looked
    up by the few that a message has.
    """

    def __init__(self, X: csr_matrix, topics: np.ndarray) -> None:
        known = normalize(X).astype(np.float32)
        filled = np.diff(known.tocsc().indptr) > known.shape[0] / 2
        whole = filled if filled.sum() > BREADTH else np.zeros_like(filled)
        words = (known @ diags(1 - whole.astype(np.float32))).tocsr()
        words.eliminate_zeros()
        self._shortening = _shortening(known, np.flatnonzero(whole))
        vectors = (known @ self._shortening).toarray()
        each = [np.flatnonzero(topics == topic) for topic in range(topics.max() + 1)]
        self._words = [words[rows].astype(np.float32) for rows in each]
        self._vectors = [vectors[rows] for rows in each]

    def votes(self, X: csr_matrix, margins: np.ndarray) -> np.ndarray:
        """Return the share of the vote that each topic gets, for each row; *margins* say who may vote."""
        rows = normalize(X).astype(np.float32)
        shortened = (rows @ self._shortening).toarray()
        heard = np.argsort(-margins, axis=1)[:, :HEARD]
        votes = [
            self._shares(rows[at], shortened[at], heard[at], margins.shape[1])
            for at in range(rows.shape[0])
        ]
        return np.vstack(votes)

    def _shares(
        self, row: csr_matrix, shortened: np.ndarray, heard: np.ndarray, topics: int
    ) -> np.ndarray:
        said = row.toarray()[0]
        alike = [self._words[topic] @ said + self._vectors[topic] @ shortened for topic in heard]
        likeness, whose = np.concatenate(alike), np.repeat(heard, [len(each) for each in alike])
        asked = min(ASKED, len(likeness))
        nearest = np.argpartition(-likeness, asked - 1)[:asked]
        weights = likeness[nearest].clip(min=0) ** CLOSENESS
        shares = np.bincount(whose[nearest], weights, minlength=topics)
        return shares / max(shares.sum(), 1e-12)


def _shortening(known: csr_matrix, columns: np.ndarray) -> csr_matrix:
    """Return what turns a row into `BREADTH` numbers that stand for *columns*; none for no columns."""
    if not len(columns):
        return csr_matrix((known.shape[1], 0), dtype=np.float32)
    found = TruncatedSVD(BREADTH, random_state=0).fit(known[:, columns].toarray()).components_
    down, across = np.repeat(columns, BREADTH), np.tile(np.arange(BREADTH), len(columns))
    return csr_matrix(
        (found.T.ravel().astype(np.float32), (down, across)), shape=(known.shape[1], BREADTH)
    )
