"""The privacy page, sentence by sentence: each is one row of privacy.yml, with the proof that it is true."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from bot.catalogue.load import load, read
from bot.language import Language
from bot.settings import ROOT, Settings
from directory.database import engine as open_database
from gateway import privacy, state
from gateway.app import create
from gateway.limits import RATES
from gateway.questions import Question
from gateway.redaction import redact
from gateway.state import METADATA, Memory, State
from tests.editor.conftest import committed, desk, root, sign_in
from tests.gateway.test_pages import Page

__all__ = ["committed", "desk", "root", "sign_in"]

ROWS = read(Path(__file__).with_name("privacy.yml"))
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
HOURS = 7
"""What this operator set, so that a page that only repeats the default is found out."""
ADDRESS = "192.0.2.77"
PECULIAR = {Language.WELSH: "cwtshlyd", Language.ENGLISH: "cuddlesome"}
ASKED = {
    Language.WELSH: "sut mae bwcio ymweliad cwtshlyd ar-lein",
    Language.ENGLISH: "how do I book a cuddlesome visit to the prison",
}
DANGER = {Language.WELSH: "dwi eisiau lladd fy hun", Language.ENGLISH: "i want to kill myself"}
DELETE = {Language.WELSH: "dileu fy sgwrs", Language.ENGLISH: "delete my chat"}
WITH_DETAILS = {
    Language.WELSH: "ydy Rhys Davies A1234BC, ffôn 07700 900123, yn cael cadw bochdew cwtshlyd",
    Language.ENGLISH: "can Rhys Davies A1234BC, phone 07700 900123, keep a cuddlesome hamster",
}


def sentences(text: str) -> list[str]:
    """Cut a text of the content into its sentences, the points of a list included."""
    lines = (line.removeprefix("- ").strip() for line in text.splitlines())
    return [one for line in lines for one in re.split(r"(?<=[.?!])\s+", line) if one]


def written(language: Language) -> dict[str, list[str]]:
    """Return the sentences of the page by part, as the content has them."""
    parts = load().answer("privacy", language).parts
    return {name: sentences(text) for name, text in parts.items()}


_dialled: list[Any] | None = None


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _dialled is not None:
        _dialled.append(arguments[1])


sys.addaudithook(
    _listen
)  # it cannot be taken off again, so it listens only while `_dialled` is set


@dataclass
class House:
    """A gateway of an operator with settings of their own, and what is found in its database."""

    site: TestClient
    settings: Settings
    language: Language
    capsys: pytest.CaptureFixture[str]
    fixture: Callable[[str], Any]
    talk: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/api/v1/conversations/{self.talk}"

    def say(self, text: str, key: str | None = None) -> list[dict[str, Any]]:
        """Say something in a conversation of this language, and return the reply."""
        if not self.talk:
            opened = self.site.post("/api/v1/conversations", json={"language": self.language})
            self.talk = opened.json()["conversation"]
        body = {"text": text, "language": self.language}
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.site.post(f"{self.path}/messages", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        self.said = answer.json()["messages"]
        return self.said

    def complain(self) -> int:
        """Send the question that was just asked to the editors."""
        path = f"{self.path}/messages/{self.said[-1]['id']}/question"
        body = {"text": WITH_DETAILS[self.language], "value": "wrong"}
        return self.site.post(path, json=body).status_code

    def rate(self) -> int:
        path = f"{self.path}/messages/{self.said[-1]['id']}/feedback"
        return self.site.post(path, json={"value": "no"}).status_code

    def rows(self, table: str) -> list[dict[str, Any]]:
        with open_database(self.settings.database_url).connect() as connection:
            return [
                dict(row._mapping) for row in connection.execute(sa.text(f"SELECT * FROM {table}"))
            ]

    def filled(self) -> set[str]:
        """Name the tables that hold anything."""
        names = sa.inspect(open_database(self.settings.database_url)).get_table_names()
        return {name for name in names if self.rows(name)}

    def later(self, hours: float) -> None:
        """Forget as the gateway does, this many hours from now."""
        database = open_database(self.settings.database_url)
        State(database, lambda: time.time() + hours * 3600).forget(self.settings.retention_hours)

    def everything_written(self) -> str:
        """Return the database's files and what was logged."""
        raw = Path(self.settings.database_url.removeprefix("sqlite:///"))
        kept = b"".join(path.read_bytes() for path in raw.parent.glob(f"{raw.name}*"))
        output = self.capsys.readouterr()
        return kept.decode("utf-8", "replace") + output.out + output.err

    def page(self, path: str = "/privacy") -> str:
        return self.site.get(f"/{self.language.value}{path}").text


