"""From people's words to needs: both languages, mutated, misspelt, and nothing at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.files import read
from directory.needs import need_of


@pytest.mark.parametrize(
    ("cy", "en", "expected"),
    [
        ("cyffuriau", "drugs", "substance_misuse"),
        ("help gyda gyffuriau", "help with his drinking", "substance_misuse"),
        ("pres", "money problems", "debt_and_benefits"),
        ("mewn dyled", "in debt", "debt_and_benefits"),
        ("rhent", "rent", "housing"),
        ("colli fy nhŷ", "we're going to lose our home", "housing"),
        ("rhywun i siarad â", "someone to talk to", "mental_health"),
        ("cwnsela", "counselling for my lad", "mental_health"),
        ("cwnselydd", "counsling", "mental_health"),
        ("galar", "grief", "bereavement"),
        ("cyn-filwr", "ex army", "veterans"),
        ("gamblo", "gambling", "gambling"),
        ("magu fy wyrion", "bringing up my grandkids", "kinship_care"),
        ("costau teithio", "train fare to visits", "visit_costs"),
        ("cam-drin domestig", "domestic abuse", "domestic_abuse"),
        ("canolfan ymwelwyr", "visitors' centre", "visitor_centre"),
        ("teuluoedd carcharorion", "prisoners' families", "prisoner_family_support"),
        ("gofal plant", "childcare", "family_information"),
        ("bu farw fy mrawd yn y carchar", "my brother died in prison", "death_in_custody"),
        ("stori amser gwely", "bedtime story", "stories_and_presents"),
    ],
)
def test_the_first_need_in_both_languages(cy: str, en: str, expected: str) -> None:
    assert [expected, expected] == [need_of(cy)[0], need_of(en)[0]]


def test_whom_it_is_for_comes_after_what_it_is() -> None:
    assert ["mental_health", "children_support", "young_people"] == need_of(
        "counselling for my lad"
    )


def test_accents_do_not_matter() -> None:
    assert need_of("colli fy nhŷ") == need_of("colli fy nhy")


@pytest.mark.parametrize("text", ["", "🙂", "xyzzy", "'; DROP TABLE service; --", "?" * 5000])
def test_a_need_we_do_not_know_is_none(text: str) -> None:
    assert [] == need_of(text)


@given(st.text(max_size=400))
def test_any_text_is_survived_and_only_known_needs_come_back(text: str) -> None:
    assert set(need_of(text)) <= _IDS


def test_about_twenty_five_needs_with_words_in_both_languages() -> None:
    needs = [found.record for found in read().records["need"]]

    assert len(needs) >= 25
    assert all(vars(need)["words_cy"] and vars(need)["words_en"] for need in needs)


_IDS = {found.record.id for found in read().records["need"]}
