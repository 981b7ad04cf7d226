"""The direction of imports, as docs/architecture.md draws it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = {"rasa", "rasa_sdk", "sqlalchemy", "spacy", "directory", "actions", "gateway", "editor"}
FORBIDDEN = {
    "bot/language.py": PURE,
    "bot/language_id.py": PURE,
    "bot/words.py": PURE,
    "bot/mutations.py": PURE,
    "bot/gazetteer.py": PURE,
    "bot/context.py": PURE,
    "bot/keywords.py": PURE,
    "bot/wording.py": PURE,
    "bot/release.py": PURE,
    "bot/examples.py": PURE,
    "bot/catalogue": PURE,
    "bot/pipeline": {"rasa_sdk", "sqlalchemy", "directory", "actions", "gateway"},
    "bot/importer.py": {"rasa_sdk", "sqlalchemy", "directory", "actions", "gateway"},
    "bot/tracker_store.py": {"rasa_sdk", "directory", "actions", "gateway"},
    "directory": {"rasa", "rasa_sdk", "actions", "gateway"},
    "actions": {"rasa", "gateway"},
    "gateway": {"rasa", "rasa_sdk", "actions", "editor"},
    "editor": {"rasa", "rasa_sdk", "actions", "launcher"},
    "launcher/setup.py": {"httpx", "yaml", "sqlalchemy", "bot"},
}


@pytest.mark.parametrize(("place", "banned"), FORBIDDEN.items(), ids=list(FORBIDDEN))
def test_imports_point_inwards(place: str, banned: set[str]) -> None:
    path = ROOT / place
    files = [path] if path.suffix else sorted(path.rglob("*.py"))
    assert files, f"{place} has moved; update FORBIDDEN"
    for file in files:
        assert not banned & _imported(file), file


def _imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
