"""What the rulebook of content says about one topic, as it stands in the draft."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.__main__ import books
from bot.catalogue.checks import Problem, problems
from editor.drafts import stamps


def everything(root: Path) -> tuple[list[Problem], list[Problem]]:
    """Return all that has to be mended, and all that should be looked at, in the whole draft."""
    found = _found(root)
    return [p for p in found if not p.warning], [p for p in found if p.warning]


def judged(root: Path, topic: str) -> list[Problem]:
    """Return what has to be mended or looked at in *topic*, in either language."""
    return [
        problem
        for problem in _found(root)
        if topic in problem.where.replace(":", " ").replace(".", " ").split()
    ]


def _found(root: Path) -> tuple[Problem, ...]:
    written = (*stamps(root / "bot" / "content"), *stamps(root / "nlu"))
    return _judged(root, written, date.today())


@lru_cache(maxsize=2)
def _judged(root: Path, written: tuple[int, ...], today: date) -> tuple[Problem, ...]:
    """Judge once what has not changed since: the whole rulebook takes a second."""
    return tuple(problems(books(root / "bot" / "content", root)))
