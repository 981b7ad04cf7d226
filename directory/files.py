"""Reads and writes the YAML files of the directory; a bad record never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from directory.errors import InvalidFile
from directory.records import AnyRecord, PlaceWord
from directory.storage import KINDS, Kind

DATA = Path(__file__).parent / "data"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LINE = 100
_ENDLESS = 1_000_000
# Kinds of which each record is short enough to stand on one line.
_ONE_LINE = {"place", "outcode"}
_WORDS = ("weak", "ordinary")
# Where a record comes from stands at its end.
_LAST = ("as_of", "checked_on", "checked_by", "confidence", "sources", "provenance")


@dataclass(frozen=True)
class Problem:
    """Why a record cannot be used: for the person who wrote the file."""

    file: str
    line: int
    record: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.record}: {self.reason}"


@dataclass(frozen=True)
class Found:
    """A record as a file holds it; *place* is its number in its section."""

    record: AnyRecord
    file: str
    line: int
    place: int


@dataclass(frozen=True)
class Contents:
    """What a folder of data files holds: the good records by kind, and the problems."""

    records: Mapping[str, Sequence[Found]]
    problems: Sequence[Problem]


def read(path: Path = DATA) -> Contents:
    """Read every data file in the folder *path*, or the one file *path*."""
    if not path.exists():
        raise InvalidFile(f"{path}: there is no such file or folder")
    problems: list[Problem] = []
    documents = _documents(path, problems)
    records = {kind.name: _found(kind, documents, problems) for kind in KINDS}
    return Contents(records, problems)


def _documents(path: Path, problems: list[Problem]) -> dict[str, yaml.MappingNode]:
    """Parse the files; one that is no YAML is a problem, not the end."""
    names = sorted({kind.file for kind in KINDS})
    files = [path] if path.is_file() else [path / name for name in names if (path / name).exists()]
    parsed: dict[str, yaml.MappingNode] = {}
    for file in files:
        if (node := _parse(file, problems)) is not None:
            parsed[file.name] = node
    return parsed


def _parse(file: Path, problems: list[Problem]) -> yaml.MappingNode | None:
    """Return the mapping at the top of *file*, or note why there is none."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except UnicodeDecodeError:
        problems.append(Problem(file.name, 1, "file", "is not UTF-8 text"))
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "is not YAML"
        problems.append(Problem(file.name, mark.line + 1 if mark else 1, "file", reason))
        return None
    if not isinstance(node, yaml.MappingNode):
        problems.append(Problem(file.name, 1, "file", "should begin with the name of a section"))
        return None
    return node


def _found(
    kind: Kind, documents: Mapping[str, yaml.MappingNode], problems: list[Problem]
) -> list[Found]:
    """Return the good records of one kind, wherever its section stands."""
    found: list[Found] = []
    seen: set[str] = set()
    for file, document in documents.items():
        for place, (line, value) in enumerate(_entries(kind, document, file, problems)):
            record = _validated(kind, file, line, value, problems)
            if record is None:
                continue
            if record.id in seen:
                problems.append(Problem(file, line, record.id, "this id is used twice"))
                continue
            seen.add(record.id)
            found.append(Found(record, file, line, place))
    return found


def _entries(
    kind: Kind, document: yaml.MappingNode, file: str, problems: list[Problem]
) -> Iterator[tuple[int, Any]]:
    """Yield each entry of the section of *kind* with the line it begins on."""
    for key, section in document.value:
        wanted = _WORDS if kind.model is PlaceWord else (kind.section,)
        if key.value not in wanted:
            continue
        if not isinstance(section, yaml.SequenceNode):
            line = section.start_mark.line + 1
            problems.append(Problem(file, line, key.value, "should be a list"))
            continue
        for node in section.value:
            value = _value(node)
            if kind.model is PlaceWord:
                value = {"id": node.value, "kind": key.value}
            yield node.start_mark.line + 1, value


def _value(node: yaml.Node) -> Any:
    """Build what *node* stands for; an impossible date stays text and fails its check."""
    constructor = yaml.constructor.SafeConstructor()
    try:
        return constructor.construct_document(node)
    except (ValueError, yaml.YAMLError) as error:
        return {"unreadable": str(error).splitlines()[0]}


def _validated(
    kind: Kind, file: str, line: int, value: Any, problems: list[Problem]
) -> AnyRecord | None:
    """Check one record; every fault in it is noted."""
    name = str(value.get("id", kind.name)) if isinstance(value, dict) else kind.name
    try:
        return kind.model.model_validate(value)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            field = ".".join(str(part) for part in fault["loc"])
            reason = f"{field}: {fault['msg']}" if field else fault["msg"]
            problems.append(Problem(file, line, name, reason))
        return None


def dump(records: Mapping[str, Iterable[AnyRecord]]) -> dict[str, str]:
    """Write *records* by kind as the texts of their files; read() gives the same records back."""
    texts: dict[str, str] = {}
    for kind in KINDS:
        held = list(records.get(kind.name, ()))
        if held:
            texts[kind.file] = texts.get(kind.file, "") + _writer(kind)(kind, held)
    return texts


def _writer(kind: Kind) -> Callable[[Kind, Sequence[AnyRecord]], str]:
    if kind.model is PlaceWord:
        return _words
    return _lines if kind.name in _ONE_LINE else _blocks


def _words(_kind: Kind, records: Sequence[AnyRecord]) -> str:
    """Write the words about places as two flowing lists."""
    sections = {
        name: [record.id for record in records if vars(record)["kind"] == name] for name in _WORDS
    }
    held = {name: words for name, words in sections.items() if words}
    return "".join(
        f"{name}:\n  {_yaml(words, flow=True, width=_LINE).strip()}\n"
        for name, words in held.items()
    ).replace("\n  ", "\n    ")


def _lines(kind: Kind, records: Sequence[AnyRecord]) -> str:
    """Write a section with one record a line."""
    entries = (_yaml(_values(record), flow=True, width=_ENDLESS).strip() for record in records)
    return f"{kind.section}:\n" + "".join(f"  - {entry}\n" for entry in entries)


def _blocks(kind: Kind, records: Sequence[AnyRecord]) -> str:
    """Write a section with one field a line."""
    return _yaml({kind.section: [_values(record) for record in records]}, flow=False, width=_LINE)


def _values(record: AnyRecord) -> dict[str, Any]:
    """Return what a record says, leaving out what it does not; its names come first."""
    values = record.model_dump(mode="json", exclude_defaults=True)
    first = [name for name in ("id", "organization", "name_cy", "name_en") if name in values]
    last = [name for name in _LAST if name in values]
    middle = [name for name in values if name not in (*first, *last)]
    return {name: values[name] for name in (*first, *middle, *last)}


def _yaml(value: Any, *, flow: bool, width: int) -> str:
    text: str = yaml.dump(
        value,
        Dumper=_DUMPER,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=flow,
        width=width,
    )
    return text
