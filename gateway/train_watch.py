"""Train the small model of `gateway.crisis_model`: `.venv-rasa/bin/python -m gateway.train_watch`.

Positives are the crisis topics and `worried_about_prisoner` in `nlu/`, and what the patterns'
examples must match; negatives are all other topics, and what the examples must not match. The
threshold is set on messages held back in turn (five folds), for few false alarms among those that
come closest. It needs scikit-learn, so Rasa's environment; the model it makes does not, and is committed
as `patterns/watch.json`.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from bot.catalogue.load import read
from gateway.crisis_model import BUCKETS, MODEL, Model, buckets, norm, parts
from gateway.crisis_patterns import KINDS, Patterns

NLU = Path(__file__).parents[1] / "nlu"
_ENTITY = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_WIDTH = len(KINDS) + 1  # the last column: any alarm
_C = 0.5
"""Holds weights down less the higher it is: on what was held back, 0.3 and 1 found as much."""
_FALSE_ALARMS = 0.047
"""Share of all ordinary questions that may sound an alarm: of those held back that were written to sound
like danger, a tenth then do; see `bench.safety` for hard ones it has nothing of."""


@dataclass(frozen=True)
class Example:
    """One message to learn from."""

    kind: str | None
    plain: str
    found: tuple[int, ...]
    weight: float = 1.0

    @property
    def targets(self) -> tuple[float, ...]:
        """Return the wanted value of each column."""
        return (*(float(self.kind == kind) for kind in KINDS), float(self.kind is not None))


def examples(patterns: Patterns, nlu: Path = NLU) -> list[Example]:
    """Gather every message that the model learns from, harmless phrases blanked as at run time."""
    gathered = [*_from_nlu(nlu), *_from_patterns(patterns)]
    return [
        Example(kind, plain, tuple(sorted(buckets(plain))), weight)
        for kind, text, weight in gathered
        if (plain := patterns.without_harmless(patterns.lexicon.plain(text))).strip()
    ]


def _from_nlu(nlu: Path) -> Iterator[tuple[str | None, str, float]]:
    for path in sorted(nlu.glob("*/*.yml")):
        for entry in read(path)["nlu"]:
            kind = entry.get("intent") if entry.get("intent") in KINDS else None
            for line in str(entry.get("examples", "")).splitlines():
                if "intent" in entry and line.strip().startswith("- "):
                    yield kind, _ENTITY.sub(r"\1", line.strip()[2:]), 1.0


def _from_patterns(patterns: Patterns) -> Iterator[tuple[str | None, str, float]]:
    for rule in patterns.rules:
        yield from ((rule.kind, text, 1.0) for text in rule.must)
        yield from ((None, text, 3.0) for text in rule.must_not)
    for rule in patterns.harmless:
        yield from ((None, text, 3.0) for text in rule.must)


def train(learnt: Sequence[Example], columns: Sequence[int] = range(_WIDTH)) -> Model:
    """Fit one logistic curve for each of *columns*, then freeze them in bytes.

    Rare features count for more, as in any search: two points more of what was held back are found so.
    """
    rare = _rarity(learnt)
    found, weights = _matrix(learnt) @ diags(rare), [example.weight for example in learnt]
    curves = [
        LogisticRegression(C=_C, solver="liblinear", random_state=7).fit(
            found, [example.targets[column] > 0 for example in learnt], sample_weight=weights
        )
        for column in columns
    ]
    return _frozen(
        np.vstack([curve.coef_ * rare for curve in curves]),
        tuple(float(curve.intercept_[0]) for curve in curves),
    )


def _rarity(learnt: Sequence[Example]) -> Any:
    """Return how telling each bucket is: the logarithm of how few messages have it."""
    held = np.bincount(np.concatenate([example.found for example in learnt]), minlength=BUCKETS)
    return 1.0 + np.log((1 + len(learnt)) / (1 + held))


def _matrix(learnt: Sequence[Example]) -> Any:
    """Return one row per message; each of its features weighs what it weighs at run time."""
    sizes = [len(example.found) for example in learnt]
    places = np.concatenate([example.found for example in learnt])
    values = np.repeat([norm(size) for size in sizes], sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return csr_matrix((values, places, starts), shape=(len(learnt), BUCKETS))


def _frozen(weights: Any, biases: tuple[float, ...]) -> Model:
    """Round *weights*, one row per column, to signed bytes; the threshold is not known yet."""
    scales = np.maximum(np.abs(weights).max(axis=1), 1e-6) / 127
    held = array("b", np.rint(weights.T / scales).astype(np.int8).tobytes())
    return Model(held, tuple(map(float, scales)), biases, 0.5)


def held_out(learnt: Sequence[Example], folds: int = 5) -> list[tuple[Example, float]]:
    """Return how alarming each message looks to a model that has not seen it."""
    order = list(learnt)
    random.Random(1).shuffle(order)
    found: list[tuple[Example, float]] = []
    for fold in range(folds):
        seen = [example for at, example in enumerate(order) if at % folds != fold]
        model = train(seen, [_WIDTH - 1])
        found += [(example, likelihood(model, example.plain)) for example in order[fold::folds]]
    return found


def likelihood(model: Model, plain: str) -> float:
    """Return how likely any alarm is, as the check reads a message."""
    return max(model.scores(part)[-1] for part in parts(plain))


def threshold(scored: Sequence[tuple[Example, float]], share: float = _FALSE_ALARMS) -> float:
    """Return the likelihood that no more than *share* of the harmless messages reach."""
    harmless = sorted((value for example, value in scored if example.kind is None), reverse=True)
    return harmless[int(len(harmless) * share)] if harmless else 0.5


def save(model: Model, limit: float, path: Path = MODEL) -> None:
    """Write the frozen model."""
    held = {
        "weights": base64.b85encode(model.weights.tobytes()).decode(),
        "scales": [float(f"{scale:.6g}") for scale in model.scales],
        "biases": [round(bias, 4) for bias in model.biases],
        "threshold": round(limit, 4),
    }
    path.write_text(json.dumps(held), "utf-8")


def main() -> None:
    """Measure on held-back messages, choose the threshold, train on all and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="keep the threshold that is there")
    quick = parser.parse_args().quick
    learnt = examples(Patterns.load())
    kept = Model.load() if quick else None
    limit = kept.threshold if kept else _measured(learnt)
    save(train(learnt), limit)
    print(f"{len(learnt)} messages, threshold {limit:.2f}, {MODEL.stat().st_size // 1024} KB")


def _measured(learnt: Sequence[Example]) -> float:
    scored = held_out(learnt)
    limit = threshold(scored)
    for kind in KINDS:
        values = [value for example, value in scored if example.kind == kind]
        print(
            f"held back, {kind}: {sum(v >= limit for v in values) / max(1, len(values)):.3f} found"
        )
    return limit


if __name__ == "__main__":
    main()
