"""The gate's rules, and what it says of the content as it is and of content that does harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalogue.load import load
from bot.language import Language
from bot.settings import ROOT
from gateway.crisis import Watch
from launcher.conversations import fault
from launcher.gate import accuracy_refusals, crisis_refusals, one_message

CASES = ROOT / "tests/gateway/crisis"


@pytest.mark.parametrize(
    ("now", "then", "kinds"),
    [
        ((80, 85), (80, 85), []),
        ((80, 85), (79, 84), []),
        ((80, 85), (78.9, 83.8), ["accuracy", "accuracy"]),
        ((80, 85), (80, 83.8), ["accuracy"]),
        ((80, 85), (80, 85.6), ["gap"]),
        ((80, 85), (80, 85.31), ["gap"]),  # two messages
        ((80, 85), (79.85, 85.15), ["gap"]),  # one lost in Welsh, one won in English
        ((80, 85), (80, 85.15), []),  # one message
        ((80, 85), (79.85, 85), []),
        ((80, 85), (79.5, 84.5), []),  # both lose alike
        ((80, 85), (82, 85.3), []),  # Welsh catches up
        ((86, 85), (85, 85.1), []),  # Welsh was ahead
        ((86, 85), (85.5, 86.5), ["gap"]),
    ],
)
def test_accuracy(now, then, kinds):
    pairs = [dict(zip(("cy", "en"), each, strict=True)) for each in (now, then)]

    assert kinds == [refusal.kind for refusal in accuracy_refusals(*pairs, message=100 / 650)]


def test_what_one_message_is_worth_is_counted(tmp_path):
    for language, many in (("cy", 40), ("en", 50)):
        (tmp_path / f"{language}.jsonl").write_text('{"text": "a b"}\n' * many + "\n")

    assert 2.5 == one_message(tmp_path)


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

    for each in Language:
        title = catalogue.title(topic, each)
        told = [line[each.value] for line in refusal.details]
        assert any(line.startswith(f"{title}: ") and language.own_name in line for line in told)


SAID = [{"topic": "letters", "language": "cy", "prison": None, "services": [], "buttons": []}]
FAULTS = {
    "topic": {"topic": ["parcels", "send_money"]},
    "language": {"topic": "letters", "language": "en"},
    "prison": {"prison": "berwyn"},
    "services": {"services": True},
    "buttons": {"buttons": "parcels"},
    "notice": {"notice": True},
    "mentions": {"mentions": ["01978"]},
    "never": {"never": [{"topic": "letters"}]},
}


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize(
    ("language", "begins", "answered"),
    [
        (
            Language.WELSH,
            "Sgwrs ‘dillad’ (Cymraeg): ar ôl ‘a dillad?’, ",
            "Yr ateb oedd: Llythyrau",
        ),
        (
            Language.ENGLISH,
            "Talk ‘dillad’ (Cymraeg): after ‘a dillad?’, ",
            "The answer was: Letters",
        ),
    ],
)
def test_a_talk_that_goes_wrong_is_told_in_the_editors_language(kind, language, begins, answered):
    """With the titles of topics, and no word of the machine."""
    row = {"id": "dillad", "cy": [{"person": "a dillad?", **FAULTS[kind]}]}
    found = fault(row, Language.WELSH, lambda _: SAID)
    catalogue = load()
    told = found.told(
        language, lambda name: getattr(catalogue.answers[language].get(name), "title", name)
    )

    assert kind == found.kind
    assert told.startswith(begins) and answered in told and "_" not in told


def test_a_talk_that_goes_as_it_should_has_no_fault():
    row = {"id": "x", "cy": [{"person": "sut mae anfon llythyr", "topic": "letters"}]}

    assert fault(row, Language.WELSH, lambda _: SAID) is None
