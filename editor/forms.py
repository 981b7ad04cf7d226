"""A record of the directory as a form, and a form as a record: what may be written follows from the model."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

NOT_WRITTEN = frozenset({"id", "checked_on", "checked_by", "provenance"})
"""What no form changes: ids stay, and only the button says who checked what."""
LONG = frozenset({"description", "notes", "note", "hours_note", "address", "text", "eligibility"})
"""Names, without their language, of what is written in a larger box."""
MOST_ROWS = 40
"""Rows of one list that a form may carry."""
_TRUTH = {"yes": True, "no": False}


@dataclass(frozen=True)
class Field:
    """One box of a form."""

    path: str
    """Where it stands in the record: `phones.0.number`."""
    name: str
    language: str | None
    value: str
    choices: tuple[str, ...] = ()
    long: bool = False
    listed: bool = False
    """True where several values stand in one box, one a line."""


@dataclass(frozen=True)
class Group:
    """Boxes that belong together: one phone, one fact, or the record itself."""

    name: str
    label: str
    """What tells it from others of its name: a number, or a topic."""
    fields: tuple[Field, ...]


def groups(model: type[BaseModel], values: Mapping[str, Any]) -> Iterator[Group]:
    """Yield the whole form of a record; lists have one empty row more than they have values."""
    own: list[Field] = []
    rest: list[Group] = []
    for name, info in model.model_fields.items():
        inner, listed = _shape(info.annotation)
        value = values.get(name)
        if name in NOT_WRITTEN:
            continue
        if _is_part(inner) and listed:
            for at, row in enumerate([*(value or ()), {}]):
                rest.append(_group(name, str(at + 1), inner, row, f"{name}.{at}"))
        elif get_origin(inner) is dict:
            fact = get_args(inner)[1]
            for topic, held in (value or {}).items():
                rest.append(_group(name, topic, fact, held, f"{name}.{topic}"))
        elif _is_part(inner):
            rest.append(_group(name, "", inner, value or {}, name))
        else:
            own.append(_field(name, inner, listed, value, name))
    yield Group("", "", tuple(own))
    yield from rest


def _group(
    name: str, label: str, model: type[BaseModel], values: Mapping[str, Any], path: str
) -> Group:
    fields = [
        _field(each, *_shape(info.annotation), values.get(each), f"{path}.{each}")
        for each, info in model.model_fields.items()
        if each not in NOT_WRITTEN and not _is_part(_shape(info.annotation)[0])
    ]
    return Group(name, label, tuple(fields))


def _field(name: str, inner: Any, listed: bool, value: Any, path: str) -> Field:
    stem, _, language = name.rpartition("_")
    if name in ("cy", "en"):
        stem, language = "text", name
    if language not in ("cy", "en"):
        stem, language = name, ""
    shown = "\n".join(map(str, value)) if listed and value else _shown(value)
    return Field(path, stem, language or None, shown, _choices(inner), stem in LONG, listed)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None or value == [] else str(value)


def _choices(inner: Any) -> tuple[str, ...]:
    if inner is bool:
        return tuple(_TRUTH)
    return tuple(map(str, get_args(inner))) if get_origin(inner) is Literal else ()


def _shape(annotation: Any) -> tuple[Any, bool]:
    """Take a type apart: what a value is, and whether there is a list of them."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(each for each in get_args(annotation) if each is not type(None))
        elif origin is list:
            return _shape(get_args(annotation)[0])[0], True
        else:
            return annotation, False


def _is_part(inner: Any) -> bool:
    return isinstance(inner, type) and issubclass(inner, BaseModel)


def written(
    model: type[BaseModel], form: Mapping[str, str], before: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what *form* says of a record, as plain values; what no form changes is as *before*."""
    values: dict[str, Any] = {name: before[name] for name in NOT_WRITTEN if before.get(name)}
    for name, info in model.model_fields.items():
        inner, listed = _shape(info.annotation)
        if name in NOT_WRITTEN:
            continue
        if _is_part(inner) and listed:
            held = before.get(name) or []
            rows = (
                _part(inner, form, f"{name}.{at}", held[at] if at < len(held) else {})
                for at in range(MOST_ROWS)
            )
            values[name] = [row for row in rows if row]
        elif get_origin(inner) is dict:
            fact = get_args(inner)[1]
            facts = {
                topic: _part(fact, form, f"{name}.{topic}", held)
                for topic, held in (before.get(name) or {}).items()
            }
            values[name] = {topic: held for topic, held in facts.items() if held}
        elif _is_part(inner):
            values[name] = _part(inner, form, name, before.get(name) or {}) or None
        else:
            values[name] = _read(form.get(name, ""), inner, listed)
    return {name: value for name, value in values.items() if value is not None}


def _part(
    model: type[BaseModel], form: Mapping[str, str], path: str, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Read one part; nothing where every box of it was left empty, or only its choices are set."""
    said: dict[str, Any] = {}
    typed = False
    for name, info in model.model_fields.items():
        inner, listed = _shape(info.annotation)
        if name in NOT_WRITTEN or _is_part(inner):
            continue
        value = _read(form.get(f"{path}.{name}", ""), inner, listed)
        if value not in (None, []):
            said[name] = value
            typed = typed or not _choices(inner)
    if not typed:
        return {}
    kept = {
        name: value for name, value in before.items() if name not in said and name in NOT_WRITTEN
    }
    parts = {
        name: before[name]
        for name, info in model.model_fields.items()
        if _is_part(_shape(info.annotation)[0]) and before.get(name)
    }
    return {**kept, **parts, **said}


def _read(text: str, inner: Any, listed: bool) -> Any:
    text = text.replace("\r\n", "\n").strip()
    if listed:
        return [line.strip() for line in text.split("\n") if line.strip()]
    if inner is bool:
        return _TRUTH.get(text)
    return text or None
