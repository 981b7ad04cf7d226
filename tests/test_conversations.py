"""Every row of tests/conversations, in both languages, with the real assistant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.language import Language
from tests.conftest import Talk

ROWS = [
    row
    for path in sorted((Path(__file__).parent / "conversations").glob("*.yml"))
    for row in yaml.safe_load(path.read_text("utf-8"))
]
NOTICE = re.compile("not kept|Ni chadwyd")
pytestmark = pytest.mark.assistant


def test_there_are_enough_rows() -> None:
    assert len(ROWS) >= 40


ENOUGH = 0.85
"""Share of rows that must hold. The aim is all; what fails is printed, to be mended."""


def test_conversations(assistant: str) -> None:
    failed = [
        told for row in ROWS for language in Language if (told := _fault(assistant, row, language))
    ]
    print("\n".join(failed))

    assert 1 - len(failed) / (2 * len(ROWS)) >= ENOUGH, "\n".join(failed)


def _fault(assistant: str, row: dict[str, Any], language: Language) -> str | None:
    """Hold one row in one language; return what went wrong."""
    talk = Talk(assistant)
    for turn in row[language.value]:
        said = talk.say(turn["person"])
        try:
            _judge(turn, said, turn.get("language") or _language(row, language))
        except AssertionError as error:
            return f"{row['id']} ({language.value}): {str(error).splitlines()[0]}"
    return None


def _judge(turn: dict[str, Any], said: list[dict[str, Any]], language: str | None) -> None:
    told = f"{turn['person']!r} got {[(m['topic'], m['language'], m['prison']) for m in said]}"
    topics = {message["topic"] for message in said}
    wanted = turn.get("topic")
    if wanted:
        assert topics & set([wanted] if isinstance(wanted, str) else wanted), told
    if language and not turn.get("any_language"):
        assert {language} == {message["language"] for message in said}, told
    if "prison" in turn:
        assert turn["prison"] in {message["prison"] for message in said}, told
    if turn.get("services"):
        assert any(message["services"] for message in said), told
    if "buttons" in turn:
        payloads = " ".join(b["payload"] for message in said for b in message["buttons"])
        assert turn["buttons"] in payloads, told
    words = "\n".join(str(message) for message in said)
    for pattern in turn.get("mentions", ()):
        assert re.search(pattern, words), f"{pattern} is missing: {told}"
    if "notice" in turn:
        assert turn["notice"] == bool(NOTICE.search(words)), told
    for never in turn.get("never", ()):
        for message in said:
            assert any(message[key] != value for key, value in never.items()), told


def _language(row: dict[str, Any], language: Language) -> str | None:
    """A row's own language is expected, except where it is about language or wordless."""
    spoken = "".join(turn["person"] for turn in row[language.value])
    return language.value if re.search(r"[a-zA-Z]{3}.*\s", spoken) and "/" not in spoken else None
