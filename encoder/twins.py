"""Sentence pairs of our own: what the assistant says, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.catalogue.load import load
from bot.language import Language

Pair = tuple[str, str]


def own_pairs() -> list[Pair]:
    """List titles and sentences of the answers, Welsh first, where both sides have as many."""
    content, found = load(), set()
    for topic in content.topics:
        cy, en = (content.answers[language][topic] for language in Language)
        found.add((cy.title, en.title))
        for part in cy.parts.keys() & en.parts.keys():
            found.update(_sentences(cy.parts[part], en.parts[part]))
    return sorted(pair for pair in found if all(pair))


def _sentences(cy: str, en: str) -> Iterator[Pair]:
    welsh, english = (
        [_clean(line) for line in text.splitlines() if line.strip()] for text in (cy, en)
    )
    if len(welsh) == len(english):
        for one, other in zip(welsh, english):
            yield one, other
            said, meant = (re.split(r"(?<=[.!?])\s+", line) for line in (one, other))
            if len(said) == len(meant):
                yield from zip(said, meant)


def _clean(line: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", line).strip(" -")
