"""Who may publish, what the page says, and talks kept as tests; the whole way is in tests/story."""

from __future__ import annotations

import re

import pytest
import yaml

from editor.publish_pages import _made
from tests.editor.conftest import git

PUBLISH, TRY = "/editor/publish?lang=en", "/editor/try?lang=en"


def csrf(who) -> dict[str, str]:
    return {"csrf": re.findall(r'name="csrf" value="([^"]+)"', who.get(TRY).text)[0]}


@pytest.mark.parametrize("role", ["reader", "editor"])
@pytest.mark.parametrize("goal", ["candidate", "publish", "rollback"])
def test_only_a_publisher_publishes(desk, sign_in, role, goal):
    who = sign_in("Ifan", role)

    assert 403 == who.post(PUBLISH, data={**csrf(who), "goal": goal}).status_code
    assert [] == desk.state.deployments.publications()
    assert "Train a candidate" not in who.get(PUBLISH).text


def test_one_publishes_at_a_time_and_can_be_stopped(desk, sign_in):
    mair, ifan = sign_in("Mair", "publisher"), sign_in("Ifan", "publisher")
    assert "waiting" in mair.post(PUBLISH, data={**csrf(mair), "goal": "publish"}).text
    busy = ifan.post(PUBLISH, data={**csrf(ifan), "goal": "candidate"})
    (one,) = desk.state.deployments.publications()
    assert busy.status_code == 409 and "Somebody is publishing already" in busy.text
    ifan.post("/editor/publish/cancel?lang=en", data={**csrf(ifan), "number": one.id})

    assert "Mair" == one.who
    assert desk.state.deployments.publication(one.id).cancel
    desk.state.deployments.end(one.id, "refused", "gap", ("5.0 → 6.0",))
    page = mair.get(PUBLISH).text
    assert "Welsh would fall further behind English" in page and "5.0 → 6.0" in page
    assert "Add Welsh examples" in page
    welsh = mair.get("/editor/publish?lang=cy").text
    assert "Ychwanegwch enghreifftiau Cymraeg" in welsh and "5.0 → 6.0" in welsh


@pytest.mark.parametrize(
    ("language", "told"),
    [("cy", "Dyma ddywedodd y rhaglen ei hun"), ("en", "This is what the program itself said")],
)
@pytest.mark.parametrize(
    ("reason", "details", "raw"),
    [
        ("training", ("KeyError: 'x'",), True),
        ("conversations", ({"cy": "Sgwrs", "en": "Talk"},), False),
        ("gap", ("5.0 → 6.0",), False),
    ],
)
def test_what_a_program_said_is_named_as_that(desk, sign_in, language, told, reason, details, raw):
    mair, deployments = sign_in("Mair", "publisher"), desk.state.deployments
    deployments.end(deployments.begin("publish", "Mair"), "failed", reason, details)

    assert raw == (told in mair.get(f"/editor/publish?lang={language}").text)


@pytest.mark.parametrize("release", ["", "no-such", "../../etc"])
def test_one_goes_back_only_to_what_there_is(desk, sign_in, release):
    mair = sign_in("Mair", "publisher")
    form = {**csrf(mair), "goal": "rollback", "release": release}

    assert 404 == mair.post(PUBLISH, data=form).status_code
    assert 400 == mair.post(PUBLISH, data={**form, "goal": "reboot"}).status_code
    assert [] == desk.state.deployments.publications()


def test_a_form_of_another_session_publishes_nothing(desk, sign_in):
    mair = sign_in("Mair", "publisher")

    assert 403 == mair.post(PUBLISH, data={"csrf": "x", "goal": "publish"}).status_code
    assert [] == desk.state.deployments.publications()


def test_a_talk_is_kept_as_a_row_once(sign_in, root):
    mair = sign_in()
    row = {"name": "two questions", "cy": "helo\nsut mae bwcio", "en": "hello\nhow do I book"}
    form = {**csrf(mair), **row, "topics": ["greet", "book_visit"]}
    assert "has been kept as a test" in mair.post("/editor/try/row?lang=en", data=form).text
    (kept,) = yaml.safe_load((root / "tests/conversations/desk.yml").read_text())

    assert {"person": "sut mae bwcio", "topic": "book_visit"} == kept["cy"][1]
    assert "Mair" == git(root, "log", "-1", "--format=%an").strip()
    assert 422 == mair.post("/editor/try/row?lang=en", data=form).status_code


@pytest.mark.parametrize(
    "change", [{"name": " "}, {"en": ""}, {"cy": "un\ndau\ntri"}, {"topics": []}], ids=str
)
def test_a_row_needs_both_languages_and_a_name(sign_in, root, change):
    mair = sign_in()
    row = {"name": "x", "cy": "helo", "en": "hello", "topics": ["greet"]}
    refused = mair.post("/editor/try/row?lang=en", data={**csrf(mair), **row, **change})

    assert refused.status_code == 422
    assert not (root / "tests/conversations/desk.yml").exists()


def test_without_a_candidate_the_page_says_where_to_get_one(sign_in):
    mair = sign_in()
    form = {**csrf(mair), "text": "<script>alert(1)</script>", "key": "abc", "talk": "not json"}
    said = mair.post(TRY, data=form)

    assert "No candidate is running" in said.text
    assert "<script>alert" not in said.text


def test_it_says_who_published_and_when(desk, sign_in):
    mair, deployments = sign_in("Mair", "publisher"), desk.state.deployments
    deployments.end(deployments.begin("publish", "Ifan"), "done")
    (told,) = re.findall("<li>(.*Publish, done.*)</li>", mair.get(PUBLISH).text)

    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d: Publish, done \(Ifan\)", told)


@pytest.mark.parametrize(
    ("name", "made"),
    [("20260728T220000-31d917eb", "2026-07-28 23:00"), ("blue", ""), ("20261399T000000-x", "")],
)
def test_a_version_says_when_it_was_made(name, made):
    """In the time of those who read it: an hour later in summer."""
    assert made == _made(name)
