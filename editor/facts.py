"""The directory as editors change it: whole records, checked, written down, and live at once."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from rapidfuzz import fuzz

from bot.words import fold
from directory import listing
from directory.importer import references
from directory.records import AnyRecord, Service
from directory.storage import KIND, stored, write
from editor.accounts import METADATA
from editor.drafts import Drafts
from editor.forms import written

EDITED = ("service", "organization", "prison", "local_authority", "outcode", "place")
"""Kinds of records that the desk edits."""
ADDED = ("service", "organization")
"""Those that it adds: prisons, areas and names of places come with a release, which has to know them."""
STALE_AFTER = timedelta(days=180)
"""How long a confirmation is good for."""
ALIKE = 90.0
"""Likeness of names (0–100) from which two services may be one."""
CHANGED = sa.Table(
    "directory_change",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("record", sa.String(100), nullable=False, index=True),
    sa.Column("who", sa.String(300), nullable=False),
    sa.Column("why", sa.String(200), nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)


class ChangedMeanwhile(Exception):
    """Somebody else has saved this record since the page was opened."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one box of a record; `kind` names its sentence."""

    where: str
    """The path of the box, as the form has it: `phones.0.number`."""
    kind: str
    name: str = ""
    """The record that is referred to and is not there."""


_KINDS = {
    "missing": "missing",
    "string_too_short": "missing",
    "too_short": "missing",
    "literal_error": "choice",
    "float_parsing": "figure",
    "int_parsing": "figure",
    "greater_than_equal": "figure",
    "less_than_equal": "figure",
    "string_too_long": "long",
}
"""Sentences by what pydantic calls a fault."""
_FORMS = frozenset(
    {"number", "url", "email", "opens_at", "closes_at", "byday", "as_of", "postcode", "schedule"}
)
"""Boxes of which the sentence says how they are written."""


