"""A real browser, Debian's Chromium, against the running assistant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CYSWLLT_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Lend a browser; skip on a laptop without one, fail where CI=true."""
    if not Path(CHROMIUM).exists():
        assert os.environ.get("CI") != "true", f"Chromium must be installed: {CHROMIUM}"
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Return axe-core, which judges the accessibility of a page."""
    if not AXE.exists():
        assert os.environ.get("CI") != "true", "run `npm ci` in tests/browser"
        pytest.skip("axe-core is not installed: run `npm ci` in tests/browser")
    return AXE.read_text("utf-8")
