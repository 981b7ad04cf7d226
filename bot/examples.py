"""The training examples as plain values, read from `nlu/` without Rasa."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.catalogue.load import read
from bot.language import Language
from bot.words import fold

NLU = Path(__file__).parents[1] / "nlu"
_ENTITY = re.compile(r"\[(?P<text>[^\]]+)\](?:\((?P<kind>\w+)\)|\{[^}]*\})")


@dataclass(frozen=True)
class Example:
    """One thing a person may write, and the topic it means."""

    language: Language
    intent: str
    text: str
    """The message as a person types it, without entity markup."""
    marked: str
    """The line of the file, with entity markup."""
    group: str

    @cached_property
    def folded(self) -> str:
        """Return the message in the form used for comparing."""
        return fold(self.text)


def examples(nlu: Path = NLU) -> Iterator[Example]:
    """Yield every training example of both languages, Welsh first, in the order of the files."""
    for language in Language:
        for path in sorted((nlu / language.value).glob("*.yml")):
            for block in read(path).get("nlu") or []:
                if "intent" in block:
                    yield from _block(language, path.stem, block)


def _block(language: Language, group: str, block: dict[str, str]) -> Iterator[Example]:
    for line in block["examples"].splitlines():
        marked = line.strip().removeprefix("- ").strip()
        if marked:
            yield Example(language, block["intent"], plain(marked), marked, group)


def plain(marked: str) -> str:
    """Return an example without its entity markup."""
    return _ENTITY.sub(lambda match: match["text"], marked)
