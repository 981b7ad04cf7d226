"""The desk in Chromium, under its own policy: what is being written is shown, and all pages can be used by everybody."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.language import Language
from bot.wording import say
from editor.facts import EDITED
from tests.editor.conftest import SignIn, forms, git, signed_in
from tests.editor.test_desk import TOPIC, fields
from tests.editor.test_directory import desk as desk  # over a filled directory

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)


@pytest.fixture
def mair(chromium: Browser, served: str, sign_in: SignIn) -> Page:
    """A publisher signed in at the desk; whatever the browser complains of is kept."""
    sign_in("Mair", "publisher")
    context: BrowserContext = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on(
        "console", lambda told: page.complaints.append(told.text) if told.type == "error" else None
    )  # type: ignore[attr-defined]
    signed_in(page, served)
    yield page
    context.close()


@LANGUAGES
def test_what_is_written_is_shown_and_judged_before_it_is_saved(
    mair: Page, served: str, desk: FastAPI, root, language: Language
) -> None:
    """Both languages, without a press: the family's view, the checks, and what is wrong with an example."""
    mair.goto(f"{served}/topics/book_visit?lang={language.value}")
    for each, words in (
        ("cy", "Ffoniwch [0800 000 0000](tel:08000000000) heddiw."),
        ("en", "Ring somebody today."),
    ):
        mair.locator(f"[id='{each}.text']").fill(words)
    seen = mair.locator("#seen-text")
    expect(seen.locator("section[lang=cy] a[href='tel:08000000000']")).to_be_visible()
    expect(seen.locator("section[lang=en]")).to_contain_text("Ring somebody today.")
    expect(mair.locator("#judgement")).to_contain_text(say("editor.check.numbers", language))

    another = desk.state.phrases.of("letters")[Language.ENGLISH][0]
    mair.locator("#x-en").fill(another)
    expect(mair.locator("#objected q[lang=en]")).to_have_text(another)
    assert [] == mair.complaints  # type: ignore[attr-defined]
    assert "content" == git(root, "log", "--format=%s").strip()


def test_how_far_publishing_is_is_shown_until_it_has_ended(
    mair: Page, served: str, desk: FastAPI
) -> None:
    """Nobody presses anything: the page looks again by itself, and says at last how it ended."""
    deployments = desk.state.deployments
    number = deployments.begin("candidate", "Mair")
    mair.goto(f"{served}/publish?lang=en")
    expect(mair.get_by_role("heading", name="Candidate: waiting")).to_be_visible()
    deployments.tell(number, "train", 0.5)
    expect(mair.get_by_label("How far it is")).to_have_attribute("value", "50")
    deployments.end(number, "failed", "training")
    expect(mair.get_by_text("The training did not succeed").first).to_be_visible()
    expect(mair.locator("[hx-trigger='every 2s']")).to_have_count(0)
    expect(mair.get_by_role("button", name="Train a candidate to try")).to_be_visible()

    assert [] == mair.complaints  # type: ignore[attr-defined]


def test_a_change_is_made_with_the_keyboard_alone(mair: Page, served: str, root) -> None:
    mair.goto(f"{served}?lang=en")
    mair.keyboard.press("Tab")
    expect(mair.locator(".skip")).to_be_focused()
    mair.keyboard.press("Enter")
    to(mair, "Book a visit", "Enter")
    to(mair, "Teitl newydd", "", "cy.title")
    mair.keyboard.press("Control+A")
    mair.keyboard.type("Teitl newydd")
    to(mair, "Save both languages", "Enter")
    expect(mair.get_by_role("status")).to_contain_text("Saved as a draft")

    assert "Mair" == git(root, "log", "-1", "--format=%an").strip()
    assert "title: Teitl newydd\n" in (root / "bot/content/cy/visiting.yml").read_text()


def to(page: Page, words: str, then: str, box: str = "") -> None:
    """Press Tab until what bears *words*, or is called *box*, has the focus; then one key more."""
    for _ in range(200):
        page.keyboard.press("Tab")
        there = page.evaluate("[document.activeElement.innerText, document.activeElement.id]")
        if there[1] == box if box else there[0] == words:
            if then:
                with page.expect_navigation():
                    page.keyboard.press(then)
            return
    raise AssertionError(f"the keyboard does not come to {box or words}")


@LANGUAGES
def test_every_page_is_accessible_and_fits_a_laptop(
    mair: Page, served: str, desk: FastAPI, sign_in: SignIn, axe: str, language: Language
) -> None:
    editor = sign_in("Ifan", "editor")
    editor.post(TOPIC, data={**fields(editor.get(TOPIC)), "cy.title": "Trefnu eich ymweliad"})
    editor.post(f"{TOPIC}/checked", data=forms(editor.get(TOPIC).text)["checked"])
    number = desk.state.deployments.begin("publish", "Mair")
    desk.state.deployments.end(number, "failed", "training", ("KeyError: 'x'",))
    change = git(desk.state.drafts.root, "log", "-1", "--skip=1", "--format=%h").strip()
    records = (f"directory/{kind}/{desk.state.facts.rows(kind)[0].id}" for kind in EDITED)
    for path in (
        "", "topics/book_visit", f"topics/book_visit/changes/{change}", "checks", "inbox", "try", "publish",
        "switch", "translators", "new-topic", "directory", "directory/service/new", "nowhere", *records,
    ):  # fmt: skip
        mair.goto(f"{served}/{path}?lang={language.value}".replace("/?", "?"))
        mair.evaluate(axe)
        found = mair.evaluate("axe.run()")["violations"]
        assert not found, (path, [(v["id"], v["nodes"][0]["html"]) for v in found])
        assert mair.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert language.value == mair.get_attribute("html", "lang")
