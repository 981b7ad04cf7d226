"""The inbox: like questions together, one press deals with them, small numbers stay hidden."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from bot.language import Language
from directory.database import engine as open_database
from editor.inbox import Inbox, Sent, gathered
from gateway.questions import Question
from gateway.state import QUESTION, Memory, State
from tests.editor.conftest import git
from tests.editor.test_accounts import database  # noqa: F401  # a fixture

HAMSTER = "ydy o'n cael cadw bochdew yn ei gell"
ALIKE = "ydy e'n cael cadw bochdew yn y gell"
PIANO = "can he have a piano brought in"


@pytest.fixture
def state(desk, tmp_path) -> State:
    """The gateway's side of the shared database, with three questions sent."""
    made = State(open_database(f"sqlite:///{tmp_path / 'desk.db'}"))
    made.create()
    for number, (text, language) in enumerate(
        ((HAMSTER, Language.WELSH), (ALIKE, Language.WELSH), (PIANO, Language.ENGLISH))
    ):
        made.send(f"{number:032}", Question(text, language, ("parcels", "letters"), "unclear"))
    return made


def left(desk) -> list[str]:
    groups = desk.state.inbox.groups()
    return sorted(q.text for found in groups.values() for g in found for q in g.questions)


def press(editor: TestClient, page: str, do: str, first: str, **more: str):
    """Press a button of the group whose first question is *first*."""
    forms = re.findall(r'<form class="card".*?</form>', page, re.S)
    (form,) = [
        each for each in forms if html.escape(first, quote=True).replace("&#x27;", "&#39;") in each
    ]
    hidden = dict(re.findall(r'name="(csrf|state|language)" value="([^"]*)"', form))
    ids = re.findall(r'name="ids" value="([^"]*)"', form)
    return editor.post("/editor/inbox?lang=en", data={**hidden, "ids": ids, "do": do, **more})


def test_like_questions_stand_together_in_their_language(sign_in, state):
    page = sign_in().get("/editor/inbox?lang=en").text

    assert 2 == page.count('<form class="card"')
    assert "Asked in Welsh (1)" in page and "Asked in English (1)" in page


@pytest.mark.usefixtures("state")
def test_one_press_makes_an_example_with_its_twin(desk, sign_in, root):
    mair = sign_in()
    page = mair.get("/editor/inbox?lang=en").text
    twin = "could a hamster live in his cell"
    done = press(mair, page, "example", HAMSTER, topic="parcels", lines=HAMSTER, twin=twin)

    assert "has been added" in done.text, done.text
    assert [PIANO] == left(desk)
    changed = git(root, "show", "--format=%an", "--unified=0")
    added = [line[1:] for line in changed.splitlines() if re.match(r"[+-][^+-]", line)]
    assert changed.startswith("Mair\n")
    assert [f"    - {HAMSTER}", f"    - {twin}"] == added


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("do", ["dismiss", "crisis", "twin"])
def test_what_is_set_aside_is_no_longer_new(desk, sign_in, root, do):
    mair = sign_in()
    press(mair, mair.get("/editor/inbox?lang=en").text, do, PIANO)

    assert PIANO not in left(desk)
    kept = mair.get(f"/editor/inbox?lang=en&state={do if do != 'dismiss' else 'twin'}").text
    assert (do != "dismiss") == (PIANO in kept)
    assert "content" == git(root, "log", "--format=%s").strip()


@pytest.mark.usefixtures("state")
def test_one_press_begins_a_new_topic_and_the_question_goes_when_it_is_saved(desk, sign_in, root):
    mair = sign_in()
    page = mair.get("/editor/inbox?lang=en").text
    begun = press(mair, page, "new_topic", HAMSTER, lines=HAMSTER, twin="a hamster in his cell")
    assert (
        f">\n{html.escape(HAMSTER, quote=True)}</textarea>".replace("&#x27;", "&#39;") in begun.text
    )
    assert ">\na hamster in his cell</textarea>" in begun.text
    assert 3 == len(left(desk)), "nothing is done before the topic is saved"

    form = dict(re.findall(r'name="(csrf)" value="([^"]*)"', begun.text))
    form |= {f"{la}.{part}": "Pets" for la in ("cy", "en") for part in ("title", "text")}
    form |= {"cy.examples": HAMSTER, "en.examples": "a hamster in his cell"}
    carried = {"ids": re.findall(r'name="ids" value="([^"]*)"', begun.text), "group": "prison_life"}
    address = "/editor/new-topic?lang=en"
    refused = mair.post(address, data={**form, **carried, "name": "Not a name"})
    assert carried["ids"] == re.findall(r'name="ids" value="([^"]*)"', refused.text)
    assert 200 == mair.post(address, data={**form, **carried, "name": "pets_inside"}).status_code
    assert [PIANO] == left(desk)
    assert "pets_inside: new topic" == git(root, "log", "-1", "--format=%s").strip()


