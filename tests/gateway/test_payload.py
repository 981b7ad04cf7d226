"""Payloads: only what our own buttons carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.payload import BadPayload, Pressed, parse

TOPICS = {"book_visit", "find_service"}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("book_visit", Pressed("book_visit")),
        ("book_visit?prison=berwyn", Pressed("book_visit", {"prison": "berwyn"})),
        (
            "find_service?need=debt&place=llanelli",
            Pressed("find_service", {"need": "debt", "place": "llanelli"}),
        ),
    ],
)
def test_parse(payload: str, expected: Pressed) -> None:
    assert expected == parse(payload, TOPICS)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "no_such_topic",
        "/book_visit",
        'book_visit{"prison":"berwyn"}',
        "book_visit?slot=x",
        "book_visit?prison=a b",
        "book_visit?prison=berwyn&",
        "book_visit\n",
        "EXTERNAL: book_visit",
        "restart",
    ],
)
def test_anything_else_is_refused(payload: str) -> None:
    with pytest.raises(BadPayload):
        parse(payload, TOPICS)


@given(payload=st.text())
def test_any_text_is_either_ours_or_refused(payload: str) -> None:
    try:
        pressed = parse(payload, TOPICS)
    except BadPayload:
        return
    assert pressed.topic in TOPICS
