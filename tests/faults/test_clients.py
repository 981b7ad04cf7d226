"""Clients that send far too much, or never come to an end: everybody else is answered."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from bot.language import Language
from bot.wording import say
from tests.faults.conftest import House
from tests.faults.crowd import apologised, unanswered

TEN_MEGABYTES = 10_000_000
SLOW = 300
"""Clients that never get to the end of their request."""
HALF_A_HEADER = b"POST /api/v1/conversations HTTP/1.1\r\nHost: cyswllt\r\nX-Slow: "
HALF_A_BODY = (
    b"POST /api/v1/conversations HTTP/1.1\r\nHost: cyswllt\r\nContent-Type: application/json\r\n"
    b"Content-Length: 20\r\n\r\n{"
)


def ten_megabytes() -> Iterator[bytes]:
    """Send a message in pieces, so that its length is not told beforehand."""
    yield b'{"text": "'
    for _ in range(TEN_MEGABYTES // 65_536):
        yield b"x" * 65_536
    yield b'"}'


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_a_body_of_ten_megabytes_is_refused_in_the_person_s_language(
    house: House, language: Language
) -> None:
    person = next(one for one in house.crowd.people if one.language is language)
    headers = {"Content-Type": "application/json", "Accept-Language": language.value}
    path = f"{house.url}/api/v1/conversations/{person.talk}/messages"

    for body in (b"".join(ten_megabytes()), ten_megabytes()):
        try:
            answer = httpx.post(path, content=body, headers=headers, timeout=30)
        except httpx.WriteError:
            continue  # hung up on before it had sent everything: nobody reads ten megabytes
        assert answer.status_code == 413
        assert answer.json()["title"] == say("problem.too_long.title", language)

    sent = house.crowd.talk(0.5)
    assert unanswered(sent) == [] and apologised(sent) == []


@pytest.mark.parametrize("beginning", [HALF_A_HEADER, HALF_A_BODY], ids=["header", "body"])
def test_clients_that_never_finish_keep_nobody_waiting(house: House, beginning: bytes) -> None:
    with ExitStack() as opened:
        slow = [_begun(house, opened, beginning) for _ in range(SLOW)]

        def drip() -> None:
            for each in slow:
                each.sendall(b" ")

        sent = house.crowd.talk(2, drip)
        assert unanswered(sent) == [] and apologised(sent) == []
        drip()  # they are still there

    assert house.ready()["engine"]


def _begun(house: House, opened: ExitStack, beginning: bytes) -> socket.socket:
    at = urlsplit(house.url)
    made = opened.enter_context(socket.create_connection((str(at.hostname), at.port), timeout=10))
    made.sendall(beginning)
    return made
