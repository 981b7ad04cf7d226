"""Personal details go, what answers depend on stays; both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.redaction import redact


@pytest.mark.parametrize(
    ("text", "gone", "kind"),
    [
        ("his number is A1234BC can I visit", "A1234BC", "prison_number"),
        ("rhif carcharor a1234bc", "a1234bc", "prison_number"),
        ("ring me on 07700 900123 please", "900123", "phone"),
        ("ffoniwch fi ar 01632 960 123", "960", "phone"),
        ("email carol.pugh@example.org", "carol", "email"),
        ("my name is Carol Pugh and", "Pugh", "name"),
        ("fy enw i yw Siân Pugh", "Pugh", "name"),
        ("my son Gethin Rees is in Parc", "Gethin", "name"),
        ("mae fy mab Dafydd yn y Parc", "Dafydd", "name"),
        ("dob 12/03/1989", "1989", "birth"),
        ("dyddiad geni 3 Mai 1990", "1990", "birth"),
        ("I live at 14 Mill Street Wrexham", "Mill", "address"),
        ("dwi'n byw yn 14 Heol y Bont", "Bont", "address"),
        ("NI number QQ 12 34 56 C", "34 56", "national_insurance"),
        ("card 4111 1111 1111 1111", "1111", "card"),
        ("car reg AB12 CDE", "CDE", "car"),
        ("sort code 12-34-56 account 12345678", "345678", "bank"),
    ],
)
def test_details_are_taken_out(text: str, gone: str, kind: str) -> None:
    clean = redact(text)

    assert gone not in clean.text
    assert kind in clean.found


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
    assert redact(text).text
