"""The desk as its own process, in Chromium: the whole way from the link to a saved pair."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from bot.settings import ROOT
from tests.conftest import free_port

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("CYSWLLT_TEST_SCREENSHOTS")


@pytest.fixture
def link(tmp_path: Path) -> Iterator[str]:
    """Start the desk as the launcher does, and print a one-time link as the operator does."""
    port = free_port()
    environment = {
        **os.environ,
        "CYSWLLT_EDITOR_PORT": str(port),
        "CYSWLLT_DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}",
    }
    command = [sys.executable, "-m", "editor"]
    process = subprocess.Popen([*command, "serve"], cwd=ROOT, env=environment)
    try:
        _wait(f"http://127.0.0.1:{port}/editor/healthz")
        invite = [*command, "invite", "mair@example.org", "Mair", "--role", "reader"]
        done = subprocess.run(
            invite, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        yield done.stdout.strip()
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str) -> None:
    for _ in range(150):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError("the desk did not start")


def test_from_the_link_to_a_pair(chromium: Browser, axe: str, link: str) -> None:
    """Every page on the way is accessible, fits 1280 px, and is in the language asked for."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{link}?lang=en")
    _judge(page, axe, "welcome")
    page.get_by_label("Choose a password").fill("three little pigs")
    page.get_by_role("button", name="Keep the password").press("Enter")
    _judge(page, axe, "sign-in")
    page.get_by_label("Email address").fill("mair@example.org")
    page.get_by_label("Password").fill("three little pigs")
    page.get_by_label("Password").press("Enter")
    page.wait_for_selector("main table")
    _judge(page, axe, "topics")
    page.get_by_role("link", name="Everything there is to do").click()
    _judge(page, axe, "checks")
    page.goto(f"{link.split('/welcome')[0]}/topics/book_visit?lang=en")
    _judge(page, axe, "pair")
    welsh = page.get_by_label("Cymraeg: answer").bounding_box()
    english = page.get_by_label("English: answer").bounding_box()
    context.close()

    assert welsh and english and welsh["y"] == english["y"] and welsh["x"] < english["x"]


def _judge(page: Page, axe: str, name: str) -> None:
    page.wait_for_load_state()
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    assert not found, [(v["id"], v["nodes"][0]["html"]) for v in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "en" == page.get_attribute("html", "lang")
