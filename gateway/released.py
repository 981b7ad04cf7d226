"""What the gateway reads from the release that runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot import wording
from bot.catalogue.load import Catalogue, load
from bot.keywords import Keywords
from bot.language_id import LanguageModel
from bot.release import current


@dataclass(frozen=True)
class Released:
    """Answers and word counts of one release."""

    id: str
    catalogue: Catalogue
    languages: LanguageModel
    keywords: Keywords
    names: frozenset[str]
    """Words of names of prisons and places: they say nothing about a message's language."""


def released(releases: Path, secret: str) -> Released:
    """Load the release that runs; UntrustedRelease if it is not whole or not ours."""
    release = current(releases, secret)
    words = json.loads(release.words.read_text("utf-8"))
    wording.load(release.content)
    return Released(
        id=release.id,
        catalogue=load(release.content),
        languages=LanguageModel(**words["languages"]),
        keywords=Keywords(**words["keywords"]),
        names=frozenset(words["names"]),
    )