@pytest.fixture
def house(
    chosen: Settings,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    language: Language,
) -> Iterator[House]:
    own = replace(
        chosen,
        retention_hours=HOURS,
        controller="Elusen y Wennol",
        controller_contact="preifatrwydd@example.org",
    )
    with TestClient(create(own), client=(ADDRESS, 50000)) as site:
        yield House(site, own, language, capsys, request.getfixturevalue)


# --- the page and its rows -----------------------------------------------------------------------


@LANGUAGES
def test_every_sentence_of_the_page_is_a_row(language: Language) -> None:
    rows = {part: [row[language.value] for row in rows] for part, rows in ROWS.items()}

    assert written(language) == rows


@LANGUAGES
def test_the_page_shows_what_this_operator_set(house: House, language: Language) -> None:
    text = " ".join(Page(house.page()).text.split())

    assert "Elusen y Wennol" in text and "preifatrwydd@example.org" in text
    unit = {Language.WELSH: "awr", Language.ENGLISH: "hours"}[language]
    assert f"{HOURS} {unit}" in text and f"24 {unit}" not in text


def test_without_a_contact_of_its_own_the_controller_has_the_operator_s() -> None:
    assert Settings(contact="x").shown["controller_contact"] == "x"


# --- the proofs ----------------------------------------------------------------------------------


def nameless(house: House) -> None:
    """Nobody is asked who they are: an answer comes without an account, a cookie or a name."""
    assert house.say(ASKED[house.language])[-1]["topic"] == "book_visit"
    asked_for = set(
        house.site.get("/api/v1/openapi.json").json()["components"]["schemas"]["Say"]["properties"]
    )
    assert asked_for == {"text", "payload", "language"}


def read_in_memory(house: House) -> None:
    """The words are what the answer is found by, and are nowhere written."""
    house.say(ASKED[house.language], key="k")
    assert house.said[-1]["topic"] == "book_visit"
    kept = house.everything_written()
    assert "book_visit" in kept
    assert PECULIAR[house.language] not in kept


def only_when_pressed(house: House) -> None:
    """Nothing is sent to the editors until the person does it."""
    house.say(WITH_DETAILS[house.language])
    assert house.rows("question") == []
    assert PECULIAR[house.language] not in house.everything_written()
    assert house.complain() == 204
    assert PECULIAR[house.language] in house.rows("question")[0]["text"]


def details_out(house: House) -> None:
    """What is sent has no details that redaction knows."""
    house.say(WITH_DETAILS[house.language])
    house.complain()
    (row,) = house.rows("question")
    assert [one for one in ("Rhys", "Davies", "A1234BC", "900123") if one in row["text"]] == []


def deleted_with_the_chat(house: House) -> None:
    """A question goes at once with the chat, else after thirty days."""
    house.say(WITH_DETAILS[house.language])
    house.complain()
    house.site.delete(house.path)
    assert house.rows("question") == []
    house.talk = ""
    house.say(WITH_DETAILS[house.language])
    house.complain()
    house.later(29.9 * 24)
    assert house.rows("question")
    house.later(30.1 * 24)
    assert house.rows("question") == []


