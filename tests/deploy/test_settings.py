"""docs/settings.md names every setting, and nothing that is none."""

from __future__ import annotations

import re

from bot.settings import ROOT, Settings

TABLE = re.compile(r"^\| `([A-Z_0-9]+)` \|", re.M)
ELSEWHERE = {"CYSWLLT_PYTHON310", "CYSWLLT_CONTENT", "FORWARDED_ALLOW_IPS"}
"""Settings that are read before, or beside, `bot.settings`."""


def documented() -> set[str]:
    """Return the names in the table."""
    return set(TABLE.findall((ROOT / "docs" / "settings.md").read_text("utf-8")))


def test_the_table_is_whole() -> None:
    read = {f"CYSWLLT_{name.upper()}" for name in vars(Settings())}
    assert read | ELSEWHERE == documented()
