"""What the rulebook of content says about one topic, as it stands in the draft."""

from __future__ import annotations

from pathlib import Path

from bot.__main__ import books
from bot.catalogue.checks import Problem, problems


def everything(content: Path) -> tuple[list[Problem], list[Problem]]:
    """Return all that has to be mended, and all that should be looked at, in the whole draft."""
    found = problems(books(content))
    return [p for p in found if not p.warning], [p for p in found if p.warning]


def judged(content: Path, topic: str) -> list[Problem]:
    """Return what has to be mended or looked at in *topic*, in either language."""
    return [
        problem
        for problem in problems(books(content))
        if topic in problem.where.replace(":", " ").replace(".", " ").split()
    ]
