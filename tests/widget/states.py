"""The named states of the widget, and the gateway's replies in them: widget/examples is both docs and fixture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.language import Language
from launcher.widget import WIDGET

EXAMPLES = WIDGET / "examples"
REPLIES = EXAMPLES / "replies"
TREES = EXAMPLES / "trees"
_WRITTEN = yaml.safe_load((EXAMPLES / "states.yml").read_text("utf-8"))


@dataclass(frozen=True)
class State:
    """One state, as states.yml describes it."""

    name: str
    about: Mapping[str, str]
    page: str = ""
    ask: str = ""
    press: tuple[str, ...] = ()
    closed: bool = False
    theme: Mapping[str, str] = field(default_factory=dict)
    system: Mapping[str, Any] = field(default_factory=dict)
    gateway: str = ""
    shows: tuple[str, ...] = ()


STATES = {name: State(name, **written) for name, written in _WRITTEN["states"].items()}
QUESTIONS: dict[str, dict[str, str]] = _WRITTEN["questions"]


def recorded(name: str, language: Language) -> Path:
    """Return where the reply *name* is kept."""
    return REPLIES / f"{name}.{language.value}.json"


def reply(name: str, language: Language) -> dict[str, Any]:
    """Return a recorded reply: its HTTP `status` and its `body`."""
    return dict(json.loads(recorded(name, language).read_text("utf-8")))


def keep(name: str, language: Language, status: int, body: object) -> None:
    """Keep a reply of the gateway."""
    REPLIES.mkdir(exist_ok=True)
    content = json.dumps({"status": status, "body": body}, ensure_ascii=False, indent=1)
    recorded(name, language).write_text(content + "\n", "utf-8")
