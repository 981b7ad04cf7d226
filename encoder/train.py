"""Train the Welsh/English student of MiniLM: `python -m encoder.train`; see encoder/README.md.

Needs PyTorch, onnxruntime, tokenizers and the packages of encoder/requirements.txt; nothing of this
is needed to use the model. Parallel text: MASSIVE (train and dev), our own answers, LibreOffice.
"""

from __future__ import annotations

import argparse
import gettext
import gzip
import hashlib
import json
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from bot.encoder import BUCKETS, MODEL, buckets
from bot.examples import examples
from bot.language import Language
from encoder.teacher import embed
from encoder.twins import own_pairs

SIZE, INNER, MEANING = 192, 512, 384
BATCH, RATE, TEMPERATURE = 256, 2e-3, 0.07
Pair = tuple[str, str]


def massive(path: Path) -> list[Pair]:
    """Read MASSIVE's Welsh and English utterances of the train and dev partitions."""
    spoken: dict[str, dict[str, str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            assert row["partition"] in ("train", "dev"), "the test partition is never trained on"
            spoken.setdefault(row["id"], {})[row["locale"][:2]] = row["utt"]
    return [(both["cy"], both["en"]) for both in spoken.values() if len(both) == 2]


def libreoffice(folder: Path, most: int = 20_000) -> list[Pair]:
    """Read LibreOffice's Welsh message catalogues; *folder* is the unpacked Debian package."""
    found: set[Pair] = set()
    for path in sorted(folder.rglob("*.mo")):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        for key, welsh in catalogue.items():
            if isinstance(key, str) and key:
                english = re.sub(r"[~_%<>]|\|.*", "", key.split("\x04")[-1])
                if 2 <= len(english.split()) <= 25 and english != welsh:
                    found.add((re.sub(r"[~_%<>]", "", welsh), english))
    return random.Random(0).sample(sorted(found), min(len(found), most))


class Student(nn.Module):
    """The network; `bot.encoder` is its twin in NumPy."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = nn.EmbeddingBag(BUCKETS, SIZE, mode="mean", sparse=True)
        nn.init.normal_(self.rows.weight, 0, 0.1)
        self.hidden, self.out = nn.Linear(SIZE, INNER), nn.Linear(INNER, MEANING)
        self.skip = nn.Linear(SIZE, MEANING)

    def forward(self, at: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
        mean = self.rows(at, starts)
        meaning = self.out(torch.relu(self.hidden(mean))) + self.skip(mean)
        return nn.functional.normalize(meaning, dim=1)


def lessons(pairs: list[Pair], english: list[str], cache: Path) -> tuple[list[str], np.ndarray]:
    """List what the student reads and where the teacher puts it: both sides of a pair together."""
    meanings = embed([pair[1] for pair in pairs] + english, cache)
    halves = [text for pair in pairs for text in pair]
    paired = np.repeat(meanings[: len(pairs)], 2, axis=0)
    return halves + english, np.concatenate([paired, meanings[len(pairs) :]])


def fit(texts: list[str], goals: np.ndarray, epochs: int, threads: int) -> Student:
    """Teach a student to land where the teacher does, nearer than to anybody else's place."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    order, student = np.random.default_rng(0), Student()
    found, goal = [np.array(buckets(text)) for text in texts], torch.from_numpy(goals)
    dense = [weight for name, weight in student.named_parameters() if not name.startswith("rows")]
    optimisers = [
        torch.optim.SparseAdam([student.rows.weight], RATE),
        torch.optim.Adam(dense, RATE),
    ]
    batches, began, step = len(texts) // BATCH, time.monotonic(), 0
    for epoch in range(epochs):
        lost, shuffled = 0.0, order.permutation(len(texts))
        for at in range(batches):
            _set_rate(optimisers, RATE * max(0.05, 1 - step / (epochs * batches)))
            chosen = shuffled[at * BATCH : (at + 1) * BATCH]
            lost += _learn(student, optimisers, [found[i] for i in chosen], goal[chosen])
            step += 1
        print(
            f"epoch {epoch + 1}/{epochs}: {lost / batches:.4f}, {time.monotonic() - began:.0f} s",
            flush=True,
        )
    return student


def _set_rate(optimisers: list[torch.optim.Optimizer], rate: float) -> None:
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = rate


def _learn(
    student: Student,
    optimisers: list[torch.optim.Optimizer],
    found: list[np.ndarray],
    goal: torch.Tensor,
) -> float:
    starts = np.cumsum([0] + [len(one) for one in found[:-1]])
    meaning = student(torch.from_numpy(np.concatenate(found)), torch.from_numpy(starts))
    near = (1 - (meaning * goal).sum(1)).mean()
    apart = nn.functional.cross_entropy(meaning @ goal.T / TEMPERATURE, torch.arange(len(found)))
    loss = near + 0.3 * apart
    for optimiser in optimisers:
        optimiser.zero_grad()
    loss.backward()
    for optimiser in optimisers:
        optimiser.step()
    return float(loss.detach())


def write(student: Student, path: Path) -> str:
    """Write the weights, the table as int8 with a scale a row; return the file's SHA-256."""
    rows = student.rows.weight.detach().numpy()
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-9) / 127
    weights = {
        "rows": np.round(rows / scales[:, None]).astype(np.int8),
        "scales": scales.astype(np.float32),
    }
    for name in ("hidden", "out", "skip"):
        layer = getattr(student, name)
        weights[name] = layer.weight.detach().numpy().T.astype(np.float16)
        weights[f"{name}_bias"] = layer.bias.detach().numpy().astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **weights)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def english_questions() -> Iterator[str]:
    """Yield our English training examples: they have no Welsh side and teach the subject."""
    yield from (one.text for one in examples() if one.language is Language.ENGLISH)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--massive", type=Path, required=True, help="massive11_cy_en_train_dev.jsonl.gz"
    )
    parser.add_argument("--libreoffice", type=Path, help="unpacked libreoffice-l10n-cy")
    parser.add_argument("--cache", type=Path, default=Path("var/encoder/teacher.npz"))
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=MODEL)
    chosen = parser.parse_args()
    pairs = massive(chosen.massive) + own_pairs() * 2
    pairs += libreoffice(chosen.libreoffice) if chosen.libreoffice else []
    texts, goals = lessons(pairs, list(english_questions()), chosen.cache)
    print(f"{len(pairs)} pairs, {len(texts)} texts")
    print("sha256", write(fit(texts, goals, chosen.epochs, chosen.threads), chosen.out))


if __name__ == "__main__":
    main()
