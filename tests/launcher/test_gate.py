"""The gate's rules, and what it says of the content as it is and of content that does harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalogue.load import load
from bot.language import Language
from bot.settings import ROOT
from gateway.crisis import Watch
from launcher.gate import accuracy_refusals, crisis_refusals

CASES = ROOT / "tests/gateway/crisis"


@pytest.mark.parametrize(
    ("now", "then", "kinds"),
    [
        ((80, 85), (80, 85), []),
        ((80, 85), (79, 84), []),
        ((80, 85), (78.9, 83.8), ["accuracy", "accuracy"]),
        ((80, 85), (80, 83.8), ["accuracy"]),
        ((80, 85), (80, 85.6), ["gap"]),
        ((80, 85), (80, 85.4), []),
        ((86, 85), (85, 85.4), []),
        ((86, 85), (85.5, 86.5), ["gap"]),
    ],
)
def test_accuracy(now, then, kinds):
    pairs = [dict(zip(("cy", "en"), each, strict=True)) for each in (now, then)]

    assert kinds == [refusal.kind for refusal in accuracy_refusals(*pairs)]


def test_the_cards_as_they_are_pass():
    assert [] == list(crisis_refusals(load(), Watch.load(), CASES))


@pytest.mark.parametrize("topic", ["crisis_self", "crisis_child", "domestic_abuse", "emergency"])
@pytest.mark.parametrize("language", list(Language))
def test_a_card_without_numbers_is_refused(topic, language):
    catalogue = load()
    card = catalogue.answer(topic, language)
    bare = replace(card, parts=dict.fromkeys(card.parts, "x"))
    answers = {la: {**catalogue.answers[la]} for la in Language}
    answers[language][topic] = bare
    (refusal,) = crisis_refusals(replace(catalogue, answers=answers), Watch.load(), CASES)

    assert any(line.startswith(topic) and language.value in line for line in refusal.details)
