"""What only narrows a search, and what asks something of its own."""

from __future__ import annotations

import pytest

from bot.context import Reading, Talk, resolve
from bot.refining import refinements, refines


@pytest.mark.parametrize(
    ("cy", "en", "wanted"),
    [
        ("dim ond llinellau ffôn", "only phone lines", "phone"),
        ("rhai y galla i eu ffonio", "just ones I can ring", "phone"),
        ("yn nes", "nearer", "near"),
        ("oes rwbath yn nes ata i", "something closer to home", "near"),
        ("dim ond y rhai lleol", "local ones please", "near"),
        ("yn Saesneg yn iawn", "in English is fine", "any_language"),
        ("does dim rhaid iddo fod yn Gymraeg", "it doesn't have to be in Welsh", "any_language"),
        ("oes 'na rywun sy'n siarad Cymraeg", "any Welsh-speaking ones?", "in_welsh"),
        ("rhai am ddim", "free ones", "free"),
        ("ydyn nhw am ddim?", "are they free?", "free"),
        ("ar agor nawr", "open now", "open_now"),
        ("oes rhai sy ar agor rŵan", "any that are open right now?", "open_now"),
        ("i blant", "for children", "child"),
        ("a beth am rai i blant?", "and for my kids", "child"),
        ("pob un", "show me all of them", "all"),
    ],
)
def test_a_message_that_only_refines(cy: str, en: str, wanted: str) -> None:
    for said in (cy, en):
        assert refines(said), said
        assert {wanted} == refinements(said), said


@pytest.mark.parametrize(
    ("cy", "en"),
    [
        ("beth ga i wisgo", "what do I wear"),
        ("ga i ddod â bwyd i'r plant", "can I bring food for the kids"),
        ("pryd mae'r carchar ar agor", "when is the prison open"),
        ("banc bwyd am ddim yn y Rhyl", "free food bank in Rhyl"),
        ("ga i ffonio'r carchar am ddim", "can he phone me for free"),
        ("", "?"),
    ],
)
def test_a_message_that_asks_something_of_its_own(cy: str, en: str) -> None:
    assert not any(refines(said) for said in (cy, en))


def test_in_a_longer_message_children_are_whom_it_is_for_and_no_filter() -> None:
    assert {"free"} == refinements("cwnsela am ddim i blant yn Abertawe")
    assert {"free"} == refinements("free counselling for children in Swansea")


@pytest.mark.parametrize("said", ["dim ond llinellau ffôn", "only phone lines"])
def test_it_goes_on_with_the_search_and_only_after_one(said: str) -> None:
    heard = [Reading("phone_calls", 0.7), Reading("find_service", 0.01), Reading("more", 0.1)]
    after, before = (
        resolve(said, heard, frozenset(), Talk(topic=topic))
        for topic in ("find_service", "visit_id")
    )

    assert ("find_service", "phone_calls") == (after[0].intent, before[0].intent)


def test_danger_comes_before_any_refinement() -> None:
    heard = [Reading("crisis_self", 0.9), Reading("find_service", 0.01)]
    read = resolve("open now", heard, frozenset(), Talk(topic="find_service"))

    assert "crisis_self" == read[0].intent
