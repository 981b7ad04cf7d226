"""What the rulebook of content says about one topic, as it stands in the draft."""

from __future__ import annotations

from pathlib import Path

from bot.__main__ import books
from bot.catalogue.checks import Problem, problems


def judged(content: Path, topic: str) -> list[Problem]:
    """Return what has to be mended or looked at in *topic*, in either language."""
    return [
        problem
        for problem in problems(books(content))
        if topic in problem.where.replace(":", " ").replace(".", " ").split()
    ]
