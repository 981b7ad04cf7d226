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
import numpy as np
from bot.encoder import Encoder
from bot.language import Language
read, encoder = json.load(sys.stdin), Encoder()
vectors = np.vstack([encoder.encode([text], Language(spoken)) for spoken, text in read])
json.dump((vectors @ vectors.T).tolist(), sys.stdout)
"""
Said = tuple[str, str]  # a language, and a message in it


def likeness(*said: Said) -> list[list[float]]:
    """Return how near each message lies to each, as the engine's own environment works it out."""
    done = subprocess.run(
        [str(ENGINE / PYTHON), "-c", ASKED], input=json.dumps(said), capture_output=True,
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
        (
            ("en", "how do I send him money"),
            ("en", "putting cash in his account"),
            ("en", "the visit was cancelled"),
        ),
        (
            ("en", "what time is the visit"),
            ("cy", "faint o'r gloch mae'r ymweliad"),
            ("cy", "gadael neges llais iddo"),
        ),
        (
            ("en", "I want to send money to my boyfriend"),
            ("cy", "wi moyn hala arian at 'y nghariad i"),
            ("cy", "ble ma'r maes parcio"),
        ),
        (
            ("cy", "dwi isio anfon pres at fy nghariad"),
            ("cy", "rwyf am anfon arian at fy mhartner"),
            ("cy", "dwi isio parcio wrth y carchar"),
        ),
    ],
    ids=["english", "welsh-and-english", "southern-and-english", "northern-and-standard"],
)
def test_like_meanings_lie_nearer(said: Said, alike: Said, unlike: Said) -> None:
    rows = likeness(said, alike, unlike)
    assert rows[0][1] > rows[0][2]


@pytest.mark.parametrize("language", ["cy", "en"])
def test_odd_messages_have_a_vector_of_length_one(language: str) -> None:
    odd = ("", " ", "😢😢", "a" * 3000, "\u202e0\x00")
    rows = likeness(*((language, text) for text in odd))
    assert all(abs(rows[at][at] - 1) < 0.01 for at in range(5))


SPOKEN = """
import json, sys
import numpy as np
from bot.encoder import Encoder, Meaning
from bot.language import Language
from bot.language_id import train
said = [(Language.WELSH, "sut mae anfon arian"), (Language.ENGLISH, "how do I pay")]
read = Meaning(train(said * 9)).transform([text for _, text in said])
alone = np.vstack([Encoder().encode([text], language) for language, text in said])
json.dump(np.abs(read - alone).max().item(), sys.stdout)
"""


def test_a_message_is_read_in_its_own_language() -> None:
    done = subprocess.run(
        [str(ENGINE / PYTHON), "-c", SPOKEN], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert json.loads(done.stdout) < 1e-4
