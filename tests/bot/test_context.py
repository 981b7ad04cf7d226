"""Fragments read in the light of the talk."""

from __future__ import annotations

import pytest

from bot.context import Reading, Talk, resolve

TALK = Talk(topic="visit_times", last="visit_times")


def ranking(*pairs: tuple[str, float]) -> list[Reading]:
    return [Reading(intent, confidence) for intent, confidence in pairs]


@pytest.mark.parametrize(
    ("ranked", "words", "named", "talk", "expected"),
    [
        ([("inform", 0.9), ("visit_times", 0.05)], 3, True, TALK, "visit_times"),
        ([("inform", 0.9), ("visit_times", 0.05)], 3, True, Talk(), "inform"),
        ([("repeat", 0.9), ("more", 0.05)], 2, False, TALK, "visit_times"),
        ([("follow_up", 0.8), ("send_money", 0.1)], 3, False, TALK, "more"),
        ([("follow_up", 0.6), ("visit_times", 0.3)], 3, False, TALK, "visit_times"),
        ([("follow_up", 0.8), ("send_money", 0.1)], 3, False, Talk(), "send_money"),
        ([("affirm", 0.9)], 1, False, Talk(offered=("letters", "parcels")), "letters"),
        ([("affirm", 0.9)], 1, False, TALK, "affirm"),
        ([("getting_there", 0.2), ("visit_times", 0.15)], 2, False, TALK, "visit_times"),
        ([("getting_there", 0.9), ("visit_times", 0.05)], 2, False, TALK, "getting_there"),
        ([("getting_there", 0.2), ("visit_times", 0.15)], 12, False, TALK, "getting_there"),
    ],
)
def test_resolve(
    ranked: list[tuple[str, float]], words: int, named: bool, talk: Talk, expected: str
) -> None:
    assert expected == resolve(ranking(*ranked), words, named, talk).intent
