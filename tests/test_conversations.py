"""Every row of tests/conversations, in both languages, with the real assistant."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language import Language
from launcher.conversations import fault, rows
from tests.conftest import Talk

ROWS = rows(Path(__file__).parent / "conversations")
ENOUGH = 0.85
"""Share of rows that must hold. The aim is all; what fails is printed, to be mended."""
pytestmark = pytest.mark.assistant


def test_there_are_enough_rows() -> None:
    assert len(ROWS) >= 40


def test_conversations(assistant: str) -> None:
    failed = [
        str(told)
        for row in ROWS
        for language in Language
        if (told := fault(row, language, Talk(assistant).say))  # type: ignore[arg-type]
    ]
    print("\n".join(failed))

    assert 1 - len(failed) / (2 * len(ROWS)) >= ENOUGH, "\n".join(failed)
