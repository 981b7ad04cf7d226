"""From a postcode, a town, a county, a region or a prison to the area where help is looked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from bot.gazetteer import Gazetteer, Mention
from bot.language import Language
from directory.errors import answers
from directory.files import DATA
from directory.tables import local_authority, outcode, place, prison

Position = tuple[float, float]
"""Latitude and longitude."""
Note = Literal["border", "outside_wales", "ambiguous", "unknown"]
_MOSTLY = 0.5  # share of an outward postcode that must lie in Wales for it to be a Welsh one
_EARTH_KM = 6371.0
_LONGEST_TEXT = 2000  # characters: nobody needs more to say where they are


@dataclass(frozen=True)
class Choice:
    """One of several places of the same name."""

    id: str
    label_cy: str
    label_en: str


@dataclass(frozen=True)
class Area:
    """Where help is looked for: *authorities* by id, the likeliest first; none outside Wales.

    *note* says what a person should be told: the place lies on the border or outside Wales, several
    places bear its name (*choices*), or nothing of the sort is known. *exact* is false where a slip
    was mended. *country* is that of the place.
    """

    authorities: tuple[str, ...]
    label_cy: str
    label_en: str
    region: str | None = None
    country: str = "wales"
    note: Note | None = None
    choices: tuple[Choice, ...] = ()
    position: Position | None = None
    exact: bool = True
    id: str | None = None
    kind: str = "place"

    def label(self, language: Language) -> str:
        """Return the name of the area in *language*."""
        return self.label_cy if language is Language.WELSH else self.label_en


@answers
def area_of(connection: sa.Connection, text: str) -> Area | None:
    """Return the area that *text* names, the postcode before the town; None where it names none."""
    return area_of_mentions(connection, gazetteer().find(text[:_LONGEST_TEXT]))


@answers
def area_of_mentions(connection: sa.Connection, mentions: Sequence[Mention]) -> Area | None:
    """Return the area of the names found in a text, the postcode before the town."""
    for kind in ("postcode", "place", "prison"):
        for mention in mentions:
            if mention.kind == kind:
                return area_of_mention(connection, mention)
    return None


@answers
def area_of_mention(connection: sa.Connection, mention: Mention) -> Area | None:
    """Return the area of one name found in a text."""
    if mention.kind == "postcode":
        return area_of_outcode(connection, mention.id)
    if mention.kind == "prison":
        return area_of_prison(connection, mention.id)
    found = area_of_place(connection, mention.id, mention.also)
    return found and _with_exact(found, mention.exact)


@lru_cache(maxsize=1)
def gazetteer(data: Path = DATA) -> Gazetteer:
    """Read the names of places and prisons, once."""
    return Gazetteer.load(data / "prisons.yml", data / "places.yml")


@answers
def area_of_outcode(connection: sa.Connection, typed: str) -> Area:
    """Return the area of a postcode, of which only the outward half is looked at."""
    code = typed.upper().split()[0] if typed.split() else ""
    row = connection.execute(sa.select(outcode).where(outcode.c.id == code)).mappings().first()
    if row is None:
        # Every outward postcode of Wales is known, so any other lies outside or does not exist.
        return Area(
            (), code, code, country="unknown", note="outside_wales", id=code, kind="postcode"
        )
    share = 1.0 if row["wales_share"] is None else row["wales_share"]
    position = (row["lat"], row["lon"]) if row["lat"] is not None else None
    return Area(
        authorities=tuple(row["local_authorities"]),
        label_cy=_joined(code, row["post_towns_cy"]),
        label_en=_joined(code, row["post_towns_en"]),
        region=_region(connection, row["local_authorities"]),
        country="wales" if share >= _MOSTLY else "england",
        note="border" if share < 1 else None,
        position=position,
        id=code,
        kind="postcode",
    )


def _joined(code: str, towns: Sequence[str] | None) -> str:
    """Name an outward postcode with its first town: "LL55 (Caernarfon)"."""
    return f"{code} ({towns[0]})" if towns else code


@answers
def area_of_place(
    connection: sa.Connection, identity: str, also: Sequence[str] = ()
) -> Area | None:
    """Return the area of a place by id; *also* are other places the same name may mean."""
    rows = connection.execute(sa.select(place).where(place.c.id.in_([identity, *also]))).mappings()
    found = {row["id"]: row for row in rows}
    row = found.get(identity)
    if row is None:
        return None
    rivals = [one for one in (identity, *also) if one in found] if also else []
    outside = row["kind"] == "outside"
    border: Note | None = "border" if row["border"] else None
    note: Note | None = "outside_wales" if outside else "ambiguous" if also else border
    return Area(
        authorities=tuple(row["authorities"]),
        label_cy=row["name_cy"] or row["name_en"],
        label_en=row["name_en"],
        region=_region(connection, row["authorities"]),
        country=row["country"] or ("england" if outside else "wales"),
        note=note,
        choices=tuple(_choice(connection, found[one]) for one in rivals),
        position=(row["lat"], row["lon"]) if row["lat"] is not None else None,
        id=identity,
        kind=row["kind"],
    )


def _choice(connection: sa.Connection, row: sa.RowMapping) -> Choice:
    """Tell places of one name apart by their authority."""
    authority = local_authority.c
    chosen = sa.select(authority.name_cy, authority.name_en).where(
        authority.id.in_(row["authorities"])
    )
    name_cy, name_en = connection.execute(chosen).first() or (None, None)
    welsh, english = row["name_cy"] or row["name_en"], row["name_en"]
    return Choice(
        row["id"],
        f"{welsh} ({name_cy})" if name_cy else welsh,
        f"{english} ({name_en})" if name_en else english,
    )


@answers
def area_of_prison(connection: sa.Connection, identity: str) -> Area | None:
    """Return the area a prison lies in; one in England has no authorities of ours."""
    row = connection.execute(sa.select(prison).where(prison.c.id == identity)).mappings().first()
    if row is None:
        return None
    authorities = (row["local_authority_id"],) if row["local_authority_id"] else ()
    return Area(
        authorities=authorities,
        label_cy=row["name_cy"] or row["name_en"],
        label_en=row["name_en"],
        region=_region(connection, authorities),
        country=row["country"] or "wales",
        note=None if row["country"] == "wales" else "outside_wales",
        position=(row["lat"], row["lon"]) if row["lat"] is not None else None,
        id=identity,
        kind="prison",
    )


@answers
def area_of_authority(connection: sa.Connection, identity: str) -> Area | None:
    """Return the area of a local authority by id."""
    chosen = sa.select(local_authority).where(local_authority.c.id == identity)
    row = connection.execute(chosen).mappings().first()
    if row is None:
        return None
    return Area(
        authorities=(identity,),
        label_cy=row["name_cy"] or row["name_en"],
        label_en=row["name_en"],
        region=row["region"],
        position=(row["lat"], row["lon"]),
        id=identity,
        kind="authority",
    )


def _region(connection: sa.Connection, authorities: Iterable[str]) -> str | None:
    """Return the region that all of *authorities* lie in; None where they lie in several."""
    chosen = sa.select(local_authority.c.region).where(local_authority.c.id.in_(list(authorities)))
    regions = set(connection.scalars(chosen))
    return regions.pop() if len(regions) == 1 else None


def _with_exact(area: Area, exact: bool) -> Area:
    return area if exact else Area(**{**vars(area), "exact": False})


def without_places(text: str, mentions: Iterable[Mention]) -> str:
    """Return *text* without the places it names: Neath is no mutated "death"."""
    for one in sorted(mentions, key=lambda one: -one.start):
        if one.kind == "place" and one.exact:
            text = f"{text[: one.start]} {text[one.end :]}"
    return text


def nearest(area: Area | None, places: Iterable[Position]) -> float | None:
    """Return how far the nearest of *places* is from *area*, in kilometres; None where unknown."""
    if area is None or area.position is None:
        return None
    return min((kilometres(area.position, place) for place in places), default=None)


def kilometres(here: Position, there: Position) -> float:
    """Return the distance between two positions as the crow flies, to a tenth."""
    lat, lon = radians(here[0]), radians(here[1])
    other_lat, other_lon = radians(there[0]), radians(there[1])
    half = sin((other_lat - lat) / 2) ** 2
    half += cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return round(2 * _EARTH_KM * asin(sqrt(half)), 1)
