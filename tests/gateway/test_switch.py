"""Turned off, everyone gets the helplines in their language; turned on, the answers are back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.language import Language
from bot.settings import Settings
from bot.wording import say
from gateway.app import create
from gateway.switch import Switch
from tests.conftest import run_alone
from tests.editor.test_accounts import database  # noqa: F401  # a fixture
from tests.gateway.test_pages import Page

LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
ASKED = {
    Language.WELSH: "sut mae bwcio ymweliad ar-lein",
    Language.ENGLISH: "how do I book a visit to the prison",
}
DANGER = {Language.WELSH: "dwi eisiau lladd fy hun", Language.ENGLISH: "i want to kill myself"}
DELETE = {Language.WELSH: "dileu fy sgwrs", Language.ENGLISH: "delete my chat"}


def ask(door: TestClient, language: Language, text: str, talk: str = "") -> list[dict[str, Any]]:
    talk = talk or opened(door, language)["conversation"]
    body = {"text": text, "language": language.value}
    answer = door.post(f"/api/v1/conversations/{talk}/messages", json=body)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["messages"])


def opened(door: TestClient, language: Language) -> dict[str, Any]:
    return dict(door.post("/api/v1/conversations", json={"language": language.value}).json())


def press(door: TestClient, off: bool) -> None:
    """Press the switch as the desk does, and let the gateway look as it does every second."""
    parts = door.app.state.door  # type: ignore[attr-defined]
    Switch(parts.database).press(off, "Mair")
    run_alone(parts.fleet.look())


@pytest.fixture
def turned_off(chosen: Settings) -> Iterator[TestClient]:
    with TestClient(create(replace(chosen, turned_off="yes"))) as client:
        yield client


@LANGUAGES
def test_one_press_turns_it_off_and_one_on(door: TestClient, language: Language) -> None:
    talk = opened(door, language)["conversation"]
    assert ask(door, language, ASKED[language], talk)[0]["topic"] == "book_visit"

    press(door, off=True)
    (said,) = ask(door, language, ASKED[language], talk)
    assert said["topic"] == "talk_to_person"
    assert say("service.turned_off", language) in said["text"] and "tel:08088082003" in said["text"]
    assert door.get("/readyz").json()["turned_off"] is True

    press(door, off=False)
    assert ask(door, language, ASKED[language], talk)[0]["topic"] == "book_visit"
    assert door.get("/readyz").json()["turned_off"] is False


@LANGUAGES
def test_the_setting_turns_it_off_and_no_press_turns_it_on(
    turned_off: TestClient, language: Language
) -> None:
    press(turned_off, off=False)

    assert ask(turned_off, language, ASKED[language])[0]["topic"] == "talk_to_person"


@LANGUAGES
def test_turned_off_it_greets_with_the_helplines(
    turned_off: TestClient, language: Language
) -> None:
    (greeting,) = opened(turned_off, language)["messages"]
    page = Page(turned_off.get(f"/{language.value}").text)

    assert say("service.turned_off", language) in greeting["text"]
    assert say("service.turned_off", language) in page.text
    assert any(one.get("href") == "tel:08088082003" for one in page.all("a"))


@LANGUAGES
def test_turned_off_danger_still_gets_its_numbers(
    turned_off: TestClient, language: Language
) -> None:
    said = ask(turned_off, language, DANGER[language])

    assert said[0]["topic"] == "crisis_self" and "tel:999" in said[0]["text"]


@LANGUAGES
def test_turned_off_a_chat_can_be_deleted(turned_off: TestClient, language: Language) -> None:
    talk = opened(turned_off, language)["conversation"]
    assert ask(turned_off, language, DELETE[language], talk)[0]["topic"] == "delete_chat"

    body = {"text": "helo"}
    assert turned_off.post(f"/api/v1/conversations/{talk}/messages", json=body).status_code == 410


@LANGUAGES
def test_turned_off_the_written_answers_stay(turned_off: TestClient, language: Language) -> None:
    assert turned_off.get(f"/{language.value}/book_visit").status_code == 200


def test_it_remembers_who_pressed_it(database):  # noqa: F811
    clock = [1_790_000_000.0]
    switch = Switch(database, lambda: clock[0])
    switch.create()
    assert not switch.off()
    switch.press(True, "Mair")
    clock[0] += 1
    switch.press(False, "Ifan")

    assert not switch.off()
    assert [(each.who, each.off) for each in switch.turns()] == [("Ifan", False), ("Mair", True)]
