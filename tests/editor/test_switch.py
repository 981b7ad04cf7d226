"""The desk's switch: a publisher turns the assistant off, and the page says who did."""

from __future__ import annotations

import re

import pytest

from bot.language import Language
from bot.wording import say


def csrf(who) -> dict[str, str]:
    return {"csrf": re.findall(r'name="csrf" value="([^"]+)"', who.get("/editor/switch").text)[0]}


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_publisher_turns_it_off_and_on(desk, sign_in, language):
    mair, page = sign_in("Mair", "publisher"), f"/editor/switch?lang={language}"

    for turn in ("off", "on"):
        told = mair.post(page, data={**csrf(mair), "turn": turn}).text
        assert desk.state.switch.off() == (turn == "off")
        for key in (f"switched.{turn}", f"turned.{turn}"):
            assert say(f"editor.{key}", Language(language)) in re.sub("&#39;", "'", told)
        assert "Mair &lt;mair@example.org&gt;" in told


@pytest.mark.parametrize("role", ["reader", "editor"])
def test_only_a_publisher_does(desk, sign_in, role):
    who = sign_in("Ifan", role)

    assert 403 == who.post("/editor/switch", data={**csrf(who), "turn": "off"}).status_code
    assert not desk.state.switch.off()
    assert 'name="turn"' not in who.get("/editor/switch").text


@pytest.mark.parametrize("form", [{"turn": "perhaps"}, {}, {"turn": "off", "csrf": "x"}], ids=str)
def test_what_the_page_does_not_send_does_nothing(desk, sign_in, form):
    mair = sign_in("Mair", "publisher")

    assert mair.post("/editor/switch", data={**csrf(mair), **form}).status_code in (403, 422)
    assert not desk.state.switch.off()


def test_what_the_setting_turned_off_is_said_so(root, tmp_path, sign_in, desk):
    mair = sign_in("Mair", "publisher")
    desk.state.chosen = type(desk.state.chosen)(turned_off="yes")
    page = mair.get("/editor/switch?lang=en").text

    assert "A setting of the server has turned it off" in page
    assert 'name="turn"' not in page
