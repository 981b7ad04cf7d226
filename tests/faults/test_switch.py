"""The switch, with a real gateway: pressed in the database, it turns the helplines on for both languages."""

from __future__ import annotations

from bot.language import Language
from bot.wording import say
from directory.database import engine
from gateway.switch import Switch
from tests.faults.conftest import House, until
from tests.faults.crowd import unanswered


def test_one_press_turns_it_off_and_on_while_people_talk(house: House) -> None:
    switch = Switch(engine(house.database))
    for off in (True, False):
        switch.press(off, "Mair")
        until(lambda: house.ready()["turned_off"] is off)  # noqa: B023
        sent = house.crowd.talk(0.5)

        assert unanswered(sent) == []
        for language in Language:
            told = [one.answer["messages"][0] for one in sent if one.person.language is language]
            assert {"talk_to_person" if off else "letters"} == {one["topic"] for one in told}
            assert all((say("service.turned_off", language) in one["text"]) is off for one in told)
