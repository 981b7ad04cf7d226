"""Gathers a service into one row of service_text: all that ranking it closely and its card ask for.

The row holds names of others (its organization, authorities, places): it is made anew when they change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from directory import tables
from directory.records import Service
from directory.storage import PRISON_LOCATION, Row, answered, rows_of

Named = Mapping[str, Mapping[str, Row]]
"""Rows by kind and id."""
Pair = tuple[str | None, str | None]
"""A text in Welsh and in English."""

_UNSHOWN = {"notes", "provenance", "costs", "contacts"}
_SERVICE, _AREA = tables.service.c, tables.service_area.c
_AT, _NEED = tables.service_at_location.c, tables.attribute.c
# Which services refer to a record of a kind: the column of the service and that of the record. A wide
# coverage goes by the name of a place: england_and_wales by that of england-and-wales.
_REFERRERS: Mapping[str, tuple[sa.Column[str], sa.ColumnElement[str]]] = {
    "organization": (_SERVICE.id, _SERVICE.organization_id),
    "local_authority": (_AREA.service_id, _AREA.local_authority_id),
    "location": (_AT.service_id, _AT.location_id),
    "place": (_SERVICE.id, sa.func.replace(_SERVICE.coverage, "_", "-")),
    "need": (_NEED.service_id, _NEED.taxonomy_term_id),
}


def referrers(connection: sa.Connection, changed: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the services that are, or refer to, the records *changed*: ids by kind."""
    prisons = [f"{PRISON_LOCATION}{one}" for one in changed.get("prison", ())]
    named = {**changed, "location": [*changed.get("location", ()), *prisons]}
    found = set(named.get("service", ()))
    for kind, (service, referred) in _REFERRERS.items():
        chosen = referred.in_(sa.bindparam("ids", expanding=True, type_=sa.String))
        asked = sa.select(service.label("id")).where(chosen)
        found.update(row["id"] for row in answered(connection, asked, named.get(kind, ())))
    return sorted(found)


def ungathered(connection: sa.Connection) -> list[str]:
    """Return the services without a whole row: those that an older version wrote."""
    text = tables.service_text.c
    whole = sa.select(text.service_id).where(text.record.is_not(None))
    return list(connection.scalars(sa.select(_SERVICE.id).where(_SERVICE.id.not_in(whole))))


def gathered(connection: sa.Connection, services: Sequence[Service]) -> list[Row]:
    """Return the row of each service, its words left out."""
    named = _named(connection, services)
    return [_row(one, named) for one in services]


def _named(connection: sa.Connection, services: Sequence[Service]) -> Named:
    """Read everything whose name *services* need."""
    wanted = {
        tables.local_authority: {name for one in services for name in one.authorities},
        tables.organization: {one.organization for one in services},
        tables.place: {_place_of(one) for one in services},
        tables.location: {name for one in services for name in one.locations},
    }
    return {
        table.name: {row["id"]: row for row in rows_of(connection, table, "id", sorted(ids))}
        for table, ids in wanted.items()
    }


def _row(service: Service, named: Named) -> Row:
    held = [named["location"][at] for at in service.locations if at in named["location"]]
    return {
        "service_id": service.id,
        "record": service.model_dump_json(exclude=_UNSHOWN, exclude_defaults=True),
        "positions": [
            (at["latitude"], at["longitude"]) for at in held if at["latitude"] is not None
        ],
        **_both("area", _areas(service, named)),
        **_both("organization", [_name(named["organization"], service.organization)]),
        **_both("address", [_address(at) for at in held[:1]]),
    }


def _both(field: str, pairs: Iterable[Pair]) -> Row:
    """Return the two columns of a text, several joined by commas."""
    held = list(pairs)
    welsh, english = (", ".join(filter(None, (pair[at] for pair in held))) for at in (0, 1))
    return {f"{field}_cy": welsh or None, f"{field}_en": english or None}


def _areas(service: Service, named: Named) -> list[Pair]:
    """Name the area a service covers: its authorities, or Wales, or wider."""
    if service.authorities:
        return [_name(named["local_authority"], one) for one in service.authorities]
    return [_name(named["place"], _place_of(service))]


def _place_of(service: Service) -> str:
    return service.coverage.replace("_", "-")


def _name(named: Mapping[str, Row], identity: str) -> Pair:
    """Return the names of a row; its id where there is none."""
    row: Mapping[str, Any] = named.get(identity, {"name_en": identity})
    return row.get("name_cy") or row["name_en"], row["name_en"]


def _address(location: Row) -> Pair:
    """Return the address of a location with its postcode."""
    code = f", {location['postal_code']}" if location["postal_code"] else ""
    welsh, english = (
        f"{location[field]}{code}" if location[field] else None
        for field in ("address_cy", "address_en")
    )
    return welsh or english, english
