"""Moves records between their models and the tables; the one place that knows both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from directory import tables
from directory.records import (
    AnyRecord,
    LocalAuthority,
    Location,
    Need,
    Organization,
    Outcode,
    Place,
    PlaceWord,
    Prison,
    Service,
)

Row = dict[str, Any]
_BATCH = 500  # ids in one IN (...)


@dataclass(frozen=True)
class Kind:
    """A kind of record: the file and section that hold it, its model and its table.

    *renamed* maps fields to columns of another name; *lists* maps a field to the table of its parts
    where a part is a mere id, *parts* where it is an object with the columns of that table.
    """

    name: str
    file: str
    section: str
    model: type[AnyRecord]
    table: sa.Table
    renamed: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[sa.Table, str]] = field(default_factory=dict)
    parts: Mapping[str, sa.Table] = field(default_factory=dict)


_AT_AUTHORITY = {"local_authority": "local_authority_id"}

# In the order in which one kind may refer to another.
KINDS: tuple[Kind, ...] = (
    Kind("local_authority", "local_authorities.yml", "local_authorities", LocalAuthority,
         tables.local_authority),
    Kind("outcode", "outcodes.yml", "outcodes", Outcode, tables.outcode),
    Kind("place_word", "places.yml", "words", PlaceWord, tables.place_word),
    Kind("place", "places.yml", "places", Place, tables.place),
    Kind("prison", "prisons.yml", "prisons", Prison, tables.prison, renamed=_AT_AUTHORITY),
    Kind("need", "needs.yml", "needs", Need, tables.taxonomy_term),
    Kind("organization", "services.yml", "organizations", Organization, tables.organization),
    Kind("location", "services.yml", "locations", Location, tables.location,
         renamed=_AT_AUTHORITY),
    Kind("service", "services.yml", "services", Service, tables.service,
         renamed={"organization": "organization_id"},
         lists={
             "needs": (tables.attribute, "taxonomy_term_id"),
             "authorities": (tables.service_area, "local_authority_id"),
             "prisons": (tables.service_prison, "prison_id"),
             "locations": (tables.service_at_location, "location_id"),
         },
         parts={
             "phones": tables.phone, "schedule": tables.schedule, "languages": tables.language,
             "costs": tables.cost_option, "contacts": tables.contact,
         }),
)  # fmt: skip
KIND = {kind.name: kind for kind in KINDS}
# Every prison is also a location, made from its record; these are not written in files.
PRISON_LOCATION = "prison-"


def stored(
    connection: sa.Connection, kind: Kind, ids: Sequence[str] | None = None
) -> dict[str, AnyRecord]:
    """Return the records of *kind* by id, in the order of their file; all, or only *ids*."""
    rows = rows_of(connection, kind.table, "id", ids)
    parts = _parts_of(connection, kind, ids)
    found = {row["id"]: _record(kind, row, parts) for row in rows}
    if kind.name == "location":
        return {key: one for key, one in found.items() if not key.startswith(PRISON_LOCATION)}
    return found


def rows_of(
    connection: sa.Connection, table: sa.Table, key: str, ids: Sequence[str] | None
) -> list[Row]:
    """Read rows of *table* in order, all or those whose *key* is among *ids*."""
    return list(answered(connection, _question(table, key, ids is not None), ids))


def answered(
    connection: sa.Connection, question: sa.Executable, ids: Sequence[str] | None
) -> Iterator[Row]:
    """Ask *question*, of some ids at a time where *ids* are named."""
    for start in range(0, 1 if ids is None else len(ids), _BATCH):
        chosen = {} if ids is None else {"ids": list(ids[start : start + _BATCH])}
        yield from (dict(row) for row in connection.execute(question, chosen).mappings())


@lru_cache(maxsize=64)
def _question(table: sa.Table, key: str, chosen: bool) -> sa.Select[Any]:
    """Build the question once: building takes longer than asking."""
    order = [table.c[name] for name in ("position", key) if name in table.c]
    question = sa.select(table).order_by(*order)
    return question.where(_is_chosen(table.c[key])) if chosen else question


def _is_chosen(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam("ids", expanding=True, type_=sa.String))


def part_tables(kind: Kind) -> list[sa.Table]:
    """Name the tables that hold parts of a record of *kind*."""
    if kind.name == "prison":
        return [tables.prison_fact]
    if kind.name != "service":
        return []
    return [*(table for table, _ in kind.lists.values()), *kind.parts.values(), tables.eligibility]


def _owner(table: sa.Table) -> str:
    """Name the column that says which record a part belongs to."""
    return "prison_id" if table is tables.prison_fact else "service_id"


def _parts_of(
    connection: sa.Connection, kind: Kind, ids: Sequence[str] | None
) -> dict[str, dict[str, list[Row]]]:
    """Read the parts of the records, by table and by owner, in their order."""
    read = tuple(part_tables(kind))
    found: dict[str, dict[str, list[Row]]] = {table.name: defaultdict(list) for table in read}
    rows = answered(connection, _parts_question(read, ids is not None), ids) if read else ()
    for row in sorted(rows, key=lambda row: row["position"] or 0):
        found[row.pop("part")][row.pop("owner")].append(row)
    return found


@lru_cache(maxsize=16)
def _parts_question(parts: Sequence[sa.Table], chosen: bool) -> sa.Select[Any]:
    """Ask for all *parts* at once: each row has the columns of every part, most of them null."""
    absent: dict[str, sa.ColumnElement[Any]] = {
        column.name: sa.cast(None, column.type).label(column.name)
        for table in parts
        for column in table.c
        if column.name != _owner(table)
    }
    # The first table says what each column is called and holds: a bare NULL is enough from then on.
    bare: dict[str, sa.ColumnElement[Any]] = dict.fromkeys(absent, sa.literal_column("NULL"))
    padded = [_padded(table, bare if at else absent) for at, table in enumerate(parts)]
    every = sa.union_all(*padded).subquery()
    question = sa.select(every)
    return question.where(_is_chosen(every.c.owner)) if chosen else question


def _padded(table: sa.Table, absent: Mapping[str, sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """Ask for a table of parts, with a null for each column that it does not have."""
    owner = table.c[_owner(table)]
    own = {column.name: column for column in table.c if column is not owner}
    part = sa.literal_column(f"'{table.name}'", sa.String).label("part")
    return sa.select(part, owner.label("owner"), *{**absent, **own}.values())


def _record(kind: Kind, row: Row, parts: Mapping[str, Mapping[str, list[Row]]]) -> AnyRecord:
    """Build one record from its row and its parts."""
    back = {column: name for name, column in kind.renamed.items()}
    values: dict[str, Any] = {back.get(column, column): value for column, value in row.items()}
    if kind.name == "prison":
        values["facts"] = _facts(parts["prison_fact"].get(row["id"], []))
    for name, (table, column) in kind.lists.items():
        values[name] = [part[column] for part in parts[table.name].get(row["id"], [])]
    for name, table in kind.parts.items():
        values[name] = [_bare(part) for part in parts[table.name].get(row["id"], [])]
    if kind.name == "service":
        values["eligibility"] = next(map(_bare, parts["eligibility"].get(row["id"], [])), None)
    known = kind.model.model_fields
    return kind.model.model_validate(
        {name: value for name, value in values.items() if name in known and value is not None}
    )


def _bare(part: Row) -> Row:
    """Leave out the place of a part in its record, and what it does not have."""
    return {k: v for k, v in part.items() if k != "position" and v is not None}


def _facts(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the facts of one prison by topic, in their order."""
    facts: dict[str, Row] = {}
    for row in rows:
        fact = {k: v for k, v in row.items() if k not in ("topic", "position")}
        fact["cy"], fact["en"] = fact.pop("text_cy"), fact.pop("text_en")
        facts[row["topic"]] = {k: v for k, v in fact.items() if v is not None}
    return facts


