"""Whole conversations as rows of YAML, both languages in one row, and whether a reply is as it should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.language import Language
from bot.wording import say

Messages = list[dict[str, Any]]
Say = Callable[[str], Messages]
"""Says one thing in a conversation and returns the reply."""
DESK = "desk.yml"
"""The rows that editors saved from "try it": these have no excuse."""
NOTICE = re.compile("not kept|Ni chadwyd")


@dataclass(frozen=True)
class Fault:
    """A reply that is not what its row asks for."""

    row: str
    spoken: Language
    person: str
    kind: str
    """Names the sentence that says in what: `editor.gate.row_fault`."""
    wanted: str
    topics: tuple[str, ...]
    """What was answered."""

    def told(self, language: Language, title: Callable[[str], str] = str) -> str:
        """Say what went wrong, as editors of *language* read it; *title* names a topic."""
        wanted = " / ".join(map(title, self.wanted.split(" / ")))
        return say(
            "editor.gate.row",
            language,
            row=self.row,
            spoken=self.spoken.own_name,
            person=self.person,
            what=say(f"editor.gate.row_fault.{self.kind}", language, wanted=wanted),
            answered=", ".join(map(title, self.topics)) or "–",
        )

    def __str__(self) -> str:
        return self.told(Language.ENGLISH)


def rows(folder: Path) -> list[dict[str, Any]]:
    """Read every row below *folder*; `desk` says whether an editor saved it."""
    return [
        {**row, "desk": path.name == DESK}
        for path in sorted(folder.glob("*.yml"))
        for row in yaml.safe_load(path.read_text("utf-8")) or []
    ]


def fault(row: dict[str, Any], language: Language, talk: Say) -> Fault | None:
    """Hold one row in one language, through *talk*; return what went wrong."""
    for turn in row[language.value]:
        said = talk(turn["person"])
        spoken = turn.get("language") or _language(row, language)
        for kind, wanted, holds in _demands(turn, said, spoken):
            if not holds:
                topics = tuple(str(m["topic"]) for m in said if m["topic"])
                return Fault(row["id"], language, turn["person"], kind, wanted, topics)
    return None


def _demands(
    turn: dict[str, Any], said: Messages, language: str | None
) -> Iterator[tuple[str, str, bool]]:
    """Yield what a turn asks for: its kind, what is wanted, and whether the reply has it."""
    words = "\n".join(str(message) for message in said)
    payloads = " ".join(b["payload"] for message in said for b in message["buttons"])
    if wanted := turn.get("topic"):
        any_of = [wanted] if isinstance(wanted, str) else sorted(wanted)
        yield "topic", " / ".join(any_of), bool({*any_of} & {m["topic"] for m in said})
    if language and not turn.get("any_language"):
        own = Language(language).own_name
        yield "language", own, {language} == {m["language"] for m in said}
    if "prison" in turn:
        yield "prison", turn["prison"], turn["prison"] in {m["prison"] for m in said}
    if turn.get("services"):
        yield "services", "", any(m["services"] for m in said)
    if "buttons" in turn:
        yield "buttons", turn["buttons"], turn["buttons"] in payloads
    if "notice" in turn:
        yield "notice", "", turn["notice"] == bool(NOTICE.search(words))
    for pattern in turn.get("mentions", ()):
        yield "mentions", pattern, bool(re.search(pattern, words))
    for never in turn.get("never", ()):
        kept = all(any(m[key] != value for key, value in never.items()) for m in said)
        yield "never", " / ".join(map(str, never.values())), kept


def _language(row: dict[str, Any], language: Language) -> str | None:
    """A row's own language is expected, except where it is about language or wordless."""
    spoken = "".join(turn["person"] for turn in row[language.value])
    return language.value if re.search(r"[a-zA-Z]{3}.*\s", spoken) and "/" not in spoken else None
