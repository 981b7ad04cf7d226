"""Markup and script in everything that editors and families write, looked at in a real browser."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from bot.language import Language
from directory.database import engine as open_database
from gateway.questions import Question
from gateway.state import State
from tests.editor.conftest import forms, signed_in
from tests.editor.test_desk import TOPIC, fields
from tests.editor.test_directory import boxes
from tests.editor.test_directory import desk as desk  # over a filled directory

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
ATTACK = "<img src=x onerror='top.hurt=1'></textarea><script>top.hurt=1</script>\"'><b onclick=top.hurt=1>x</b>"
LINK = f"{ATTACK} [x](javascript:top.hurt=1)"
PAGES = (
    "topics/book_visit", "", "?q=onerror", "checks", "inbox", "try", "publish", "translators",
    "directory", "new-topic",
)  # fmt: skip


@pytest.fixture
def planted(desk: FastAPI, sign_in, tmp_path) -> str:
    """Put the attack wherever somebody can write; name the record that it stands in."""
    mair = sign_in("Mair", "publisher")
    form = {**fields(mair.get(TOPIC)), "why": ATTACK[:200]}
    written = {f"{each.value}.{part}": LINK for each in Language for part in ("title", "text")}
    assert mair.post(TOPIC, data={**form, **written}).status_code == 200
    examples = forms(mair.get(TOPIC).text)["examples"]
    lines = {each: f"{examples[each]}\n{ATTACK} {each}" for each in ("cy", "en")}
    assert mair.post(f"{TOPIC}/examples", data={**examples, **lines}).status_code == 200
    row = desk.state.facts.rows("service")[0].id
    record = f"/editor/directory/service/{row}"
    named = {
        "name_cy": ATTACK,
        "name_en": ATTACK,
        "notes": ATTACK,
        "why": ATTACK[:200],
        "sure": "1",
    }
    assert mair.post(record, data={**boxes(mair.get(record).text), **named}).status_code == 200
    state = State(open_database(f"sqlite:///{tmp_path / 'desk.db'}"))
    state.create()
    for at, language in enumerate(Language):
        state.send(f"{at:032}", Question(ATTACK, language, ("parcels",), "unclear"))
    desk.state.deployments.end(
        desk.state.deployments.begin("publish", ATTACK), "refused", "checks", (ATTACK,)
    )
    return row


@LANGUAGES
def test_nothing_that_is_written_is_ever_run(
    chromium: Browser,
    planted: str,
    served: str,
    language: Language,
) -> None:
    """Not even where the policy of the page, which forbids all scripts but ours, is out of the way."""
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    signed_in(page, served)
    for path in (*PAGES, f"directory/service/{planted}"):
        joined = "&" if "?" in path else "?"
        page.goto(f"{served}/{path}{joined}lang={language.value}".replace("/?", "?"))
        for button in page.locator("summary").all():
            button.click()
        assert page.evaluate("window.hurt") is None, path
        planted_here = page.evaluate(
            "document.querySelectorAll('main img, main script, [onclick], a[href^=\"javascript\"]').length"
        )
        assert planted_here == 0, path
    context.close()
