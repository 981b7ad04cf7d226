"""The HTTP API at its edges: bad input in both languages, erasure, and no engine behind it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openapi_spec_validator import validate

from bot.language import Language
from bot.settings import Settings
from bot.wording import say
from directory.database import engine
from directory.files import DATA, read
from directory.importer import apply, plan
from directory.search import understand
from gateway.app import create
from gateway.pages import finding

JSON = {"Content-Type": "application/json"}


def messages(conversation: str) -> str:
    return f"/api/v1/conversations/{conversation}/messages"


def test_the_openapi_document_is_valid(door: TestClient) -> None:
    document = door.get("/api/v1/openapi.json").json()

    validate(document)
    assert document["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    ("language", "languages"), [("cy", ["cy"]), ("en", ["en"]), (None, ["cy", "en"])]
)
def test_the_greeting_speaks_the_page_s_language_or_both(
    door: TestClient, language: str | None, languages: list[str]
) -> None:
    answer = door.post("/api/v1/conversations", json={"language": language})

    assert answer.status_code == 201
    assert languages == [message["language"] for message in answer.json()["messages"]]
    assert all(len(message["buttons"]) >= 4 for message in answer.json()["messages"])


@pytest.mark.parametrize(
    ("accept", "language"), [("cy", "cy"), ("en-GB,en;q=0.9", "en"), ("fr", "cy")]
)
@pytest.mark.parametrize(
    ("body", "headers", "status", "kind"),
    [
        ('{"text": "', JSON, 400, "malformed"),
        (b'{"text": "\xff\xfe"}', JSON, 400, "malformed"),
        ('{"text": 5}', JSON, 422, "invalid"),
        ("{}", JSON, 422, "invalid"),
        ('{"text": "a", "payload": "letters"}', JSON, 422, "invalid"),
        ('{"text": "a", "more": 1}', JSON, 422, "invalid"),
        ('{"text": "   "}', JSON, 422, "empty"),
        ('{"payload": "/restart"}', JSON, 400, "malformed"),
        ('{"text": "' + "a" * 10_000 + '"}', JSON, 413, "too_long"),
        ('{"text": "' + "a" * 100_000 + '"}', JSON, 413, "too_long"),
        ("text=hello", {"Content-Type": "text/plain"}, 415, "wrong_type"),
    ],
)
def test_bad_input_gets_a_kind_answer(
    door: TestClient,
    conversation: str,
    body: Any,
    headers: dict[str, str],
    status: int,
    kind: str,
    accept: str,
    language: str,
) -> None:
    answer = door.post(
        messages(conversation), content=body, headers={**headers, "Accept-Language": accept}
    )

    assert status == answer.status_code, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (f"urn:cyswllt:problem:{kind}", language) == (problem["type"], problem["language"])
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.parametrize("unknown", ["x", "A" * 60, "..%2f..", "%00"])
def test_an_unknown_conversation_is_404(door: TestClient, unknown: str) -> None:
    answer = door.post(messages(unknown), json={"text": "helo"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_is_stored_before_the_first_message(
    door: TestClient, chosen: Settings, conversation: str
) -> None:
    assert conversation
    with sqlite3.connect(chosen.database_url.removeprefix("sqlite:///")) as database:
        tables = [
            row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        assert dict.fromkeys(tables, 0) == {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in tables
        }


@pytest.mark.parametrize(
    ("text", "language", "topic"),
    [
        ("sut mae bwcio ymweliad ar-lein", "cy", "book_visit"),
        ("how do I book a visit to the prison", "en", "book_visit"),
    ],
)
def test_without_the_engine_the_written_answer_is_given(
    door: TestClient, conversation: str, text: str, language: str, topic: str
) -> None:
    answer = door.post(messages(conversation), json={"text": text})

    assert answer.status_code == 200
    (message,) = answer.json()["messages"]
    assert (language, topic) == (message["language"], message["topic"])
    assert "https://www.gov.uk/prison-visits" in message["text"]


@pytest.mark.parametrize(("text", "language"), [("qwrt zxcv", "cy"), ("blah wibble the", "en")])
def test_without_the_engine_an_unclear_message_gets_a_person_to_ring(
    door: TestClient, text: str, language: str
) -> None:
    opened = door.post("/api/v1/conversations", json={"language": language}).json()
    answer = door.post(messages(opened["conversation"]), json={"text": text, "language": language})

    (message,) = answer.json()["messages"]
    assert "0808 808 2003" in message["text"]
    assert language == message["language"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("dwi eisiau lladd fy hun", "crisis_self"),
        ("i want to kill myself", "crisis_self"),
        ("he is not breathing, overdose", "emergency"),
    ],
)
def test_danger_is_answered_without_the_engine(
    door: TestClient, conversation: str, text: str, topic: str
) -> None:
    answer = door.post(messages(conversation), json={"text": text}).json()

    assert topic == answer["messages"][0]["topic"]
    assert "tel:999" in answer["messages"][0]["text"]


def test_every_field_of_a_message_is_there(door: TestClient, conversation: str) -> None:
    answer = door.post(messages(conversation), json={"text": "sut mae trefnu ymweliad"}).json()

    assert {
        "id", "text", "language", "topic", "buttons", "sources", "as_of", "checked_on", "services", "prison",
    } == set(answer["messages"][0])  # fmt: skip
    assert answer["messages"][0]["checked_on"] is None


def test_the_same_key_gets_the_same_reply_once(door: TestClient, conversation: str) -> None:
    key = {"Idempotency-Key": "abc"}
    first = door.post(messages(conversation), json={"text": "helo"}, headers=key)
    again = door.post(messages(conversation), json={"text": "helo"}, headers=key)
    other = door.post(
        messages(conversation), json={"text": "helo"}, headers={"Idempotency-Key": "d"}
    )

    assert first.json() == again.json()
    assert first.json() != other.json()


def test_feedback_is_taken_once_for_a_message_of_ours(door: TestClient, conversation: str) -> None:
    said = door.post(messages(conversation), json={"text": "helo"}).json()["messages"][0]
    path = f"{messages(conversation)}/{said['id']}/feedback"

    assert door.post(path, json={"value": "yes"}).status_code == 204
    assert door.post(path, json={"value": "wrong"}).status_code == 204
    assert door.post(path, json={"value": "maybe"}).status_code == 422
    assert door.post(path.replace("~", "x"), json={"value": "yes"}).status_code == 404


def test_an_erased_conversation_is_gone(door: TestClient, conversation: str) -> None:
    door.post(messages(conversation), json={"text": "helo"})

    assert door.delete(f"/api/v1/conversations/{conversation}").status_code == 204
    assert door.post(messages(conversation), json={"text": "helo"}).status_code == 410
    assert door.post(messages(conversation), json={"payload": "letters"}).status_code == 410


def test_a_choice_of_language_sticks(door: TestClient, conversation: str) -> None:
    first = door.post(messages(conversation), json={"payload": "letters", "language": "en"})
    then = door.post(messages(conversation), json={"text": "sut mae anfon llythyr at garcharor"})

    assert [first.json()["language"], then.json()["language"]] == ["en", "en"]


def test_no_word_of_a_person_is_stored(
    door: TestClient, chosen: Settings, conversation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "sut mae trefnu ymweliad cwtshlyd"
    door.post(messages(conversation), json={"text": said}, headers={"Idempotency-Key": "k"})

    raw = Path(chosen.database_url.removeprefix("sqlite:///"))
    kept = b"".join(path.read_bytes() for path in raw.parent.glob(f"{raw.name}*"))
    assert b"cwtshlyd" not in kept
    output = capsys.readouterr()
    assert "cwtshlyd" not in output.out + output.err


def test_too_many_messages_are_asked_to_wait(door: TestClient, conversation: str) -> None:
    answers = [door.post(messages(conversation), json={"text": "helo"}) for _ in range(25)]
    refused = [answer for answer in answers if answer.status_code == 429]

    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1


def test_readyz_says_what_is_down(door: TestClient) -> None:
    answer = door.get("/readyz")

    assert answer.status_code == 503
    assert tuple(answer.json()[k] for k in ("engine", "actions", "database")) == (
        False,
        False,
        True,
    )
    assert door.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/openapi.json", "/no/such/page"])
def test_every_reply_carries_the_security_headers(door: TestClient, path: str) -> None:
    headers = door.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ({"q": "dyledion", "place": "Llanelli", "language": "cy"}, "advicelink-cymru"),
        ({"q": "drugs", "place": "Pontypridd", "language": "en"}, "dan-24-7"),
        (
            {"need": "visitor_centre", "prison": "berwyn", "language": "en"},
            "berwyn-visitors-centre",
        ),
    ],
)
def test_services_are_searched_as_on_the_page(
    filled: Settings, asked: dict[str, str], first: str
) -> None:
    with TestClient(create(filled)) as client:
        found = client.get("/api/v1/services", params=asked).json()
    assert found["services"][0]["id"] == first
    assert found["explain"]


LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)


@LANGUAGES
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"place": "'; DROP TABLE service; --"}, "page.place_unknown"),
        ({"place": "Llanelli' OR '1'='1", "q": "; DELETE FROM phone"}, "services.widened"),
        ({"place": "ZZ99 9ZZ"}, "page.place_unknown"),
        ({"place": "😀🏴"}, "page.place_unknown"),
        ({"q": "😀"}, None),
        ({"need": "no_such_need"}, None),
        ({"place": "Carmel", "need": "housing"}, "services.which_place"),
        ({"place": "Croesoswallt", "need": "housing"}, "services.outside"),
        ({"place": "CH4", "need": "housing"}, "services.border"),
        ({"prison": "'; --", "need": "housing"}, None),
    ],
    ids=str,
)
def test_odd_searches_are_answered_and_told(
    filled: Settings, language: Language, asked: dict[str, str], told: str | None
) -> None:
    with TestClient(create(filled)) as client:
        answer = client.get("/api/v1/services", params={**asked, "language": language.value})
        after = client.get("/api/v1/services", params={"q": "Samaritans", "language": "en"})

    assert answer.status_code == 200, answer.text
    assert answer.json()["services"] and answer.json()["explain"]
    if told:
        plain = say(told, language, area="@")
        assert all(part in answer.json()["explain"] for part in plain.split("@"))
    assert after.json()["services"][0]["id"] == "samaritans"


@LANGUAGES
def test_a_place_of_five_thousand_letters_is_refused_in_the_person_s_language(
    filled: Settings, language: Language
) -> None:
    with TestClient(create(filled)) as client:
        answer = client.get(
            "/api/v1/services",
            params={"place": "x" * 5000, "language": language.value},
            headers={"Accept-Language": language.value},
        )

    assert answer.status_code == 422
    assert (language.value, say("problem.invalid.title", language)) == (
        answer.json()["language"],
        answer.json()["title"],
    )


@LANGUAGES
def test_a_database_that_goes_away_in_mid_search_is_said_kindly(
    filled: Settings, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection dies between the question what is meant and the search for it."""

    def dying(connection: Any, text: str) -> Any:
        told = understand(connection, text)
        connection.connection.dbapi_connection.close()
        return told

    monkeypatch.setattr(finding, "understand", dying)
    asked = {"q": "housing", "place": "Llanelli", "language": language.value}
    with TestClient(create(filled)) as client:
        answer = client.get("/api/v1/services", params=asked)
        monkeypatch.undo()
        again = client.get("/api/v1/services", params=asked)

    assert answer.status_code == 503 and answer.headers["retry-after"]
    assert say("problem.busy.title", language) == answer.json()["title"]
    assert "Llanelli" not in answer.text
    assert again.status_code == 200 and again.json()["services"]


@LANGUAGES
def test_a_corrupt_import_leaves_the_search_as_it_was(
    filled: Settings, language: Language, tmp_path: Path
) -> None:
    asked = {"q": "dyled debt", "place": "Llanelli", "language": language.value}
    shutil.copytree(DATA, tmp_path / "data")
    services = tmp_path / "data" / "services.yml"
    services.write_bytes(services.read_bytes()[:20_000] + b"\xff\xfe: [")
    with TestClient(create(filled)) as client:
        before = client.get("/api/v1/services", params=asked).json()
        database = engine(filled.database_url)
        with database.begin() as connection:
            wanted = plan(connection, read(tmp_path / "data"))
            apply(connection, wanted)
        database.dispose()
        after = client.get("/api/v1/services", params=asked).json()

    assert wanted.problems
    assert before == after


@pytest.mark.parametrize("wrong", [{"language": "fr"}, {"q": "x" * 501}, {"open_now": "perhaps"}])
def test_a_search_that_makes_no_sense_is_refused_kindly(
    door: TestClient, wrong: dict[str, str]
) -> None:
    answer = door.get("/api/v1/services", params=wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
