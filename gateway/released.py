"""What the gateway reads from the release that runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot import wording
from bot.catalogue.load import Catalogue, load
from bot.keywords import Keywords
from bot.language_id import LanguageModel
from bot.release import current, verify


@dataclass(frozen=True)
class Released:
    """Answers and word counts of one release."""

    id: str
    content: Path
    """The folder of its texts."""
    catalogue: Catalogue
    languages: LanguageModel
    keywords: Keywords
    names: frozenset[str]
    """Words of names of prisons and places: they say nothing about a message's language."""


def released(releases: Path, secret: str) -> Released:
    """Load the release that runs; UntrustedRelease if it is not whole or not ours."""
    made = released_as(releases / current(releases, secret).id, secret)
    wording.load(made.content)
    return made


def released_as(folder: Path, secret: str) -> Released:
    """Load the release in *folder*, whether or not it runs; interface texts stay as they are."""
    release = verify(folder, secret)
    words = json.loads(release.words.read_text("utf-8"))
    return Released(
        id=release.id,
        content=release.content,
        catalogue=load(release.content),
        languages=LanguageModel(**words["languages"]),
        keywords=Keywords(**words["keywords"]),
        names=frozenset(words["names"]),
    )
