"""The desk in this process, over a Git working tree of its own with the real content."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from bot.settings import ROOT, Settings
from editor.app import create
from tests.conftest import free_port

PASSWORD = "tri mochyn bach 3"
HASHER = PasswordHasher.from_parameters(CHEAPEST)
"""argon2's own profile for tests: what takes a second in earnest (`test_accounts`) takes none here."""


def git(root: Path, *arguments: str) -> str:
    """Run Git in *root* and return what it printed."""
    done = subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def forms(page: str) -> dict[str, dict[str, object]]:
    """Return what each form of the topic's page carries, by the end of its address."""
    found = {}
    for action, body in re.findall(r'<form[^>]* action="([^"?]*)[^"]*">(.*?)</form>', page, re.S):
        hidden = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', body))
        texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', body, re.S)
        chosen = re.findall(r'<option value="(\w+)" selected>', body)
        found[action.rsplit("/", 1)[-1]] = {
            **{name: html.unescape(value) for name, value in hidden.items()},
            **{name: html.unescape(text) for name, text in texts},
            **({"follow_ups": chosen} if chosen else {}),
        }
    return found


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content as it is, in a working tree of one commit."""
    made = tmp_path_factory.mktemp("committed") / "tree"
    shutil.copytree(ROOT / "bot" / "content", made / "bot" / "content")
    shutil.copytree(ROOT / "nlu", made / "nlu")
    git(made, "init", "-q")
    git(made, "add", ".")
    git(made, "commit", "-q", "-m", "content")
    return made


@pytest.fixture
def root(committed: Path) -> Iterator[Path]:
    """The working tree, put back as it was afterwards: what did not change need not be read again."""
    first = git(committed, "rev-parse", "HEAD").strip()
    yield committed
    shutil.rmtree(committed / ".git/hooks", ignore_errors=True)
    git(committed, "reset", "-q", "--hard", first)
    git(committed, "clean", "-q", "-f", "-d", "-x")


@pytest.fixture
def desk(root: Path, tmp_path: Path) -> FastAPI:
    """The desk, with a database of its own."""
    return create(Settings(database_url=f"sqlite:///{tmp_path / 'desk.db'}"), root, HASHER)


SignIn = Callable[..., TestClient]


@pytest.fixture
def sign_in(desk: FastAPI) -> SignIn:
    """Invite somebody, follow the link, sign in, and lend their browser."""

    def browser(name: str = "Mair", role: str = "editor") -> TestClient:
        client = TestClient(desk, base_url="http://desk")
        email = f"{name.lower()}@example.org"
        token = desk.state.accounts.invite(email, name, role)
        client.post(f"/editor/welcome/{token}", data={"password": PASSWORD})
        client.post("/editor/sign-in", data={"email": email, "password": PASSWORD})
        return client

    return browser


@pytest.fixture
def served(desk: FastAPI) -> Iterator[str]:
    """Serve the desk on loopback, for a browser."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(desk, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/editor"
    server.should_exit = True
    thread.join(10)


def signed_in(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in")
    page.fill("#email", "mair@example.org")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_selector("table")
