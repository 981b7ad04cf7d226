"""What goes to the editors: only what a person chose to send, without details, never of danger."""

from __future__ import annotations

import html
import json
import re
import secrets
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from actions.did_you_mean import offer
from bot.language import Language
from bot.settings import Settings
from directory.database import engine as open_database
from gateway import questions, tickets
from gateway.door import Door
from gateway.state import ASKED, QUESTION, Memory, State
from tests.conftest import SECRET, Talk
from tests.gateway.test_api import messages

UNCLEAR = "ydy Rhys Davies A1234BC yn cael cadw bochdew yn ei gell"


@pytest.fixture
def asked(door: TestClient, conversation: str) -> Any:
    """Return the reply to a message that was not understood, as the API would give it."""
    parts: Door = door.app.state.door  # type: ignore[attr-defined]
    key = tickets.read(SECRET, conversation).key

    def reply(text: str, language: Language = Language.WELSH) -> list[dict[str, Any]]:
        said = [offer(parts.turns.released.catalogue, language, "ask", ["parcels"], False)]
        question = parts.turns.sendable(text, said)
        return questions.offered(said, question, SECRET, key) if question else said

    return reply


def payload(said: list[dict[str, Any]]) -> str | None:
    pressed = [b["payload"] for message in said for b in message["buttons"]]
    return next((each for each in pressed if each.startswith("send_question?")), None)


def kept(chosen: Settings) -> list[Any]:
    with open_database(chosen.database_url).connect() as connection:
        return list(connection.execute(sa.select(QUESTION)))


@pytest.mark.parametrize(
    ("text", "language", "seen"),
    [
        (UNCLEAR, Language.WELSH, "ydy yn cael cadw bochdew yn ei gell"),
        (
            "can Rhys Davies A1234BC keep a hamster in his cell",
            Language.ENGLISH,
            "can keep a hamster in his cell",
        ),
    ],
)
def test_what_is_sent_has_no_details(door, chosen, conversation, asked, text, language, seen):
    said = asked(text, language)
    assert "30 d" in said[-1]["text"]
    for _ in range(2):
        thanked = door.post(messages(conversation), json={"payload": payload(said)})
        assert thanked.status_code == 200 and payload(thanked.json()["messages"]) is None

    (row,) = kept(chosen)
    assert (seen, language.value, ["parcels"]) == (row.text, row.language, json.loads(row.guesses))


@pytest.mark.parametrize(
    "text",
    ["dwi eisiau lladd fy hun", "i want to kill myself", "A1234BC", "pam " * 100],
    ids=["danger-cy", "danger-en", "nothing-left", "a-story"],
)
def test_some_messages_are_never_offered(asked, text):
    assert payload(asked(text)) is None


def test_nothing_is_offered_where_danger_is_among_the_guesses(door):
    turns = door.app.state.door.turns
    said = offer(turns.released.catalogue, Language.WELSH, "ask", ["crisis_self"], False)

    assert turns.sendable("bochdew", [said]) is None


def test_a_button_of_another_conversation_is_refused(door, chosen, asked):
    other = door.post("/api/v1/conversations", json={}).json()["conversation"]
    sealed = payload(asked(UNCLEAR))
    for each in (sealed, "send_question?AAAA", "send_question?", "send_question", sealed + "A"):
        refused = door.post(messages(other), json={"payload": each})
        assert refused.status_code == 400, each
    assert [] == kept(chosen)


def test_deleting_the_chat_deletes_the_question(door, chosen, conversation, asked):
    button = {"payload": payload(asked(UNCLEAR))}
    door.post(messages(conversation), json=button)
    assert kept(chosen)
    door.delete(f"/api/v1/conversations/{conversation}")

    assert [] == kept(chosen)
    assert door.post(messages(conversation), json=button).status_code == 410
    assert [] == kept(chosen)


def test_an_unhelpful_answer_can_be_sent_but_not_of_danger(door, chosen, conversation):
    said = door.post(messages(conversation), json={"text": UNCLEAR}).json()["messages"][0]["id"]
    path = f"{messages(conversation)}/{said}/question"

    assert door.post(path, json={"text": UNCLEAR, "value": "wrong"}).status_code == 204
    assert door.post(path, json={"text": "i want to kill myself"}).status_code == 422
    assert ["wrong"] == [row.why for row in kept(chosen)]


def test_a_question_is_kept_for_thirty_days_and_counts_for_ninety(tmp_path):
    now = [1_790_000_000.0]
    database = open_database(f"sqlite:///{tmp_path / 'q.db'}")
    state = State(database, lambda: now[0])
    state.create()
    state.send("a" * 32, questions.Question("bochdew", Language.WELSH, ("parcels",), "unclear"))
    for _ in range(3):
        state.keep("c" * 32, Memory(), None, "", {("did_you_mean", "cy")})

    def left() -> tuple[int, list[int]]:
        state.forget(24)
        with database.connect() as connection:
            asked = connection.execute(sa.select(ASKED.c.times)).scalars()
            return len(list(connection.execute(sa.select(QUESTION)))), list(asked)

    now[0] += 29 * 86400
    assert (1, [3]) == left()
    now[0] += 2 * 86400
    assert (0, [3]) == left()
    now[0] += 61 * 86400
    assert (0, []) == left()


@pytest.mark.assistant
def test_nothing_is_kept_until_the_button_is_pressed(assistant):
    """With the real engine; a repeated request offers the same again."""
    talk = Talk(assistant)
    body = {"text": "qwyjibo flurbadoodle zzyzx", "language": "cy"}
    replies = [talk.post(body, key="one").json() for _ in range(2)]
    button = payload(replies[0]["messages"])

    assert button and replies[0] == replies[1]
    assert "Diolch" in talk.post({"payload": button}).json()["messages"][0]["text"]


@pytest.mark.assistant
def test_the_plain_page_sends_without_javascript(assistant):
    """A form is all it needs, and the offer follows a switch of language."""

    def fields(page: str) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        return {name: html.unescape(value) for name, value in found}

    with httpx.Client(base_url=assistant, timeout=30) as http:
        words = f"qwyjibo {secrets.token_hex(3)} flurb"
        asked = http.post("/cy", data={**fields(http.get("/cy").text), "text": words}).text
        (button,) = re.findall(r'value="(send_question[^"]+)"', asked)
        switched = http.post("/en", data={**fields(asked), "do": "switch"}).text
        sent = http.post("/cy", data={**fields(asked), "payload": button})

    assert "Send this question to the editors" in switched
    assert "Diolch. Bydd y golygyddion" in sent.text
