"""A working tree of its own with few topics, so that a real training takes seconds and not minutes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from bot.settings import ROOT
from tests.editor.conftest import git

TOPICS = (
    "greet",
    "thanks",
    "out_of_scope",
    "delete_chat",
    "book_visit",
    "parcels",
    "letters",
    "send_money",
    "find_service",
    "crisis_self",
)
"""What this assistant knows: enough that it can also be unsure."""
EXAMPLES = 85
"""Examples of each topic and language: as few as the rulebook lets through, and some to lose."""
_CODE = ("actions", "bot", "directory", "editor", "encoder/model", "gateway", "launcher", "nlu")
_FILES = ("config.yml", "credentials.yml", "endpoints.yml", "requirements/rasa.txt")
ROW = """- id: letters-are-answered
  cy: [{person: "sut mae anfon llythyr at garcharor", topic: letters}]
  en: [{person: "how do I send a letter to a prisoner", topic: letters}]
"""


def small_tree(folder: Path) -> Path:
    """Copy the code and cut the content down; the tree is a clean Git repository."""
    for name in _CODE:
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in _FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in (".venv", ".venv-rasa"):
        (folder / name).symlink_to((ROOT / name).resolve())
    (folder / ".gitignore").write_text(".venv*\nvar\n__pycache__\n")
    _cut_topics(folder / "bot/content/topics")
    _cut_examples(folder / "nlu")
    _cut_held_out(folder / "tests/held_out")
    shutil.copytree(ROOT / "tests/gateway/crisis", folder / "tests/gateway/crisis")
    rows = folder / "tests/conversations"
    rows.mkdir(parents=True)
    (rows / "letters.yml").write_text(ROW)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "few topics")
    return folder


def _cut_topics(folder: Path) -> None:
    """Leave every answer, but let only a few be asked about."""
    for path in folder.glob("*.yml"):
        source = re.sub(r"^    asked: \w+\n", "", path.read_text("utf-8"), flags=re.M)
        path.write_text(re.sub(r"^  (\w+):\n", _unasked, source, flags=re.M), "utf-8")


def _unasked(line: re.Match[str]) -> str:
    return line[0] if line[1] in TOPICS else f"{line[0]}    asked: false\n"


def _cut_examples(nlu: Path) -> None:
    for path in nlu.glob("*/*.yml"):
        head, *blocks = re.split(r"^(?=- intent: )", path.read_text("utf-8"), flags=re.M)
        kept = [block for block in blocks if re.match(r"- intent: (\w+)", block)[1] in TOPICS]  # type: ignore[index]
        if not kept:
            path.unlink()
            continue
        cut = ("".join(block.splitlines(keepends=True)[: EXAMPLES + 2]) for block in kept)
        path.write_text(head + "".join(cut), "utf-8")


def _cut_held_out(folder: Path) -> None:
    folder.mkdir(parents=True)
    for path in (ROOT / "tests/held_out").glob("*.jsonl"):
        lines = path.read_text("utf-8").splitlines()
        kept = [line for line in lines if set(json.loads(line)["topics"]) <= set(TOPICS)]
        (folder / path.name).write_text("\n".join(kept) + "\n", "utf-8")
