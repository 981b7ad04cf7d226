"""The gazetteer: prisons, places and postcodes as people write them in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gazetteer import Gazetteer

DATA = Path(__file__).parents[2] / "directory" / "data"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load(DATA / "prisons.yml", DATA / "places.yml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Both languages in a row: the Welsh first.
        ("ymweliad yng Nghaerdydd", [("prison", "cardiff")]),
        ("visit in Cardiff", [("prison", "cardiff")]),
        ("dw i'n byw yng Nghaerdydd", [("place", "cardiff")]),
        ("I live in Cardiff", [("place", "cardiff")]),
        ("mae fy mab yn Abertawe", [("prison", "swansea")]),
        ("my son's in Swansea", [("prison", "swansea")]),
        ("cymorth yn Abertawe", [("place", "swansea")]),
        ("support in Swansea", [("place", "swansea")]),
        ("CEM Brynbuga", [("prison", "usk")]),
        ("HMP Usk", [("prison", "usk")]),
        ("i Ferwyn", [("prison", "berwyn")]),
        ("up to Berwyn", [("prison", "berwyn")]),
        ("ym Merwyn", [("prison", "berwyn")]),
        ("Carchar Wrecsam", [("prison", "berwyn")]),
        ("Bridgend prison", [("prison", "parc")]),
        ("ym Mharc", [("prison", "parc")]),
        ("he's been moved to parc", [("prison", "parc")]),
        ("ymweld â'r Parc", [("prison", "parc")]),
        ("my lad's in park", [("prison", "parc")]),
        ("bws o'r Barri i garchar Caerdydd", [("place", "barry"), ("prison", "cardiff")]),
        ("bus from barry to cardiff prison", [("place", "barry"), ("prison", "cardiff")]),
        ("ym Mhen-y-bont", [("place", "bridgend")]),
        ("penybont", [("place", "bridgend")]),
        ("pen y bont ar ogwr", [("place", "bridgend")]),
        ("i Gaernarfon", [("place", "caernarfon")]),
        ("carnarfon", [("place", "caernarfon")]),
        ("o Gasnewydd", [("place", "newport")]),
        ("yng Nghasnewydd", [("place", "newport")]),
        ("newport", [("place", "newport")]),
        ("o'r Fenni", [("place", "abergavenny")]),
        ("abergavenny", [("place", "abergavenny")]),
        ("yn y Drenewydd", [("place", "newtown")]),
        ("i'r Rhyl", [("place", "rhyl")]),
        ("Sir Gâr", [("place", "carmarthenshire")]),
        ("sir gar", [("place", "carmarthenshire")]),
        ("y gogledd", [("place", "north-wales")]),
        ("up north wales", [("place", "north-wales")]),
        ("Lerpwl", [("place", "liverpool")]),
        ("yn Llundain", [("place", "london")]),
        # Slips of the finger.
        ("aberystwith", [("place", "aberystwyth")]),
        ("carmarthan", [("place", "carmarthen")]),
        ("Llandridnod wells", [("place", "llandrindod-wells")]),
        ("abertwae", [("place", "swansea")]),
        ("yn Hwlfordd", [("place", "haverfordwest")]),
        # Postcodes: only the outward half is kept.
        ("CF10 1AA please", [("postcode", "CF10")]),
        ("cf101aa", [("postcode", "CF10")]),
        ("dw i'n byw yn ll55", [("postcode", "LL55")]),
        ("postcode is M4", [("postcode", "M4")]),
        # Not names.
        ("where is the car park", []),
        ("lle mae'r maes parcio", []),
        ("mynd i'r parc chwarae", []),
        ("take the kids to the park", []),
        ("is parking free", []),
        ("where can I park", []),
        ("which part of the visit", []),
        ("can I ask you something", []),
        ("the bed was broken", []),
        ("hope he is ok", []),
        ("is Barry in there", [("place", "barry")]),
        ("is barry in there", []),
        ("the M4 is closed", []),
        ("his number is A1234BC", []),
        ("ZZ99 9ZZ", []),
        ("🙂", []),
        ("", []),
    ],
)
def test_find(gazetteer: Gazetteer, text: str, expected: list[tuple[str, str]]) -> None:
    found = [(mention.kind, mention.id) for mention in gazetteer.find(text)]

    assert expected == found


def test_a_town_with_a_prison_says_so(gazetteer: Gazetteer) -> None:
    [mention] = gazetteer.find("Caerdydd")

    assert (mention.kind, mention.id, mention.prison) == ("place", "cardiff", "cardiff")


def test_places_of_one_name_are_all_offered(gazetteer: Gazetteer) -> None:
    [mention] = gazetteer.find("Carmel")

    assert {"carmel", "carmel-flintshire"} == {mention.id, *mention.also}


def test_only_the_name_is_marked(gazetteer: Gazetteer) -> None:
    [mention] = gazetteer.find("Ymweld â Charchar y Berwyn fory")

    assert (mention.surface, mention.start) == ("Berwyn", 20)


@pytest.mark.parametrize("slip", [("Aberystwyth", True), ("aberystwith", False)])
def test_a_mended_slip_is_not_exact(gazetteer: Gazetteer, slip: tuple[str, bool]) -> None:
    [mention] = gazetteer.find(slip[0])

    assert slip[1] == mention.exact


def test_at_least_450_names_in_both_languages(gazetteer: Gazetteer) -> None:
    places = {e.id for entries in gazetteer.forms.values() for e in entries if e.kind == "place"}

    assert len(places) >= 450


_SNIPPETS = ["Cardiff", "ym Mhen-y-bont", "LL55 1AA", "'; DROP TABLE place;--", "🙂", "y", "'", "-"]


@given(st.lists(st.one_of(st.text(max_size=40), st.sampled_from(_SNIPPETS)), max_size=12))
def test_any_text_is_survived_and_marks_are_true(parts: list[str]) -> None:
    text = " ".join(parts)
    found = _SHARED.find(text)

    assert all(text[m.start : m.end] == m.surface for m in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))


_SHARED = Gazetteer.load(DATA / "prisons.yml", DATA / "places.yml")
