"""Words: folding, clitics, and every Welsh mutation, done and undone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words import fold, mutations, spans, straighten, tokens, unmutated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tŷ", "ty"),
        ("Ynys Môn", "ynys mon"),
        ("Trelái", "trelai"),
        ("w\u0302yl", "wyl"),
        ("Mae’r", "mae'r"),
        ("Pen–y–bont", "pen-y-bont"),
        ("STRASSE ß", "strasse ss"),
        ("a\u200bb", "ab"),
        ("", ""),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert expected == fold(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(text) == fold(fold(text))


@given(st.text())
def test_straightening_keeps_every_place_in_the_text(text: str) -> None:
    assert len(text) == len(straighten(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("talu'r dreth", ["talu", "'r", "dreth"]),
        ("talu’r dreth", ["talu", "'r", "dreth"]),
        ("it's bin day!", ["it", "'s", "bin", "day"]),
        ("dw i'n mynd i'w weld o", ["dw", "i", "'n", "mynd", "i", "'w", "weld", "o"]),
        ("don't", ["do", "n't"]),
        ("a'th fam a'ch tad", ["a", "'th", "fam", "a", "'ch", "tad"]),
        ("they've gone, I'm here", ["they", "'ve", "gone", "I", "'m", "here"]),
        ("'na fo, 'di mynd", ["'na", "fo", "'di", "mynd"]),
        ("Pen-y-bont ar Ogwr", ["Pen-y-bont", "ar", "Ogwr"]),
        ("CF10 1AA", ["CF10", "1AA"]),
        ("🙂 !!", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert expected == tokens(text)


@given(st.text(max_size=300))
def test_spans_say_where_each_word_stands(text: str) -> None:
    found = spans(text)

    assert [span.text for span in found] == [straighten(text)[s.start : s.end] for s in found]
    assert sorted(span.start for span in found) == [span.start for span in found]


@pytest.mark.parametrize(
    ("radical", "expected"),
    [
        ("penfro", {"benfro", "mhenfro", "phenfro"}),
        ("tywyn", {"dywyn", "nhywyn", "thywyn"}),
        ("caerdydd", {"gaerdydd", "nghaerdydd", "chaerdydd"}),
        ("bangor", {"fangor", "mangor"}),
        ("dinbych", {"ddinbych", "ninbych"}),
        ("gwent", {"went", "ngwent"}),
        ("glynebwy", {"lynebwy", "nglynebwy"}),
        ("maesteg", {"faesteg"}),
        ("llanelli", {"lanelli"}),
        ("rhyl", {"ryl"}),
        ("abertawe", {"habertawe"}),
        ("wrecsam", {"hwrecsam"}),
        ("chwilog", set()),
        ("ffestiniog", set()),
        ("porthmadog", {"borthmadog", "mhorthmadog", "phorthmadog"}),
        ("sblot", set()),
        ("g", {"ng"}),
        ("", set()),
    ],
)
def test_mutations(radical: str, expected: set[str]) -> None:
    assert expected == mutations(radical)


@pytest.mark.parametrize(
    ("written", "radical"),
    [
        ("mhen", "pen"),
        ("nhywyn", "tywyn"),
        ("nghaerdydd", "caerdydd"),
        ("fangor", "bangor"),
        ("faesteg", "maesteg"),
        ("ddinbych", "dinbych"),
        ("went", "gwent"),
        ("lanelli", "llanelli"),
        ("las", "glas"),
        ("ryl", "rhyl"),
        ("charchar", "carchar"),
        ("phlant", "plant"),
        ("thy", "ty"),
        ("hysgol", "ysgol"),
        ("ngwynedd", "gwynedd"),
    ],
)
def test_unmutated_offers_the_radical(written: str, radical: str) -> None:
    assert radical in unmutated(written)


def test_unmutated_offers_no_word_that_cannot_be() -> None:
    assert {"caerdydd"} == unmutated("nghaerdydd")


_BEGINNINGS = ["p", "t", "c", "b", "d", "g", "gl", "gr", "gw", "m", "ll", "rh", "a", "e", "y", "w"]


@given(st.sampled_from(_BEGINNINGS), st.text("aeiou", min_size=1, max_size=1), st.text("dnrslt"))
def test_every_mutation_can_be_undone(begin: str, vowel: str, rest: str) -> None:
    word = begin + vowel + rest

    assert all(word in unmutated(form) for form in mutations(word))
