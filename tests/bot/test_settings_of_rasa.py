"""What `config.yml` and our code say of certainty is one figure."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.context import ANSWERED

ROOT = Path(__file__).parents[2]


def test_one_threshold() -> None:
    config = yaml.safe_load((ROOT / "config.yml").read_text())
    (fallback,) = (part for part in config["pipeline"] if part["name"] == "FallbackClassifier")
    assert fallback["threshold"] == ANSWERED