@pytest.mark.usefixtures("state")
def test_out_of_scope_is_an_example_too(desk, sign_in, root):
    mair = sign_in()
    page = mair.get("/editor/inbox?lang=en").text
    press(mair, page, "out_of_scope", PIANO, lines=PIANO)

    assert f"+    - {PIANO}\n" in git(root, "show")
    assert PIANO not in left(desk)


@pytest.mark.usefixtures("state")
def test_an_example_of_another_topic_is_refused_and_the_question_stays(desk, sign_in, root):
    mair = sign_in()
    page = mair.get("/editor/inbox?lang=en").text
    other = desk.state.phrases.of("book_visit")[Language.ENGLISH][0]
    refused = press(mair, page, "example", PIANO, topic="parcels", lines=other)

    assert refused.status_code == 422 and "is already an example of" in refused.text
    assert PIANO in left(desk)
    assert "content" == git(root, "log", "--format=%s").strip()


@pytest.mark.usefixtures("state")
def test_a_reader_may_not_deal_with_questions(desk, sign_in):
    reader = sign_in("Sioned", "reader")
    form = {"csrf": re.findall(r'name="csrf" value="([^"]*)"', reader.get("/editor/inbox").text)[0]}

    assert (
        reader.post("/editor/inbox", data={**form, "do": "dismiss", "ids": "x"}).status_code == 403
    )
    assert 3 == len(left(desk))


def test_small_numbers_are_not_shown(desk, sign_in, state):
    for topic, times in (("parcels", 4), ("letters", 5), ("did_you_mean", 7)):
        for _ in range(times):
            state.keep("c" * 32, Memory(), None, "", {(topic, "cy")})
    failures, topics = desk.state.inbox.counts()

    assert [("did_you_mean", 7)] == [(c.topic, c.times[Language.WELSH]) for c in failures]
    assert {"letters": 5, "parcels": None} == {c.topic: c.times[Language.WELSH] for c in topics}
    assert "fewer than 5" in sign_in().get("/editor/inbox?lang=en").text


def test_questions_in_both_databases(database):  # noqa: F811
    """Kept, set aside, dealt with and forgotten after thirty days: SQLite and PostgreSQL."""
    now = [1_790_000_000.0]
    state = State(database, lambda: now[0])
    state.create()
    inbox = Inbox(database, lambda: now[0])
    question = Question(HAMSTER, Language.WELSH, ("parcels",), "unclear")
    for key in ("a", "b"):
        state.send(key * 32, question)
        state.keep("c" * 32, Memory(), None, "", {("did_you_mean", "cy")})
    (group,) = inbox.groups()[Language.WELSH]
    (sent,) = group.questions

    assert (2, ("parcels",)) == (sent.times, group.guesses)
    assert 2 == inbox.mark([sent.id], "crisis")
    assert [] == inbox.groups()[Language.WELSH] and inbox.groups("crisis")[Language.WELSH]
    state.erase("a" * 32)
    assert 1 == inbox.groups("crisis")[Language.WELSH][0].times
    now[0] += 31 * 86400
    assert [] == inbox.groups("crisis")[Language.WELSH]
    state.forget(24)
    with database.connect() as connection:
        assert [] == list(connection.execute(sa.select(QUESTION)))


def test_questions_that_differ_stay_apart():
    sent = [
        Sent(str(at), text, Language.ENGLISH, (), "unclear", 1, 0.0)
        for at, text in enumerate(("can I bring a cake", "where is the lost property office"))
    ]

    assert 2 == len(gathered(sent))
