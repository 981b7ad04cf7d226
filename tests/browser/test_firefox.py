"""The website widget in Debian's Firefox: asked, answered, closed and opened, judged by axe, left in a second."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.language import Language

pytestmark = [pytest.mark.assistant, pytest.mark.browser]
HERE = Path(__file__).parent
FIREFOX = os.environ.get("CYSWLLT_TEST_FIREFOX", "/usr/bin/firefox-esr")
ASKED = {Language.WELSH: "sut mae anfon arian", Language.ENGLISH: "how do i send money"}


@pytest.fixture(scope="module")
def node() -> str:
    """Return Node; skip on a laptop without it, Puppeteer or Firefox, fail where CI=true."""
    node = shutil.which("node")
    found = node and (HERE / "node_modules" / "puppeteer-core").is_dir() and Path(FIREFOX).exists()
    if not node or not found:
        assert os.environ.get("CI") != "true", "install firefox-esr; run `npm ci` in tests/browser"
        pytest.skip("Firefox, Node or Puppeteer is not installed")
    return node


@pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
def test_a_talk_in_firefox(assistant: str, node: str, language: Language) -> None:
    words = json.dumps({"asked": ASKED[language]})
    command = [node, "firefox.mjs", assistant, language.value, FIREFOX, words]
    done = subprocess.run(
        command, cwd=HERE, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
