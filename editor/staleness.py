"""Which side of an answer was left behind when the other was changed, as Git remembers it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

from bot.language import Language
from editor.accounts import METADATA

COMMITTER = "<editor@localhost>"
"""Changes made at the desk: what was written before it stood there was judged together."""
CONFIRMED = sa.Table(  # an editor has said that this pair is right as it stands
    "editor_confirmed",
    METADATA,
    sa.Column("topic", sa.String(64), primary_key=True),
    sa.Column("version", sa.String(16), primary_key=True),
    sa.Column("email", sa.String(200), nullable=False),
)
_TOPIC = re.compile(r"  (\w+):")


@dataclass(frozen=True)
class Touched:
    """The newest change at the desk to one side of an answer."""

    commit: str
    when: int


def left_behind(root: Path) -> dict[str, Language]:
    """Return the topics of which one language was changed at the desk and the other not since."""
    found: dict[str, Language] = {}
    content = root / "bot" / "content"
    head = _git(root, "rev-parse", "HEAD").strip()
    for path in sorted((content / Language.WELSH.value).glob("*.yml")):
        sides = {
            language: dict(_touched(root, content / language.value / path.name, head))
            for language in Language
        }
        found.update(_behind(sides))
    return found


def _behind(sides: Mapping[Language, Mapping[str, Touched]]) -> dict[str, Language]:
    found = {}
    for language in Language:
        for topic, change in sides[language].items():
            twin = sides[language.other].get(topic)
            if twin is None or (twin.commit != change.commit and twin.when < change.when):
                found[topic] = language.other
    return found


@lru_cache(maxsize=64)
def _touched(root: Path, path: Path, head: str) -> tuple[tuple[str, Touched], ...]:
    """Read who changed each line last; *head* is only there to read again after a commit."""
    newest: dict[str, Touched] = {}
    topic, commit, when, ours = "", "", 0, False
    for line in _git(root, "blame", "--line-porcelain", "--", str(path)).splitlines():
        if line.startswith("\t"):
            match = _TOPIC.match(line[1:])
            topic = match[1] if match else topic
            if ours and topic and (topic not in newest or newest[topic].when < when):
                newest[topic] = Touched(commit, when)
        elif re.match(r"[0-9a-f]{40} ", line):
            commit = line[:40]
        elif line.startswith("committer-mail "):
            ours = line.endswith(COMMITTER)
        elif line.startswith("committer-time "):
            when = int(line.split()[1])
    return tuple(newest.items())


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout


class Confirmations:
    """What editors have said is right although only one side changed. Blocking: call in a thread."""

    def __init__(self, database: sa.Engine) -> None:
        self._database = database

    def confirm(self, topic: str, version: str, email: str) -> None:
        """Remember that both sides of *topic*, as they stand in *version*, say the same."""
        values = {"topic": topic, "version": version}
        with self._database.begin() as connection:
            chosen = sa.and_(CONFIRMED.c.topic == topic, CONFIRMED.c.version == version)
            connection.execute(sa.delete(CONFIRMED).where(chosen))
            connection.execute(sa.insert(CONFIRMED).values(email=email, **values))

    def confirmed(self) -> set[tuple[str, str]]:
        """Return the topics and versions that were confirmed."""
        with self._database.connect() as connection:
            rows = connection.execute(sa.select(CONFIRMED.c.topic, CONFIRMED.c.version))
            return {(row.topic, row.version) for row in rows}