class NotARecord(Exception):
    """What was typed is no record; says where and what, for each fault."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


class PerhapsTwice(Exception):
    """Other services look like this one."""

    def __init__(self, others: list[AnyRecord]) -> None:
        super().__init__("perhaps twice")
        self.others = others


@dataclass(frozen=True)
class Row:
    """A record in a list."""

    id: str
    name_cy: str
    name_en: str
    checked_on: date | None
    stale: bool
    active: bool


@dataclass(frozen=True)
class Edit:
    """One change to a record: who, when, why, and what differs."""

    who: str
    when: str
    why: str
    fields: tuple[tuple[str, str, str], ...]
    """Name, before and after of each field that differs."""


class Facts:
    """Reads and changes the directory. Blocking: call in a thread."""

    def __init__(self, database: sa.Engine, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def rows(self, kind: str, q: str = "", only_stale: bool = False) -> list[Row]:
        """List the records of *kind* in which the words of *q* stand, in either language."""
        wanted = fold(q.strip())
        with self._database.connect() as connection:
            records = stored(connection, KIND[kind])
        found = [
            self._row(record)
            for record in records.values()
            if wanted in fold(json.dumps(_plain(record), ensure_ascii=False))
        ]
        return [row for row in found if row.stale or not only_stale]

    def _row(self, record: Any) -> Row:
        oldest = date.fromtimestamp(self._clock()) - STALE_AFTER
        stale = record.checked_on is None or record.checked_on < oldest
        active = getattr(record, "status", "active") == "active"
        english = getattr(record, "name_en", record.id)  # a postcode has no other name
        name = getattr(record, "name_cy", None) or english
        return Row(record.id, name, english, record.checked_on, stale and active, active)

    def record(self, kind: str, identity: str) -> dict[str, Any]:
        """Return a record as plain values; KeyError if there is none."""
        with self._database.connect() as connection:
            return _plain(stored(connection, KIND[kind], [identity])[identity])

    @staticmethod
    def version(values: Mapping[str, Any]) -> str:
        """Name what stands there: another value, another version."""
        return Drafts.digest(values)

    def save(
        self,
        kind: str,
        identity: str,
        version: str,
        form: Mapping[str, str],
        who: str,
        why: str,
        *,
        new: bool = False,
        sure: bool = False,
    ) -> bool:
        """Write a record; False if nothing differs.

        ChangedMeanwhile, NotARecord or PerhapsTwice (unless *sure*) leave everything as it was. What
        is changed has to be confirmed again: the day and the name are taken away.
        """
        before = {} if new else self._unchanged(kind, identity, version)
        said = {**written(KIND[kind].model, form, before), "id": identity}
        after = self._validated(kind, _unconfirmed(_plain(self._validated(kind, said)), before))
        if _plain(after) == before:
            return False
        if new and self._exists(kind, identity):
            raise NotARecord([Fault("id", "taken")])
        if isinstance(after, Service) and not sure:
            self._refuse_twice(after)
        self._write(kind, before, after, who, why)
        return True

    def confirm(
        self, kind: str, identity: str, version: str, who: str, name: str, fact: str = ""
    ) -> None:
        """Set checked_on and checked_by to today and *name*: of the record, or of one *fact* of it."""
        before = self._unchanged(kind, identity, version)
        today = {"checked_on": date.today().isoformat(), "checked_by": name}
        values = {**before, **today}
        if fact:
            values = {
                **before,
                "facts": {**before["facts"], fact: {**before["facts"][fact], **today}},
            }
        after = self._validated(kind, values)
        self._write(kind, before, after, who, f"checked {fact}".strip())

    def _unchanged(self, kind: str, identity: str, version: str) -> dict[str, Any]:
        before = self.record(kind, identity)
        if self.version(before) != version:
            raise ChangedMeanwhile
        return before

    def _exists(self, kind: str, identity: str) -> bool:
        with self._database.connect() as connection:
            return identity in stored(connection, KIND[kind], [identity])

    def _validated(self, kind: str, values: Mapping[str, Any]) -> AnyRecord:
        try:
            record: AnyRecord = KIND[kind].model.model_validate(values)
        except ValidationError as error:
            raise NotARecord(
                [_fault(each["loc"], each["type"]) for each in error.errors()]
            ) from error
        if missing := self._missing(record):
            raise NotARecord(missing)
        return record

    def _missing(self, record: AnyRecord) -> list[Fault]:
        """List what a record refers to and is not there."""
        found = []
        with self._database.connect() as connection:
            for field, kind, identity in references(record):
                known = stored(connection, KIND[kind], [identity])
                at_prison = kind == "location" and identity.startswith("prison-")
                if identity not in known and not at_prison:
                    found.append(Fault(field, "gone", identity))
        return found

    def _refuse_twice(self, service: Service) -> None:
        with self._database.connect() as connection:
            others = [
                other
                for other in stored(connection, KIND["service"]).values()
                if isinstance(other, Service) and other.id != service.id and _alike(service, other)
            ]
        if others:
            raise PerhapsTwice(list(others))

    def _write(
        self, kind: str, before: Mapping[str, Any], after: AnyRecord, who: str, why: str
    ) -> None:
        values = {"kind": kind, "record": after.id, "who": who, "why": why[:200]}
        with self._database.begin() as connection:
            write(connection, KIND[kind], [(self._place(connection, kind, after.id), after)])
            listing.refresh_after(connection, {kind: [after.id]})
            connection.execute(
                sa.insert(CHANGED).values(
                    before=json.dumps(before),
                    after=json.dumps(_plain(after)),
                    at=self._clock(),
                    **values,
                )
            )

    def _place(self, connection: sa.Connection, kind: str, identity: str) -> int:
        """Return the place of a record in its list; a new one comes last."""
        table = KIND[kind].table
        there = connection.execute(sa.select(table.c.position).where(table.c.id == identity))
        place = there.scalar()
        if place is not None:
            return int(place)
        return 1 + int(connection.execute(sa.select(sa.func.max(table.c.position))).scalar() or 0)

    def history(self, kind: str, identity: str) -> list[Edit]:
        """List the changes to a record, newest first."""
        chosen = sa.and_(CHANGED.c.kind == kind, CHANGED.c.record == identity)
        query = sa.select(CHANGED).where(chosen).order_by(CHANGED.c.id.desc()).limit(50)
        with self._database.connect() as connection:
            return [_edit(row) for row in connection.execute(query)]


def _edit(row: Any) -> Edit:
    before, after = json.loads(row.before), json.loads(row.after)
    differing = [
        (
            name,
            json.dumps(before.get(name), ensure_ascii=False),
            json.dumps(after.get(name), ensure_ascii=False),
        )
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    when = time.strftime("%Y-%m-%d", time.gmtime(row.at))
    return Edit(row.who, when, row.why, tuple(differing))


def _plain(record: AnyRecord) -> dict[str, Any]:
    values: dict[str, Any] = record.model_dump(mode="json")
    return values


def _unconfirmed(after: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Take a confirmation away from what is no longer what was confirmed."""
    known = before.get("facts") or {}
    facts = {
        topic: fact if _bare(fact) == _bare(known.get(topic, {})) else _bare(fact)
        for topic, fact in (after.get("facts") or {}).items()
    }
    own = {name: value for name, value in after.items() if name != "facts"}
    same = _bare(own) == {name: value for name, value in _bare(before).items() if name != "facts"}
    return {**(own if same else _bare(own)), **({"facts": facts} if facts else {})}


def _bare(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if k not in ("checked_on", "checked_by")}


def _alike(one: Service, other: Service) -> bool:
    """Say whether two services have a number in common, or all but the same name."""
    numbers = [{re.sub(r"\D", "", phone.number) for phone in each.phones} for each in (one, other)]
    if numbers[0] & numbers[1]:
        return True
    names = [fold(each.name_en) for each in (one, other)]
    return fuzz.ratio(*names) >= ALIKE


def _fault(place: tuple[int | str, ...], called: str) -> Fault:
    where = ".".join(map(str, place))
    named = [
        part.removesuffix("_cy").removesuffix("_en") for part in place if isinstance(part, str)
    ]
    last = named[-1] if named else "together"
    known = last if last in _FORMS or not named else "form"
    return Fault(where, _KINDS.get(called, known))
