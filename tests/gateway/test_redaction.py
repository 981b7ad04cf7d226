"""Personal details go, what answers depend on stays; both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.redaction import redact
from tests.gateway.planted import Planted, planted


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("his number is A1234BC can I visit", "A1234BC"),
        ("rhif carcharor a1234bc", "a1234bc"),
        ("ring me on 07700 900123 please", "900123"),
        ("ffoniwch fi ar 01632 960 123", "960"),
        ("email carol.pugh@example.org", "carol"),
        ("my name is Carol Pugh and", "Pugh"),
        ("fy enw i yw Siân Pugh", "Pugh"),
        ("my son Gethin Rees is in Parc", "Gethin"),
        ("mae fy mab Dafydd yn y Parc", "Dafydd"),
        ("dob 12/03/1989", "1989"),
        ("dyddiad geni 3 Mai 1990", "1990"),
        ("I live at 14 Mill Street Wrexham", "Mill"),
        ("dwi'n byw yn 14 Heol y Bont", "Bont"),
        ("NI number QQ 12 34 56 C", "34 56"),
        ("card 4111 1111 1111 1111", "1111"),
        ("car reg AB12 CDE", "CDE"),
        ("sort code 12-34-56 account 12345678", "345678"),
    ],
)
def test_details_are_taken_out(text: str, gone: str) -> None:
    clean = redact(text)

    assert gone not in clean.text
    assert clean.found


@pytest.mark.parametrize(
    "text",
    [
        "my son is in Parc and he is 7",
        "sut mae bwcio ymweliad yn Abertawe ar 12 Mai am 2pm",
        "does it cost £45.50 for 3 adults",
        "Eastwood Park visiting times",
        "call the Samaritans on 116 123",
        "he has been there 18 months",
        "LL55",
        "I am scared of the dogs",
    ],
)
def test_what_answers_depend_on_stays(text: str) -> None:
    clean = redact(text)

    assert text == clean.text
    assert not clean.found


@pytest.mark.parametrize("sign", [" ", "\n", ".", "-", "\u200b "])
def test_a_detail_is_found_behind_a_long_run_of_one_sign(sign: str) -> None:
    """Long runs are read as short ones; nothing may hide behind them."""
    read = redact(f"helo{sign * 900}A1234BC{sign * 900}rhys@example.org")
    assert read.found
    assert "A1234BC" not in read.text
    assert "example" not in read.text


def test_a_full_postcode_is_reduced_to_its_first_half() -> None:
    assert redact("help near LL55 2AB").text == "help near LL55"


@given(
    before=st.text(alphabet="abc xyz,.", max_size=40),
    after=st.text(alphabet="abc xyz,.", max_size=40),
    number=st.from_regex(r"[A-Z][0-9]{4}[A-Z]{2}", fullmatch=True),
)
def test_a_prison_number_never_survives(before: str, after: str, number: str) -> None:
    assert number not in redact(f"{before} {number} {after}").text


@given(text=st.text(max_size=2000))
def test_any_text_is_read_without_error(text: str) -> None:
    assert isinstance(redact(text).text, str)


@pytest.mark.parametrize("one", list(planted()), ids=lambda one: one.text[:50])
def test_none_of_five_hundred_planted_details_is_passed_on(one: Planted) -> None:
    passed_on = redact(one.text).text

    assert [secret for secret in one.secrets if secret in passed_on] == []
