"""What goes with an answer: follow-up buttons, sources, and the day an editor confirmed it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node

from bot.catalogue.load import read
from editor.drafts import CannotSave, Conflict, Drafts
from editor.splice import BrokenEdit

FIELDS = ("title_cy", "title_en", "url", "url_cy", "url_en", "as_of")
"""What an editor may write of a source, in the order in which it is written down."""
MOST_SOURCES = 8
MOST_FOLLOW_UPS = 4
LONGEST_FIELD = 400
_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_ADDRESS = re.compile(r"https://[^\s\"<>]+")


@dataclass(frozen=True)
class About:
    """What goes with one answer, as it stands in `topics/`."""

    topic: str
    group: str
    follow_ups: tuple[str, ...]
    sources: tuple[Mapping[str, str], ...]
    checked_on: str | None
    checked_by: str | None
    review_by: str | None

    @property
    def version(self) -> str:
        """Name what stands there."""
        return Drafts.digest({name: str(value) for name, value in vars(self).items()})


class Sources:
    """Changes `topics/*.yml` below *drafts*' tree, one value at a time. Blocking: call in a thread."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def about(self, topic: str) -> About:
        """Return what goes with *topic*; KeyError if there is no such topic."""
        group = self._drafts.catalogue().topics[topic].group
        body = read(self._path(group))["topics"][topic]
        listed = tuple(
            {name: str(entry[name]) for name in FIELDS if entry.get(name)}
            for entry in body.get("sources") or ()
        )
        return About(
            topic,
            group,
            tuple(body.get("follow_ups") or ()),
            listed,
            _text(body.get("checked_on")),
            _text(body.get("checked_by")),
            _text(body.get("review_by")),
        )

    def save(
        self,
        topic: str,
        version: str,
        follow_ups: Sequence[str],
        sources: Sequence[Mapping[str, str]],
        review_by: str,
        who: str,
    ) -> bool:
        """Save buttons and sources; Conflict, CannotSave or BrokenEdit leave the file as it was."""
        with self._drafts.saving():
            now = self.about(topic)
            if now.version != version:
                raise Conflict(None)
            clean = [_source(entry) for entry in sources if any(entry.values())]
            self._refuse(topic, follow_ups, clean, review_by)
            values: dict[str, Any] = {}
            if tuple(follow_ups) != now.follow_ups:
                values["follow_ups"] = list(follow_ups)
            if clean != list(now.sources):
                values["sources"] = clean
            if review_by != (now.review_by or ""):
                values["review_by"] = review_by
            return self._write(now, values, who, "buttons and sources")

    def _refuse(
        self, topic: str, follow_ups: Sequence[str], sources: Sequence[object], review_by: str
    ) -> None:
        known = self._drafts.catalogue().topics
        if len(sources) > MOST_SOURCES or len(follow_ups) > MOST_FOLLOW_UPS:
            raise CannotSave("too_many_sources")
        if any(name not in known or name == topic for name in follow_ups):
            raise CannotSave("choose_topic")
        if review_by and not _is_day(review_by):
            raise CannotSave("bad_day")

    def confirm(self, topic: str, version: str, who: str, name: str) -> bool:
        """Set checked_on and checked_by to today and *name*: the only way they are set.

        Conflict if the answer's sources have changed since the page was shown.
        """
        with self._drafts.saving():
            now = self.about(topic)
            if now.version != version:
                raise Conflict(None)
            values = {"checked_on": date.today().isoformat(), "checked_by": name}
            return self._write(now, values, who, "checked against the source")

    def _write(self, now: About, values: Mapping[str, Any], who: str, why: str) -> bool:
        path = self._path(now.group)
        source = old = path.read_text("utf-8")
        for key, value in values.items():
            source = with_value(source, ("topics", now.topic), key, value)
        if source == old:
            return False
        self._drafts.commit({path: source}, who, f"{now.topic}: {why}")
        return True

    def _path(self, group: str) -> Path:
        return self._drafts.content / "topics" / f"{group}.yml"


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _source(entry: Mapping[str, str]) -> dict[str, str]:
    """Return a source as it is written down; CannotSave names what is wrong with it."""
    said = {name: " ".join(entry.get(name, "").split()) for name in FIELDS}
    if not said["title_cy"] or not said["title_en"]:
        raise CannotSave("source_titles")
    if any(len(value) > LONGEST_FIELD for value in said.values()):
        raise CannotSave("bad_text")
    for name in ("url", "url_cy", "url_en"):
        if said[name] and not _ADDRESS.fullmatch(said[name]):
            raise CannotSave("bad_address")
    if said["as_of"] and not _DAY.fullmatch(said["as_of"]):
        raise CannotSave("bad_day")
    return {name: value for name, value in said.items() if value}


def with_value(source: str, path: Sequence[str], key: str, value: Any) -> str:
    """Return *source* with one value of the mapping at *path* replaced, or added at its end.

    Written in the style of these files: a list of sources one a line, all else in one line. No
    other byte changes; BrokenEdit where the file would say something else.
    """
    place: Node | None = YAML().compose(source)
    for name in path:
        place = _value(place, name)
    if not isinstance(place, MappingNode) or place.flow_style:
        raise BrokenEdit(f"nothing to change at {'.'.join(path)}")
    indent = " " * place.start_mark.column
    line = f"{indent}{key}:{_written(value, indent)}\n"
    keys = [node for node, _ in place.value]
    at = next((i for i, node in enumerate(keys) if node.value == key), None)
    if at is None:
        end = _end_of(source, place.value[-1])
        changed = source[:end] + line + source[end:]
    else:
        start = source.rindex("\n", 0, keys[at].start_mark.index) + 1
        changed = source[:start] + line + source[_end_of(source, place.value[at]) :]
    _verify(source, changed, (*path, key), value)
    return changed


def _value(node: Node | None, name: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)


def _end_of(source: str, pair: tuple[Node, Node]) -> int:
    """Return where the line ends on which a value ends; comments after it are not of it."""
    value = pair[1]
    last = source[: value.end_mark.index].rstrip()
    # A block list ends where the next key begins: its last line with anything but a comment counts.
    lines = last.split("\n")
    while lines and lines[-1].lstrip().startswith("#"):
        lines.pop()
    length = len("\n".join(lines).rstrip())
    newline = source.find("\n", length)
    return len(source) if newline < 0 else newline + 1


def _written(value: Any, indent: str) -> str:
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        rows = (f"\n{indent}  - {{{_flow(entry)}}}" for entry in value)
        return "".join(rows)
    if isinstance(value, list):
        return f" [{', '.join(value)}]"
    return f" {_quoted(value)}"


def _flow(entry: Mapping[str, str]) -> str:
    order = ("title_en", "title_cy", "url", "url_en", "url_cy", "as_of")
    return ", ".join(f"{name}: {_quoted(entry[name])}" for name in order if name in entry)


def _quoted(value: str) -> str:
    return str(yaml.dump(value, default_style='"', allow_unicode=True, width=10**6)).strip()


def _verify(source: str, changed: str, path: Sequence[str], value: Any) -> None:
    wanted = yaml.load(source, yaml.CSafeLoader)
    place = wanted
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    try:
        found = yaml.load(changed, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise BrokenEdit("the file could not be read any more") from error
    if found != wanted:
        raise BrokenEdit("the file would say something else than was written")
