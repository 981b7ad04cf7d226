"""How well a trained model understands held-out messages: `python -m bot.measure MODEL HELD_OUT`.

Runs in Rasa's environment, without Rasa: only the topic model is taken out of the archive.
Prints one JSON object: for each language, how many messages there are and how many were right.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from bot.classify import TopicModel
from bot.context import ANSWERED
from bot.language import Language

OUTSIDE = "out_of_scope"


def main() -> None:
    """Measure the model named first on the folder named second."""
    model, held_out = map(Path, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        topics = unpacked(model, Path(folder))
        print(
            json.dumps(
                {language.value: _counted(topics, held_out, language) for language in Language}
            )
        )


def unpacked(archive: Path, folder: Path) -> TopicModel:
    """Load the topic model out of Rasa's *archive*, which must be of a release that we signed."""
    with tarfile.open(archive) as packed:
        parts = [member for member in packed if "TopicClassifier" in member.name]
        packed.extractall(folder, members=parts, filter="data")
    (found,) = folder.rglob("topics.joblib")
    return TopicModel.load(found.parent)


def _counted(model: TopicModel, held_out: Path, language: Language) -> dict[str, int]:
    lines = (held_out / f"{language.value}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return {
        "messages": len(rows),
        "right": sum(_right(row, model.rank(row["text"])) for row in rows),
    }


def _right(row: dict[str, Any], ranked: list[tuple[str, float]]) -> bool:
    """Say whether the likeliest topic is right; what is out of scope may also be left unanswered."""
    best, sure = ranked[0]
    unanswered = row["topics"] == [OUTSIDE] and sure < ANSWERED
    return best in row["topics"] or unanswered


if __name__ == "__main__":
    main()
