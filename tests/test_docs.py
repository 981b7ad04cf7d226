"""The documents keep up with what they are about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings

GUIDES = [ROOT / "docs" / f"embedding.{language}.md" for language in ("cy", "en")]


def test_every_setting_is_in_the_table_and_nothing_else() -> None:
    table = (ROOT / "docs" / "settings.md").read_text("utf-8")
    told = set(re.findall(r"^\| `CYSWLLT_(\w+)`", table, re.M))
    read_elsewhere = {"PYTHON310", "CONTENT"}  # by the launcher and the training

    assert told == {name.upper() for name in vars(Settings())} | read_elsewhere


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_a_charitys_guide_tells_of_all_it_may_choose_and_hear(guide: Path) -> None:
    loader = (ROOT / "widget" / "src" / "loader.ts").read_text("utf-8")
    chosen = set(re.findall(r'chosen\("([a-z-]+)"\)', loader))
    heard = set(re.findall(r'happened\("(\w+)"', loader)) | {"answer"}
    written = guide.read_text("utf-8")

    assert len(chosen) == 8
    assert chosen == set(re.findall(r"^\| `data-([a-z-]+)`", written, re.M))
    assert heard == set(re.findall(r"`cyswllt:(\w+)`", written))
    assert set(re.findall(r"--cyswllt-([a-z-]+)", written)) < chosen
