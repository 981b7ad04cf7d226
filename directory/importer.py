"""Brings data files into the database: checks, shows the changes, then makes them all or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from directory import listing
from directory.errors import asking
from directory.files import Contents, Found, Problem
from directory.records import AnyRecord, LocalAuthority, Outcode, Place, Prison, Service
from directory.storage import KINDS, PRISON_LOCATION, Kind, stored, write

_STEP = 200  # records between two reports of progress
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Change:
    """A record that is new, or that differs in *fields* from the one in the database."""

    kind: Kind
    found: Found
    fields: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        return not self.fields


@dataclass(frozen=True)
class Plan:
    """What an import would do.

    *kept* are ids in the database that the files do not have: they stay, since SQL is the truth.
    """

    changes: Sequence[Change] = ()
    unchanged: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()


def quietly(_kind: str, _done: int, _total: int) -> None:
    """Report no progress."""


def plan(connection: sa.Connection, contents: Contents) -> Plan:
    """Compare *contents* with the database; records that refer to nothing become problems."""
    problems = list(contents.problems)
    changes: list[Change] = []
    unchanged: dict[str, int] = {}
    kept: dict[str, Sequence[str]] = {}
    known: dict[str, set[str]] = {}
    with asking():
        for kind in KINDS:
            held = stored(connection, kind)
            found = [
                one for one in contents.records.get(kind.name, ()) if _fits(one, known, problems)
            ]
            known[kind.name] = {*held, *(one.record.id for one in found)}
            new = [change for one in found if (change := _change(kind, one, held)) is not None]
            changes.extend(new)
            unchanged[kind.name] = len(found) - len(new)
            kept[kind.name] = [key for key in held if key not in {one.record.id for one in found}]
    return Plan(changes, unchanged, kept, problems)


def _change(kind: Kind, found: Found, held: Mapping[str, AnyRecord]) -> Change | None:
    """Return what bringing in one record would change; None where nothing."""
    before = held.get(found.record.id)
    if before is None:
        return Change(kind, found)
    differing = tuple(
        name for name in kind.model.model_fields
        if getattr(before, name) != getattr(found.record, name)
    )  # fmt: skip
    return Change(kind, found, differing) if differing else None


def _fits(found: Found, known: Mapping[str, set[str]], problems: list[Problem]) -> bool:
    """Say whether everything *found* refers to is there, in the database or in the files."""
    missing = [
        f"{field}: there is no {kind.replace('_', ' ')} called {identity}"
        for field, kind, identity in references(found.record)
        if identity not in _with_prisons(kind, known)
    ]
    problems.extend(Problem(found.file, found.line, found.record.id, reason) for reason in missing)
    return not missing


def _with_prisons(kind: str, known: Mapping[str, set[str]]) -> set[str]:
    """Return the ids of a kind; every prison is a location too."""
    if kind != "location":
        return known.get(kind, set())
    prisons = {f"{PRISON_LOCATION}{prison}" for prison in known.get("prison", set())}
    return known.get(kind, set()) | prisons


def references(record: AnyRecord) -> Iterator[tuple[str, str, str]]:
    """Yield field, kind and id of everything a record refers to."""
    if isinstance(record, Service):
        yield "organization", "organization", record.organization
        yield from (("needs", "need", need) for need in record.needs)
        yield from (("prisons", "prison", prison) for prison in record.prisons)
        yield from (("locations", "location", location) for location in record.locations)
        yield from (("authorities", "local_authority", one) for one in record.authorities)
    elif isinstance(record, Place):
        yield from (("authorities", "local_authority", one) for one in record.authorities)
    elif isinstance(record, Outcode):
        yield from (
            ("local_authorities", "local_authority", one) for one in record.local_authorities
        )
    elif isinstance(record, Prison) and record.local_authority:
        yield "local_authority", "local_authority", record.local_authority
    elif not isinstance(record, LocalAuthority) and getattr(record, "local_authority", None):
        yield "local_authority", "local_authority", vars(record)["local_authority"]


def apply(connection: sa.Connection, wanted: Plan, report: Progress = quietly) -> None:
    """Make the changes of *wanted*; the caller's transaction makes them all or none."""
    with asking():
        for kind in KINDS:
            changes = [change for change in wanted.changes if change.kind is kind]
            for start in range(0, len(changes), _STEP):
                step = changes[start : start + _STEP]
                write(connection, kind, [(one.found.place, one.found.record) for one in step])
                report(kind.name, min(start + _STEP, len(changes)), len(changes))
        changed: dict[str, list[str]] = {}
        for change in wanted.changes:
            changed.setdefault(change.kind.name, []).append(change.found.record.id)
        listing.refresh_after(connection, changed)


def bring_in(database: sa.Engine, contents: Contents, report: Progress = quietly) -> Plan:
    """Import *contents* in one transaction and return what was done."""
    with asking(), database.begin() as connection:
        done = plan(connection, contents)
        apply(connection, done, report)
    return done
