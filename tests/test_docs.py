"""The documents keep up with what they are about."""

from __future__ import annotations

import re

from bot.settings import ROOT, Settings


def test_every_setting_is_in_the_table_and_nothing_else() -> None:
    table = (ROOT / "docs" / "settings.md").read_text("utf-8")
    told = set(re.findall(r"^\| `CYSWLLT_(\w+)`", table, re.M))
    read_elsewhere = {"PYTHON310", "CONTENT"}  # by the launcher and the training

    assert told == {name.upper() for name in vars(Settings())} | read_elsewhere