def an_example_may_stay(house: House) -> None:
    """An editor makes an example of a question: it stays in the content, without who asked."""
    question = "ga i ddod â chacen gwtshlyd i'r ymweliad nesaf"
    mair = house.fixture("sign_in")()
    own = house.fixture("desk").state.inbox
    State(own._database).create()
    State(own._database).send("a" * 32, Question(question, Language.WELSH, ("parcels",), "unclear"))
    csrf = re.search(r'name="csrf" value="([^"]+)"', mair.get("/editor/inbox").text)
    sent = own.groups()[Language.WELSH][0].questions[0]
    pressed = {"csrf": csrf and csrf[1], "do": "example", "ids": [sent.id], "topic": "parcels"}
    done = mair.post("/editor/inbox", data={**pressed, "language": "cy", "lines": question})
    assert done.status_code == 200, done.text
    examples = "".join(
        path.read_text("utf-8") for path in house.fixture("root").glob("nlu/cy/*.yml")
    )
    assert question in examples and "a" * 32 not in examples
    assert own.groups()[Language.WELSH] == []


def codes_only(house: House) -> None:
    """What is stored of a conversation are names of our own lists, numbers and flags."""
    house.say(ASKED[house.language])
    (row,) = house.rows("conversation")
    known = {
        *load().topics,
        *(one.value for one in Language),
        house.site.app.state.door.turns.released.id,
    }  # type: ignore[attr-defined]
    for value in json.loads(row["memory"]).values():
        for one in value if isinstance(value, list) else [value]:
            assert isinstance(one, int | bool) or one in known, one


def after_silence(house: House) -> None:
    """Everything of a conversation goes after the hours of silence that the operator set."""
    house.say(ASKED[house.language], key="k")
    house.rate()
    _as_the_engine(house)
    house.later(HOURS - 0.1)
    assert {"conversation", "reply", "feedback", "tracker"} <= house.filled()
    house.later(HOURS + 0.1)
    assert house.filled() & {"conversation", "reply", "feedback", "tracker"} == set()


def on_request(house: House) -> None:
    """The words that the page names delete the conversation, and so does the button."""
    for delete in (
        lambda: house.say(DELETE[house.language]),
        lambda: house.site.delete(house.path),
    ):
        house.talk = ""
        house.say(ASKED[house.language], key="k")
        delete()
        assert house.filled() <= {"erased", "asked"}
        again = house.site.post(f"{house.path}/messages", json={"text": "x"})
        assert again.status_code == 410
    assert DELETE[house.language] in house.page()


def passed_on_to_nobody(house: House) -> None:
    """No cookie is set, and the gateway speaks with its own machine only."""
    global _dialled
    _dialled = []
    try:
        house.say(ASKED[house.language])
        house.say(DANGER[house.language])
        house.complain()
        places = {str(where[0] if isinstance(where, tuple) else where) for where in _dialled}
    finally:
        _dialled = None
    assert places == {"127.0.0.1"}, "the engine, which is not there, should have been dialled"
    for path in ("", "/privacy", "/topics"):
        assert "set-cookie" not in house.site.get(f"/{house.language.value}{path}").headers


def controller(house: House) -> None:
    """The page names the controller of the settings, and how to reach them."""
    text = Page(house.page()).text
    assert house.settings.controller in text and house.settings.controller_contact in text


def complaints(house: House) -> None:
    links = [one.get("href") for one in Page(house.page()).all("a")]
    assert "https://ico.org.uk/make-a-complaint/" in links


NAMED = {
    "conversation": "the conversation",
    "tracker": "the conversation",
    "reply": "our own replies",
    "feedback": "what you press under an answer",
    "erased": "a code for a conversation that was deleted",
    "question": "a question that you yourself send",
    "asked": "how often each topic was the answer",
}
"""Where the page names each table that a conversation can fill."""


