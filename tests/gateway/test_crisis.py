"""The crisis check: every pattern proved by its own examples, and idiom left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.safety import cases, right
from bot.catalogue.load import load
from bot.language import Language
from gateway.crisis import Watch
from gateway.crisis_patterns import Rule
from gateway.state import Memory

WATCH = Watch.load()
PATTERNS = WATCH.patterns


def examples(which: str) -> list[tuple[Rule, str]]:
    return [(rule, text) for rule in PATTERNS.rules for text in getattr(rule, which)]


def found(rule: Rule, text: str) -> bool:
    read = map(PATTERNS.without_harmless, PATTERNS.lexicon.readings(text))
    return any(rule.regex.search(plain) for plain in read)


@pytest.mark.parametrize(("rule", "text"), examples("must"), ids=lambda value: str(value)[:40])
def test_what_a_pattern_is_for_is_found(rule: Rule, text: str) -> None:
    assert found(rule, text)
    alarm = WATCH.check(text)
    assert alarm is not None
    assert rule.kind in alarm.kinds


@pytest.mark.parametrize(("rule", "text"), examples("must_not"), ids=lambda value: str(value)[:40])
def test_what_a_pattern_is_not_for_is_left(rule: Rule, text: str) -> None:
    assert not found(rule, text)


def blanked(text: str) -> bool:
    return any("_" in PATTERNS.without_harmless(plain) for plain in PATTERNS.lexicon.readings(text))


@pytest.mark.parametrize("rule", PATTERNS.harmless, ids=lambda rule: rule.why)
def test_what_only_sounds_like_danger_is_taken_out_and_danger_is_not(rule: Rule) -> None:
    assert [text for text in rule.must if not blanked(text)] == []
    assert [text for text in rule.must_not if blanked(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "killing time before the visit",
        "I'm dying to see him, how do I book?",
        "suicide watch, what is it?",
        "dwi bron â marw eisiau ei weld o",
        "lladd amser cyn yr ymweliad",
        "mae ofn cŵn arna i, oes rhaid i'r ci fy arogli?",
        "he's in for attempted murder, can I still visit",
        "mae fy ffôn wedi marw, sut mae bwcio",
        "how do I send money",
        "sut mae anfon llythyr",
    ],
)
def test_no_alarm_is_given_for_what_only_sounds_like_danger(text: str) -> None:
    assert WATCH.check(text) is None


@pytest.mark.parametrize(
    ("text", "language", "topic", "number"),
    [
        ("dwi eisiau lladd fy hun", Language.WELSH, "crisis_self", "0808 164 0123"),
        ("i want to kill myself", Language.ENGLISH, "crisis_self", "116 123"),
        ("dwi'n 12 ac mae llystad fi'n bwrw fi", Language.WELSH, "crisis_child", "0800 1111"),
        ("im 12 and my stepdad hits me", Language.ENGLISH, "crisis_child", "0800 1111"),
        ("mae o'n fy nharo i", Language.WELSH, "domestic_abuse", "0808 80 10 800"),
        ("he hits me", Language.ENGLISH, "domestic_abuse", "0808 80 10 800"),
    ],
)
def test_the_card_gives_the_number(text: str, language: Language, topic: str, number: str) -> None:
    alarm = WATCH.check(text)
    assert alarm is not None
    cards = WATCH.cards(alarm, Memory(language=language), load())

    assert topic in [card["topic"] for card in cards]
    assert any(number in card["text"] for card in cards)
    assert {language.value} == {card["language"] for card in cards}


@pytest.mark.parametrize("language", Language)
def test_a_prisoner_at_risk_gets_the_prison_s_own_number(language: Language) -> None:
    alarm = WATCH.check("my son says he is going to kill himself")
    assert alarm is not None
    (card,) = WATCH.cards(alarm, Memory(language=language, prison="parc"), load())

    assert card["topic"] == "worried_about_prisoner"
    assert card["prison"] == "parc"
    assert "999" in card["text"]


@settings(max_examples=300)
@given(text=st.text(max_size=3000))
def test_any_text_is_read_without_error(text: str) -> None:
    WATCH.check(text)


LEAST = {("cy", "explicit"): 0.90, ("en", "explicit"): 0.97, ("mixed", "explicit"): 1.00}
LEAST |= {("cy", "indirect"): 0.60, ("en", "indirect"): 0.57, ("mixed", "indirect"): 0.90}
LEAST |= {("cy", "harmless"): 0.96, ("en", "harmless"): 0.97, ("mixed", "harmless"): 0.95}
"""What the check alone must hear of messages it was not made from; docs/safety.md has all figures.

It only ever rises. The aim is every explicit message; what is missed here the engine may still hear.
"""


@pytest.mark.parametrize(("language", "level"), LEAST)
def test_what_is_heard_never_falls(language: str, level: str) -> None:
    chosen = [case for case in cases() if (case.language, case.level) == (language, level)]
    heard = [set(alarm.kinds) if (alarm := WATCH.check(case.text)) else set() for case in chosen]
    found = [right(case, kinds) for case, kinds in zip(chosen, heard, strict=True)]

    assert sum(found) / len(found) >= LEAST[language, level]
