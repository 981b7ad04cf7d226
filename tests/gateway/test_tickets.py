"""Ids that prove themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import Language
from gateway.tickets import BadTicket, expired, issue, issue_message, read, read_message


@pytest.mark.parametrize("language", [None, *Language])
def test_a_ticket_says_what_it_was_issued_with(language: Language | None) -> None:
    ticket = read("secret", issue("secret", language, "charity-1", 1_000_000))

    assert (language, "charity-1", 1_000_000) == (ticket.language, ticket.embed, ticket.opened)


@given(text=st.text(max_size=200))
def test_what_we_did_not_issue_is_refused(text: str) -> None:
    with pytest.raises(BadTicket):
        read("secret", text)


@given(at=st.integers(0, 60), letter=st.sampled_from("AbZ09_-"))
def test_a_changed_ticket_is_refused(at: int, letter: str) -> None:
    ticket = issue("secret", None, None, 0)
    at %= len(ticket) - 2  # the last letter holds bits that do not count
    if ticket[at] != letter:
        with pytest.raises(BadTicket):
            read("secret", ticket[:at] + letter + ticket[at + 1 :])


def test_a_message_belongs_to_its_conversation() -> None:
    message = issue_message("secret", "one", "letters")

    assert read_message("secret", "one", message) == "letters"
    with pytest.raises(BadTicket):
        read_message("secret", "two", message)


@pytest.mark.parametrize(
    ("last_used", "now", "gone"),
    [(None, 23 * 3600, False), (None, 25 * 3600, True), (20 * 3600.0, 25 * 3600, False)],
)
def test_silence_ends_a_conversation(last_used: float | None, now: float, gone: bool) -> None:
    ticket = read("secret", issue("secret", None, None, 0))

    assert gone == expired(ticket, last_used, hours=24, now=now)