def write(connection: sa.Connection, kind: Kind, records: Sequence[tuple[int, AnyRecord]]) -> None:
    """Write *records* of one kind, each with its place in the file, over what is there."""
    ids = [record.id for _, record in records]
    _upsert(connection, kind.table, [_row(kind, place, record) for place, record in records])
    if kind.name == "prison":
        _upsert(connection, tables.location, [prison_location(record) for _, record in records])
    for table in part_tables(kind):
        for start in range(0, len(ids), _BATCH):
            chosen = table.c[_owner(table)].in_(ids[start : start + _BATCH])
            connection.execute(sa.delete(table).where(chosen))
        rows = [row for _, record in records for row in _part_rows(kind, table, record)]
        if rows:
            connection.execute(sa.insert(table), rows)


def _upsert(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows, or change those that are there."""
    held = {row["id"] for row in rows_of(connection, table, "id", [r["id"] for r in rows])}
    new = [row for row in rows if row["id"] not in held]
    if new:
        connection.execute(sa.insert(table), new)
    changed = [
        {f"_{key}": value for key, value in row.items()} for row in rows if row["id"] in held
    ]
    if changed:
        values: Row = {key: sa.bindparam(f"_{key}") for key in rows[0] if key != "id"}
        chosen = table.c.id == sa.bindparam("_id")
        connection.execute(sa.update(table).where(chosen).values(values), changed)


def _row(kind: Kind, place: int, record: AnyRecord) -> Row:
    """Return the row of a record itself, parts left out."""
    values = record.model_dump(mode="python")
    row = {kind.renamed.get(name, name): value for name, value in values.items()}
    row = {column: _plain(value) for column, value in row.items() if column in kind.table.c}
    row["position"] = place
    if kind.name == "need":
        row["taxonomy"] = "need"
    return row


def _plain(value: Any) -> Any:
    """Leave nulls out of what is kept as JSON."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _part_rows(kind: Kind, table: sa.Table, record: AnyRecord) -> list[Row]:
    """Return the rows of *record* in one table of parts."""
    if isinstance(record, Prison):
        return _fact_rows(record)
    assert isinstance(record, Service)
    for name, (listed, column) in kind.lists.items():
        if listed is table:
            return _numbered(record.id, [{column: value} for value in getattr(record, name)])
    for name, part in kind.parts.items():
        if part is table:
            return _numbered(record.id, [one.model_dump() for one in getattr(record, name)])
    eligible = record.eligibility
    return [{"service_id": record.id, **eligible.model_dump()}] if eligible else []


def _numbered(service: str, parts: Iterable[Row]) -> list[Row]:
    return [{"service_id": service, "position": at, **part} for at, part in enumerate(parts)]


def _fact_rows(record: Prison) -> list[Row]:
    """Return the facts about one prison as rows."""
    rows = []
    for position, (topic, fact) in enumerate(record.facts.items()):
        values = _plain_but_null(fact.model_dump())
        values["text_cy"], values["text_en"] = values.pop("cy"), values.pop("en")
        rows.append({"prison_id": record.id, "topic": topic, "position": position, **values})
    return rows


def _plain_but_null(values: Row) -> Row:
    return {key: _plain(value) for key, value in values.items()}


def prison_location(record: AnyRecord) -> Row:
    """Return the prison as a location that services can be at."""
    assert isinstance(record, Prison)
    return {
        "id": f"{PRISON_LOCATION}{record.id}",
        "name_cy": record.name_cy,
        "name_en": record.name_en,
        "address_cy": record.address_cy,
        "address_en": record.address_en,
        "postal_code": record.postcode,
        "local_authority_id": record.local_authority,
        "latitude": record.lat,
        "longitude": record.lon,
    }
