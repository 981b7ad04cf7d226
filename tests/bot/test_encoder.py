"""The encoder as it runs in Rasa's environment: the file is ours, and like meanings lie near."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from launcher.setup import ENGINE, PYTHON

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "encoder" / "model"
ASKED = """
import json, sys
from bot.encoder import Encoder
vectors = Encoder().encode(json.load(sys.stdin))
json.dump((vectors @ vectors.T).tolist(), sys.stdout)
"""


def likeness(*texts: str) -> list[list[float]]:
    """Return how near each text lies to each, as the engine's own environment works it out."""
    done = subprocess.run(
        [str(ENGINE / PYTHON), "-c", ASKED], input=json.dumps(texts), capture_output=True,
        text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return list(json.loads(done.stdout))


def test_the_files_are_those_the_model_card_names() -> None:
    lines = (MODEL / "SHA256SUMS").read_text().splitlines()
    named = {name: digest for digest, name in (line.split() for line in lines)}
    found = {name: hashlib.sha256((MODEL / name).read_bytes()).hexdigest() for name in named}
    assert named == found
    assert sum((MODEL / name).stat().st_size for name in named) <= 30_000_000


@pytest.mark.parametrize(
    ("said", "alike", "unlike"),
    [
        ("how do I send him money", "putting cash in his account", "the visit was cancelled"),
        ("what time is the visit", "faint o'r gloch mae'r ymweliad", "gadael neges llais iddo"),
    ],
    ids=["english", "welsh-and-english"],
)
def test_like_meanings_lie_nearer(said: str, alike: str, unlike: str) -> None:
    rows = likeness(said, alike, unlike)
    assert rows[0][1] > rows[0][2]


def test_odd_messages_have_a_vector_of_length_one() -> None:
    rows = likeness("", " ", "😢😢", "a" * 3000, "\u202e0\x00")
    assert all(abs(rows[at][at] - 1) < 0.01 for at in range(5))


WEIGHED = """
import json, sys
import numpy as np
from bot.encoder import Meaning
from bot.language import Language
from bot.language_id import train
said = [(Language.WELSH, "sut mae anfon arian"), (Language.ENGLISH, "how do I pay")]
read = Meaning(train(said * 9)).transform(["sut mae anfon", "how do I"]).toarray()
json.dump(np.linalg.norm(read, axis=1).tolist(), sys.stdout)
"""


def test_the_meaning_of_a_welsh_message_weighs_less() -> None:
    done = subprocess.run(
        [str(ENGINE / PYTHON), "-c", WEIGHED], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert json.loads(done.stdout) == pytest.approx([0.3, 1.0], rel=1e-3)
