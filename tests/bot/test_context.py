"""Messages read in the light of the talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.context import ANSWERED, Reading, Talk, danger, numbers_first, question, resolve

TIMES = Talk(topic="visit_times", last="visit_times")
HELP = Talk(topic="emotional_support", last="emotional_support")
NONE: frozenset[str] = frozenset()


def ranking(**chances: float) -> list[Reading]:
    return [Reading(intent, chance) for intent, chance in chances.items()]


@pytest.mark.parametrize(
    ("text", "ranked", "kinds", "talk", "expected"),
    [
        ("a beth am Abertawe", ranking(inform=0.9), {"namesake", "place"}, TIMES, "visit_times"),
        ("Berwyn", ranking(inform=0.9, visit_times=0.05), {"prison"}, Talk(), "inform"),
        ("Y Bala", ranking(inform=0.9, stop=0.05), {"place"}, HELP, "find_service"),
        ("Bangor", ranking(inform=0.9), {"place"}, Talk(topic="getting_there"), "getting_there"),
        ("on Sundays?", ranking(inform=0.9), NONE, Talk(topic="book_visit"), "visit_times"),
        ("be am ddydd Sul", ranking(inform=0.7), NONE, Talk(topic="getting_there"), "visit_times"),
        ("heno", ranking(follow_up=0.6, crisis_self=0.2, emergency=0.15), NONE, TIMES, "crisis_self"),
        ("heno", ranking(letters=0.6, crisis_self=0.2, emergency=0.15), NONE, TIMES, "letters"),
        ("eto", ranking(repeat=0.9, more=0.05), NONE, TIMES, "visit_times"),
        ("is it free", ranking(follow_up=0.8, send_money=0.1), NONE, TIMES, "more"),
        ("and Usk", ranking(follow_up=0.8), {"prison"}, TIMES, "visit_times"),
        ("how long", ranking(follow_up=0.6, visit_times=0.3), NONE, TIMES, "visit_times"),
        ("is it free", ranking(follow_up=0.8, send_money=0.1), NONE, Talk(), "send_money"),
        ("ie", ranking(affirm=0.9), NONE, Talk(offered=("letters", "parcels")), "letters"),
        ("ie", ranking(affirm=0.9), NONE, TIMES, "affirm"),
        ("evenings", ranking(getting_there=0.2, visit_times=0.1), NONE, TIMES, "visit_times"),
        ("the bus", ranking(getting_there=0.9, visit_times=0.01), NONE, TIMES, "getting_there"),
        ("and buses too", ranking(letters=0.9, visit_times=0.01), NONE, TIMES, "visit_times"),
        (
            "so how would I get all the way there from Bala on a Sunday then",
            ranking(getting_there=0.2, visit_times=0.15), NONE, TIMES, "getting_there",
        ),
    ],
)  # fmt: skip
def test_resolve(
    text: str, ranked: list[Reading], kinds: set[str], talk: Talk, expected: str
) -> None:
    assert expected == resolve(text, ranked, frozenset(kinds), talk)[0].intent


def test_what_the_talk_settles_is_answered_without_asking_back() -> None:
    read = resolve("evenings", ranking(letters=0.2, visit_times=0.1), NONE, TIMES)
    assert read[0].confidence >= ANSWERED


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        (ranking(letters=0.6, crisis_self=0.2, emergency=0.15), "crisis_self"),
        (ranking(letters=0.8, crisis_self=0.2), "crisis_self"),
        (ranking(letters=0.88, crisis_self=0.12), None),
        (ranking(domestic_abuse=0.9), "domestic_abuse"),
        (ranking(letters=1.0), None),
    ],
)
def test_danger_is_heard_from_a_low_certainty(ranked: list[Reading], expected: str | None) -> None:
    assert danger(ranked) == expected


@pytest.mark.parametrize(
    ("ranked", "answered", "first"),
    [
        (
            ranking(healthcare=0.7, worried_about_prisoner=0.3),
            "healthcare",
            "worried_about_prisoner",
        ),
        (ranking(worried_about_prisoner=0.5, healthcare=0.4), "worried_about_prisoner", None),
        (
            ranking(worried_about_prisoner=0.3, remand=0.1, affirm=0.6),
            "worried_about_prisoner",
            None,
        ),
        (ranking(letters=0.7, crisis_self=0.3), "letters", "crisis_self"),
        (ranking(crisis_self=0.7, letters=0.1), "crisis_self", "crisis_self"),
        (ranking(letters=0.9, worried_about_prisoner=0.1), "letters", None),
    ],
)
def test_what_is_asked_besides_danger_is_answered_after_its_numbers(
    ranked: list[Reading], answered: str, first: str | None
) -> None:
    assert resolve("", ranked, NONE, Talk())[0].intent == answered
    assert numbers_first(ranked, answered) == first


_CHANCE = st.floats(min_value=0.001, max_value=1)
_INTENT = st.sampled_from(["visit_times", "letters", "follow_up", "inform", "affirm", "more"])


@pytest.mark.parametrize(("intent", "sure"), [("thanks", True), ("help", True), ("letters", False)])
def test_thanks_are_never_asked_back(intent: str, sure: bool) -> None:
    read = resolve("iawn", ranking(**{intent: 0.45}, parcels=0.1, remand=0.45), NONE, Talk())
    assert (read[0].confidence >= ANSWERED) is sure


@given(st.text(), st.dictionaries(_INTENT, _CHANCE, min_size=1), st.sampled_from([TIMES, Talk()]))
def test_a_ranking_stays_a_ranking(text: str, chances: dict[str, float], talk: Talk) -> None:
    total = sum(chances.values())
    ranked = sorted(
        ranking(**{k: v / total for k, v in chances.items()}), key=lambda r: -r.confidence
    )
    read = [reading.confidence for reading in resolve(text, ranked, NONE, talk)]
    assert read == sorted(read, reverse=True)
    assert sum(read) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("diolch. a dillad?", "a dillad?"),
        ("Helo, pryd mae'r bws?", "pryd mae'r bws?"),
        ("ok thanks, and books?", "and books?"),
        ("Can I post books? Thanks", "Can I post books"),
        ("diolch yn fawr", None),
        ("thank you so much", None),
        ("diolch i chi", None),
        ("diolch i chi am bopeth", None),
        ("thanks for all that", None),
        ("thanks for that, can I post books", "can I post books"),
        ("diolch i chi. ga i anfon llyfr", "ga i anfon llyfr"),
        ("ok", None),
        ("", None),
        ("🙏", None),
    ],
)
def test_question(text: str, expected: str | None) -> None:
    assert question(text) == expected
