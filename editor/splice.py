"""Changes one text of a YAML file and not a byte besides: a one-word edit is a one-word diff.

Dumping a file anew would re-flow what others wrote; so the text's place is found by the parser and
only that stretch is written again. What comes out is read back before it is believed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode


class BrokenEdit(ValueError):
    """An edit after which the file would not say what was meant."""


def splice(source: str, path: Sequence[str], text: str) -> str:
    """Return *source* with the text at *path* replaced; BrokenEdit if that cannot be done safely."""
    node = _find(YAML().compose(source), path)
    start, end = node.start_mark.index, node.end_mark.index
    old = source[start:end]
    changed = source[:start] + _written(node, old, text) + source[end:]
    _verify(source, changed, path, text)
    return changed


def _find(node: Node | None, path: Sequence[str]) -> ScalarNode:
    for name in path:
        pairs = node.value if isinstance(node, MappingNode) else []
        node = next((value for key, value in pairs if key.value == name), None)
    if not isinstance(node, ScalarNode):
        raise BrokenEdit(f"there is no text at {'.'.join(path)}")
    return node


def _written(node: ScalarNode, old: str, text: str) -> str:
    """Write *text* in the style in which the old one stands."""
    if node.style == "|":
        header, _, body = old.partition("\n")
        first = next((line for line in body.split("\n") if line.strip()), "")
        indent = first[: len(first) - len(first.lstrip(" "))]
        lines = [f"{indent}{line}" if line.strip() else "" for line in text.strip().split("\n")]
        breaks = len(old) - len(old.rstrip("\n"))
        return "\n".join([header, *lines]) + "\n" * breaks
    if node.style is None and _plain(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str) -> bool:
    """Say whether YAML reads *text* as itself without quotes, also after a colon."""
    try:
        return bool(_values(f"a: {text}\nb: c\n") == {"a": text, "b": "c"})
    except yaml.YAMLError:
        return False


def _verify(source: str, changed: str, path: Sequence[str], text: str) -> None:
    wanted = _values(source)
    place: Any = wanted
    for name in path[:-1]:
        place = place[name]
    old = str(place[path[-1]])
    place[path[-1]] = text.strip() + old[len(old.rstrip("\n")) :]
    try:
        found = _values(changed)
    except yaml.YAMLError as error:
        raise BrokenEdit("the file could not be read any more") from error
    if found != wanted:
        raise BrokenEdit("the file would say something else than was written")


def _values(source: str) -> Any:
    """Read as the releases do: ruamel reads YAML 1.2, in which `yes` is a word and not true."""
    return yaml.load(source, yaml.CSafeLoader)