def everything(house: House) -> None:
    """There is no table about conversations that the page does not name, and none else is filled."""
    assert set(NAMED) == set(METADATA.tables)
    told = " ".join(written(Language.ENGLISH)["more"]).lower()
    assert [words for words in NAMED.values() if words not in told] == []
    before = house.filled()
    house.say(WITH_DETAILS[house.language], key="k")
    house.complain()
    house.rate()
    _as_the_engine(house)
    house.site.delete(house.path)
    assert house.filled() - before <= set(NAMED)


KEPT = {
    "topics": {"topic", "last", "offered", "danger"},
    "language": {"language", "chosen"},
    "times": {"updated"},
    "number of messages": {"turns"},
    "how far the talk had got": {"told", "again", "shown"},
    "version of Cyswllt": {"release"},
    "the prison": {"prison"},
    "the place": {"place"},
    "half of a postcode": {"postcode"},
    "kind of help": {"need"},
    "which sort": {"only"},
    "the service": {"service"},
    "an age": {"age"},
}
"""Where the page names what is remembered between two messages, by us and by the engine."""


def fields_named(house: House) -> None:
    """Nothing is remembered of a conversation that the page does not name."""
    slots = read(ROOT / "bot" / "domain" / "domain.yml")["slots"]
    columns = {
        column.name for name in ("conversation", "tracker") for column in METADATA.tables[name].c
    }
    kept = {*Memory.__dataclass_fields__, *slots, *columns}
    assert kept - {"key", "sender_id", "memory", "slots"} == set().union(*KEPT.values())
    told = " ".join(written(Language.ENGLISH)["more"])
    assert [words for words in KEPT if words not in told] == []


def answered_once(house: House) -> None:
    """A message sent twice with one key gets one reply, and is one message."""
    first = house.say(ASKED[house.language], key="k")
    assert house.say(ASKED[house.language], key="k") == first
    assert json.loads(house.rows("conversation")[0]["memory"])["turns"] == 1
    after_silence(house)


def ratings(house: House) -> None:
    house.say(ASKED[house.language])
    assert house.rate() == 204
    (row,) = house.rows("feedback")
    assert (row["value"], row["topic"]) == ("no", "book_visit")
    after_silence(house)


def tombstone(house: House) -> None:
    """A deleted conversation leaves its code, and nothing can be added to it."""
    house.say(ASKED[house.language])
    house.site.delete(house.path)
    (row,) = house.rows("erased")
    assert re.fullmatch(r"[0-9a-f]{32}", row["key"])
    assert house.site.post(f"{house.path}/messages", json={"text": "x"}).status_code == 410
    house.later(HOURS + 0.1)
    assert house.rows("erased") == []


def counted(house: House) -> None:
    """Counts are of a day, a topic and a language, and stay ninety days."""
    house.say(ASKED[house.language])
    (row,) = house.rows("asked")
    assert set(row) == {"day", "topic", "language", "times"}
    house.later(89 * 24)
    assert house.rows("asked")
    house.later(92 * 24)
    assert house.rows("asked") == []


def every_ten_minutes(house: House) -> None:
    assert privacy.EVERY == 600


def address_counted(house: House) -> None:
    """An address has a limit that starts anew after seconds."""
    assert RATES["address"].get_expiry() <= 10
    assert any(house.site.get(f"/{house.language.value}").status_code == 429 for _ in range(250))


def address_not_written(house: House) -> None:
    house.say(ASKED[house.language])
    for _ in range(250):
        house.site.get(f"/{house.language.value}")
    kept = house.everything_written()
    assert "book_visit" in kept and ADDRESS not in kept


def nothing_follows(house: House) -> None:
    """No cookie, no storage that lasts, and nothing that comes from anywhere else."""
    for path in ("", "/privacy", "/services"):
        page = Page(house.page(path))
        loaded = [
            one.get("src") or one.get("href") for one in (*page.all("script"), *page.all("link"))
        ]
        assert [one for one in loaded if one and not one.startswith("/")] == []
        assert page.all("img") == page.all("iframe") == []
    source = "".join(path.read_text("utf-8") for path in (ROOT / "widget/src").glob("*.ts"))
    assert "sessionStorage" in source
    assert re.findall(r"localStorage|indexedDB|document\.cookie", source) == []


