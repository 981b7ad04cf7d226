"""`python -m bot check`: judge content and examples, and say what is to be mended."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.catalogue.checks import Books, problems
from bot.catalogue.load import CONTENT, ContentError, load
from bot.examples import examples
from bot.language import Language
from bot.settings import ROOT
from bot.wording import texts

FACTS = ROOT / "directory" / "data"
_NUMBER = re.compile(r"(?<![\d-])(?:\+?44|0|1|9|8)[\d ]{2,13}(?![\d-])")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bot", description=__doc__)
    parser.add_argument("verb", choices=("check",))
    parser.parse_args()
    try:
        found = problems(books())
    except ContentError as error:
        print(f"mend {error}")
        return 1
    for problem in found:
        print(problem)
    errors = sum(not problem.warning for problem in found)
    print(f"{errors} to mend, {len(found) - errors} to look at")
    return 1 if errors else 0


def books(content: Path = CONTENT, root: Path = ROOT) -> Books:
    """Collect everything the checks judge: *content*, and what goes with it below *root*."""
    return Books(
        catalogue=load(content),
        texts={language: dict(texts(content / language.value)) for language in Language},
        examples=tuple(examples(root / "nlu")),
        held_out=tuple(_held_out(root)),
        phones=frozenset(phones()),
        folder=content,
    )


def _held_out(root: Path) -> Iterator[str]:
    for path in sorted((root / "tests" / "held_out").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)["text"]


def phones() -> Iterator[str]:
    """Yield the digits of every number in the facts of the directory."""
    for path in sorted(FACTS.glob("*.yml")):
        for number in _NUMBER.findall(path.read_text("utf-8")):
            yield re.sub(r"\D", "", number)


if __name__ == "__main__":
    sys.exit(main())
