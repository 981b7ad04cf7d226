"""From a postcode, town, county, region or prison to an area, in both languages."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.language import Language
from directory.places import area_of, area_of_authority, area_of_place, kilometres


@pytest.mark.parametrize(
    ("cy", "en", "authorities"),
    [
        ("ym Mhen-y-bont", "Bridgend", ("bridgend",)),
        ("i Gaernarfon", "carnarfon", ("gwynedd",)),
        ("o Gasnewydd", "Newport", ("newport",)),
        ("yn Hwlfordd", "haverfordwest", ("pembrokeshire",)),
        ("Sir Gâr", "Carmarthenshire", ("carmarthenshire",)),
        ("dw i'n byw yn LL55 1AA", "I live in LL55", ("gwynedd",)),
        ("Gwent", "Gwent", ("blaenau-gwent", "caerphilly", "monmouthshire", "newport", "torfaen")),
        ("carchar Abertawe", "Swansea prison", ("swansea",)),
    ],
)
def test_both_languages_give_one_area(
    connection: sa.Connection, cy: str, en: str, authorities: tuple[str, ...]
) -> None:
    found = [area_of(connection, text) for text in (cy, en)]

    assert [authorities, authorities] == [area and area.authorities for area in found]


@pytest.mark.parametrize(
    ("text", "note", "country"),
    [
        ("CH4", "border", "england"),
        ("NP16", "border", "wales"),
        ("Chepstow", "border", "wales"),
        ("Croesoswallt", "outside_wales", "england"),
        ("SW1A 1AA", "outside_wales", "unknown"),
        ("carchar Styal", "outside_wales", "england"),
        ("Llanelli", None, "wales"),
    ],
)
def test_the_border_is_said(
    connection: sa.Connection, text: str, note: str | None, country: str
) -> None:
    area = area_of(connection, text)

    assert area is not None
    assert (note, country) == (area.note, area.country)


def test_ambiguous_places_are_asked_about_in_both_languages(connection: sa.Connection) -> None:
    area = area_of(connection, "Carmel")

    assert area is not None
    assert area.note == "ambiguous"
    assert ["Carmel (Gwynedd)", "Carmel (Sir y Fflint)"] == [one.label_cy for one in area.choices]
    assert ["Carmel (Gwynedd)", "Carmel (Flintshire)"] == [one.label_en for one in area.choices]


def test_a_full_postcode_is_reduced_to_its_first_half(connection: sa.Connection) -> None:
    area = area_of(connection, "LL55 1AA")

    assert area is not None
    assert "1AA" not in repr(area)


@pytest.mark.parametrize("text", ["", "ZZ99 9ZZ", "🙂", "'; DROP TABLE place; --", "x" * 5000])
def test_no_place_is_no_area(connection: sa.Connection, text: str) -> None:
    assert area_of(connection, text) is None


def test_an_unknown_id_is_no_area(connection: sa.Connection) -> None:
    assert area_of_place(connection, "atlantis") is None
    assert area_of_authority(connection, "atlantis") is None


def test_labels_come_in_both_languages(connection: sa.Connection) -> None:
    area = area_of_authority(connection, "carmarthenshire")

    assert area is not None
    assert "Sir Gaerfyrddin" == area.label(Language.WELSH)
    assert "Carmarthenshire" == area.label(Language.ENGLISH)


def test_cardiff_to_swansea() -> None:
    assert 54 < kilometres((51.48, -3.17), (51.62, -3.94)) < 57


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(st.text(max_size=300))
def test_any_text_is_survived(connection: sa.Connection, text: str) -> None:
    area = area_of(connection, text)

    assert area is None or area.label_cy