def words_in_the_page(house: House) -> None:
    """The words come back in the page that was sent, which no browser or proxy keeps."""
    opened = Page(house.page(""))
    said = {**opened.carried, "text": ASKED[house.language]}
    answer = house.site.post(f"/{house.language.value}", data=said)
    assert PECULIAR[house.language] in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert PECULIAR[house.language] not in house.everything_written()


def numbers_at_once(house: House) -> None:
    """Danger gets phone numbers first, with nothing else running."""
    assert "tel:999" in house.say(DANGER[house.language])[0]["text"]


def nobody_told(house: House) -> None:
    """Of danger nothing is sent, not even when asked to, and nobody is dialled."""
    house.say(DANGER[house.language])
    path = f"{house.path}/messages/{house.said[-1]['id']}/question"
    assert house.site.post(path, json={"text": DANGER[house.language]}).status_code == 422
    assert house.rows("question") == []
    passed_on_to_nobody(house)


def names_slip_through(house: House) -> None:
    """The page says so because it is so: an unknown name in small letters is not recognised."""
    assert "zebediah" in redact("i went with zebediah on the train").text
    nameless(house)


def nobody_named(house: House) -> None:
    """A conversation is known by a random code; no column could hold a name, number or address."""
    house.say(ASKED[house.language])
    (row,) = house.rows("conversation")
    assert re.fullmatch(r"[0-9a-f]{32}", row["key"])
    columns = {column.name for table in METADATA.tables.values() for column in table.c}
    assert columns & {"name", "email", "phone", "address", "ip", "user", "device"} == set()
    assert row["key"] not in house.talk, "who reads the database could go on with the talk"


def topic_for_a_child(house: House) -> None:
    """The example given to a child is what would be kept: the topic of its question."""
    house.say(ASKED[house.language])
    assert json.loads(house.rows("conversation")[0]["memory"])["topic"] == "book_visit"
    assert load().topics["book_visit"].group == "visiting"


def whole_page_open(house: House) -> None:
    """What was said stands on the page, and a link leaves it at once."""
    words_in_the_page(house)
    assert any(
        str(one.get("href")).startswith("https://www.bbc.co.uk")
        for one in Page(house.page("")).all("a")
    )


def childline(house: House) -> None:
    """The numbers are links, and those that the crisis cards give."""
    links = {one.get("href") for one in Page(house.page()).all("a")}
    assert {"tel:999", "tel:08001111"} <= links
    assert "tel:08001111" in load().answer("crisis_child", house.language).parts["text"]


def no_age_asked(house: House) -> None:
    fields = [
        one.get("name") for path in ("", "/services") for one in Page(house.page(path)).all("input")
    ]
    assert [one for one in fields if one and re.search(r"age|oed|birth|geni", one)] == []
    schemas = house.site.get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert "age" not in {name for one in schemas.values() for name in one.get("properties", {})}


def _as_the_engine(house: House) -> None:
    """Leave the row that the engine, which is not there, would have left."""
    (row,) = house.rows("conversation")
    with open_database(house.settings.database_url).begin() as connection:
        made = {"sender_id": row["key"], "slots": "{}", "updated": row["updated"]}
        connection.execute(sa.insert(state.TRACKER).values(made))


PROOFS: dict[str, Callable[[House], None]] = {
    name: made
    for name, made in list(globals().items())
    if callable(made) and getattr(made, "__annotations__", {}).get("house") == "House"
    if not name.startswith(("_", "test_"))
}


@LANGUAGES
@pytest.mark.parametrize("proof", sorted({row["proof"] for rows in ROWS.values() for row in rows}))
def test_what_the_page_says_is_so(house: House, proof: str) -> None:
    PROOFS[proof](house)


def test_no_proof_is_left_over() -> None:
    assert set(PROOFS) == {row["proof"] for rows in ROWS.values() for row in rows}
