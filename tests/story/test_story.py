"""From an unanswered question to a published answer in both languages, and back, in Chromium."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect

from directory.database import engine as open_database
from gateway.deployments import Deployments
from gateway.state import CONVERSATION
from tests.conftest import Talk
from tests.editor.conftest import git
from tests.story.conftest import House, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SHOTS = os.environ.get("CYSWLLT_TEST_SCREENSHOTS")
IN_GUIDES = ("2-inbox", "4-try", "7-refused", "8-topic")
"""Pages that the guides show."""
PASSWORD = "tri mochyn bach 3"
ASKED = "gaiff Rhys Davies A1234BC jig-so mil o ddarnau"
SEEN = "gaiff jig-so mil o ddarnau"
AGAIN = {"cy": "oes hawl cael jig-so", "en": "can he have a jigsaw"}
WELSH = [SEEN, AGAIN["cy"], "jig-so mil o ddarnau"]
ENGLISH = [AGAIN["en"], "a jigsaw"]
TRAINED_WITHIN = 300


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[BrowserContext]:
    """One browser for family and editor alike."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture(scope="module")
def desk(browser: BrowserContext, house: House) -> Page:
    """The desk, with a publisher signed in by a one-time link."""
    link = house.command("editor", "invite", "mair@example.org", "Mair", "--role", "publisher")
    page = browser.new_page()
    page.goto(f"{link}?lang=en")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Keep the password").click()
    page.get_by_label("Email address").fill("mair@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("table")
    return page


def deployments(house: House) -> Deployments:
    return Deployments(open_database(house.environment["CYSWLLT_DATABASE_URL"]))


def topics(talk: Talk, text: str) -> list[object]:
    return [message["topic"] for message in talk.say(text)]


def judge(page: Page, axe: str, name: str) -> None:
    """Every page on the way is accessible and fits the window."""
    page.wait_for_load_state()
    show(page, name)
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    assert not found, [(v["id"], v["nodes"][0]["html"]) for v in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def show(page: Page, name: str) -> None:
    """Keep what the page looks like, for the guides: in both languages where it has an address."""
    if not SHOTS or name not in IN_GUIDES:
        return
    _keep(page, f"{name}.en")
    if "lang=en" in page.url and name != "4-try":  # a talk has no address to come back to
        twin = page.context.new_page()
        twin.goto(page.url.replace("lang=en", "lang=cy"))
        _keep(twin, f"{name}.cy")
        twin.close()


def _keep(page: Page, name: str) -> None:
    keep = {"type": "jpeg", "quality": 60, "clip": {"x": 0, "y": 0, "width": 1280, "height": 1000}}
    page.screenshot(path=f"{SHOTS}/{name}.jpg", full_page=True, **keep)  # type: ignore[arg-type]


def ended(page: Page, house: House) -> str:
    """Wait until what was asked for has come to its end, and return how it ended."""
    until(lambda: deployments(house).publications(1)[0].ended, TRAINED_WITHIN)
    expect(page.locator("[hx-trigger='every 2s']")).to_have_count(0)
    return deployments(house).publications(1)[0].step


def test_from_a_question_to_its_answer_and_back(
    browser: BrowserContext, desk: Page, house: House, axe: str
) -> None:
    began = time.monotonic()
    first = deployments(house).current()

    # A family asks, is not understood, and chooses to send the question.
    family = browser.new_page()
    family.goto(f"{house.url}/cy")
    family.get_by_label("Eich cwestiwn").fill(ASKED)
    family.get_by_role("button", name="Anfon", exact=True).click()
    send = family.get_by_role("button", name="Anfon y cwestiwn hwn at y golygyddion")
    expect(send).to_be_visible()
    expect(family.get_by_text("30 diwrnod")).to_be_visible()
    judge(family, axe, "1-not-understood")
    send.click()
    expect(family.get_by_text("Diolch. Bydd y golygyddion")).to_be_visible()

    # It lies in the inbox, redacted; the editor makes it an example with its twin.
    desk.get_by_role("link", name="Inbox").click()
    expect(desk.get_by_role("heading", name=SEEN)).to_be_visible()
    assert "Rhys" not in desk.content() and "A1234BC" not in desk.content()
    judge(desk, axe, "2-inbox")
    desk.get_by_label("Which topic is this about?").select_option("parcels")
    desk.get_by_label("Welsh examples, one a line").fill("\n".join(WELSH))
    desk.get_by_label("How would somebody ask this in English?").fill("\n".join(ENGLISH))
    desk.get_by_role("button", name="Add as an example").click()
    expect(desk.get_by_text("has been added to the draft")).to_be_visible()
    edited = time.monotonic() - began

    # She trains a candidate and tries it beside the live assistant.
    desk.get_by_role("link", name="Publish", exact=True).click()
    desk.get_by_role("button", name="Train a candidate to try").click()
    expect(desk.get_by_label("How far it is")).to_be_visible()
    judge(desk, axe, "3-training")
    running = Talk(house.url)
    topics(running, "sut mae anfon llythyr at garcharor")
    assert "ready" == ended(desk, house)
    desk.get_by_role("link", name="Try it").first.click()
    if SHOTS:
        welsh = browser.new_page()
        welsh.goto(f"{house.desk}/try?lang=cy")
        welsh.locator("#text").fill(AGAIN["cy"])
        welsh.locator("#text").press("Enter")
        welsh.wait_for_selector("details")
        _keep(welsh, "4-try.cy")
        welsh.close()
    desk.get_by_label("What would a family ask?").fill(AGAIN["cy"])
    desk.get_by_role("button", name="Ask both").click()
    candidate = desk.locator("section", has_text="Candidate").first
    expect(candidate).to_contain_text("Parcels")
    assert "nlu_fallback" not in desk.inner_text("main"), "a name of the engine's, not an editor's"
    judge(desk, axe, "4-try")
    desk.get_by_label("A short name for the test").fill("a jigsaw")
    desk.get_by_label("What the person says in English").fill(AGAIN["en"])
    desk.get_by_role("button", name="Keep the test").click()
    expect(desk.get_by_text("has been kept as a test")).to_be_visible()

    # She publishes; the talk that was going on finishes on the release it began with.
    desk.get_by_role("link", name="Publish", exact=True).click()
    desk.get_by_role("button", name="Publish", exact=True).click()
    assert "done" == ended(desk, house), desk.inner_text("main")
    judge(desk, axe, "5-published")
    second = deployments(house).current()
    until(lambda: _release(house) == second, 10)
    published = time.monotonic() - began

    # The family asks again, in both languages; what was running has not changed its mind.
    assert "parcels" == topics(Talk(house.url), AGAIN["cy"])[0]
    assert "parcels" == topics(Talk(house.url), AGAIN["en"])[0]
    assert first == _kept_release(house, running)

    # And back, within a minute.
    back = time.monotonic()
    desk.get_by_role("button", name=f"Go back to this one: {first}").click()
    assert "done" == ended(desk, house)
    until(lambda: _release(house) == first, 10)
    took = time.monotonic() - back
    judge(desk, axe, "6-rolled-back")
    print(f"edited in {edited:.0f} s, published in {published:.0f} s, back in {took:.0f} s")

    assert took <= 60
    assert first != second


def test_words_are_marked_by_selecting_them(desk: Page, house: House, axe: str) -> None:
    """On the page of a topic; that every page is accessible is in tests/editor/test_live.py."""
    desk.goto(f"{house.desk}/topics/book_visit?lang=en")
    judge(desk, axe, "8-topic")
    box = desk.locator("#x-en")
    box.fill("how do I get to Berwyn by bus")
    box.evaluate("box => box.setSelectionRange(16, 22)")
    desk.locator('[data-marks="x-en"] button[value="prison"]').click()

    assert "how do I get to [Berwyn](prison) by bus" == box.input_value()


def test_the_gate_refuses_what_would_harm(desk: Page, house: House, axe: str) -> None:
    """A card about danger without its numbers is refused, and the reason can be read."""
    before = deployments(house).current()
    desk.goto(f"{house.desk}/topics/crisis_self?lang=en")
    for language in ("Cymraeg", "English"):
        box = desk.get_by_label(f"{language}: answer")
        box.fill(re.sub(r"\[([^\]]+)\]\(tel:[^)]*\)", "", box.input_value()))
    desk.get_by_role("button", name="Save both languages").click()
    expect(desk.get_by_text("Saved as a draft")).to_be_visible()
    desk.get_by_role("link", name="Publish", exact=True).click()
    desk.get_by_role("button", name="Publish", exact=True).click()

    assert "refused" == ended(desk, house)
    expect(desk.get_by_text("would not get a card with numbers").first).to_be_visible()
    expect(desk.get_by_text("the card has no number to ring (Cymraeg, English)")).to_be_visible()
    judge(desk, axe, "7-refused")
    assert before == deployments(house).current() == _release(house)


def test_a_crash_in_the_middle_leaves_the_old_release(desk: Page, house: House) -> None:
    """The process is killed while it trains; the page says so, and answers go on."""
    before = deployments(house).current()
    _undo_last(house)
    _change(house)
    number = deployments(house).begin("candidate", "Mair")
    until(lambda: deployments(house).publication(number).step == "train", 60)
    os.kill(_job(house, number), signal.SIGKILL)
    until(lambda: deployments(house).publication(number).ended, 30)
    desk.goto(f"{house.desk}/publish?lang=en")

    assert "crashed" == deployments(house).publication(number).reason
    expect(desk.get_by_text("The old version is still running").first).to_be_visible()
    assert before == deployments(house).current() == _release(house)
    assert "letters" in topics(Talk(house.url), "sut mae anfon llythyr at garcharor")


def test_a_publication_can_be_stopped(house: House) -> None:
    _change(house)
    number = deployments(house).begin("publish", "Mair")
    until(lambda: deployments(house).publication(number).step == "train", 60)
    deployments(house).cancel(number)
    until(lambda: deployments(house).publication(number).ended, 30)

    assert "cancelled" == deployments(house).publication(number).step
    assert [] == list(Path(house.environment["CYSWLLT_RELEASES"]).glob(".draft-*"))


def test_the_command_line_goes_back_too(house: House) -> None:
    before = deployments(house).current()
    other = next(name for name in _named(house) if name != before)
    assert other in house.command("launcher", "rollback")
    house.command("launcher", "rollback", other)

    until(lambda: _release(house) == other, 10)


def _release(house: House) -> str:
    return str(httpx.get(f"{house.url}/readyz", timeout=5).json()["release"])


def _named(house: House) -> list[str]:
    folder = Path(house.environment["CYSWLLT_RELEASES"])
    return sorted(path.parent.name for path in folder.glob("*/manifest.sig"))


def _kept_release(house: House, talk: Talk) -> object:
    """Say something more in a talk, and return the release that answered."""
    talk.say("diolch")
    database = open_database(house.environment["CYSWLLT_DATABASE_URL"])
    with database.connect() as connection:
        rows = connection.execute(
            sa.select(CONVERSATION.c.memory).order_by(CONVERSATION.c.updated.desc())
        )
        return json.loads(rows.scalars().first() or "{}").get("release")


def _undo_last(house: House) -> None:
    git(house.tree, "revert", "--no-edit", "HEAD")


def _change(house: House) -> None:
    """Change what a release is made of, so that there is something to train."""
    with (house.tree / "config.yml").open("a") as config:
        config.write("# another day\n")
    git(house.tree, "commit", "-q", "-a", "-m", "another day")


def _job(house: House, number: int) -> int:
    """Return the process that carries a publication."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            here = (folder / "cwd").resolve() == house.tree.resolve()
        except OSError:
            continue
        if here and b"--job" in words and str(number).encode() in words:
            return int(folder.name)
    raise AssertionError("no process publishes")
