"""Whole conversations as rows of YAML, both languages in one row, and whether a reply is as it should be."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.language import Language

Messages = list[dict[str, Any]]
Say = Callable[[str], Messages]
"""Says one thing in a conversation and returns the reply."""
DESK = "desk.yml"
"""The rows that editors saved from "try it": these have no excuse."""
NOTICE = re.compile("not kept|Ni chadwyd")


class NotAsWanted(Exception):
    """A reply that is not what its row asks for; says in what."""


def rows(folder: Path) -> list[dict[str, Any]]:
    """Read every row below *folder*; `desk` says whether an editor saved it."""
    return [
        {**row, "desk": path.name == DESK}
        for path in sorted(folder.glob("*.yml"))
        for row in yaml.safe_load(path.read_text("utf-8")) or []
    ]


def fault(row: dict[str, Any], language: Language, say: Say) -> str | None:
    """Hold one row in one language, through *say*; return what went wrong."""
    for turn in row[language.value]:
        try:
            _judge(turn, say(turn["person"]), turn.get("language") or _language(row, language))
        except NotAsWanted as wrong:
            return f"{row['id']} ({language.value}): {wrong}"
    return None


def _judge(turn: dict[str, Any], said: Messages, language: str | None) -> None:
    told = f"{turn['person']!r} got {[(m['topic'], m['language'], m['prison']) for m in said]}"
    for what, holds in _demands(turn, said, language):
        if not holds:
            raise NotAsWanted(f"{what}: {told}")


def _demands(turn: dict[str, Any], said: Messages, language: str | None) -> list[tuple[str, bool]]:
    wanted = turn.get("topic")
    words = "\n".join(str(message) for message in said)
    payloads = " ".join(b["payload"] for message in said for b in message["buttons"])
    demands = []
    if wanted:
        any_of = {wanted} if isinstance(wanted, str) else set(wanted)
        demands.append((f"topic {wanted}", bool(any_of & {m["topic"] for m in said})))
    if language and not turn.get("any_language"):
        demands.append((f"in {language}", {language} == {m["language"] for m in said}))
    if "prison" in turn:
        demands.append((turn["prison"], turn["prison"] in {m["prison"] for m in said}))
    if turn.get("services"):
        demands.append(("services", any(m["services"] for m in said)))
    if "buttons" in turn:
        demands.append((f"button {turn['buttons']}", turn["buttons"] in payloads))
    if "notice" in turn:
        demands.append(("notice", turn["notice"] == bool(NOTICE.search(words))))
    demands += [(f"{p} is missing", bool(re.search(p, words))) for p in turn.get("mentions", ())]
    for never in turn.get("never", ()):
        kept = all(any(m[key] != value for key, value in never.items()) for m in said)
        demands.append((f"never {never}", kept))
    return demands


def _language(row: dict[str, Any], language: Language) -> str | None:
    """A row's own language is expected, except where it is about language or wordless."""
    spoken = "".join(turn["person"] for turn in row[language.value])
    return language.value if re.search(r"[a-zA-Z]{3}.*\s", spoken) and "/" not in spoken else None
