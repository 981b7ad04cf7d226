"""`make examples`: ask the gateway what the states of the widget need, and keep its replies as they are."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import httpx
from fastapi.testclient import TestClient

from bench.assistant import running
from bot.language import Language
from directory.database import engine, upgrade
from directory.seed import seed
from gateway.app import create
from launcher.train import chosen
from tests.widget.states import QUESTIONS, keep

_MOST = 400
"""Requests after which the gateway must have asked to wait."""


def main() -> None:
    with running() as url, httpx.Client(base_url=url, timeout=60) as client:
        for language in Language:
            _answers(client, language)
    with tempfile.TemporaryDirectory() as folder:
        for language in Language:
            _failures(Path(folder), language)


def _answers(client: httpx.Client, language: Language) -> None:
    for name, spoken in (("welcome", language.value), ("both", None)):
        opened = client.post("/api/v1/conversations", json={"language": spoken})
        keep(name, language, opened.status_code, opened.json())
    for name, words in QUESTIONS.items():
        conversation = _opened(client, language)
        said = client.post(f"{conversation}/messages", json={"text": words[language.value]})
        keep(name, language, said.status_code, said.json())


def _failures(folder: Path, language: Language) -> None:
    """Keep what is said without an engine, after an end, and when too much came at once."""
    settings = replace(
        chosen(),
        engine_url="http://127.0.0.1:9",
        actions_url="http://127.0.0.1:9",
        database_url=f"sqlite:///{folder / language.value}.db",
    )
    database = engine(settings.database_url)
    upgrade(database)
    seed(database)
    database.dispose()
    with TestClient(create(settings), headers={"Accept-Language": language.value}) as client:
        text = {"text": QUESTIONS["answer"][language.value]}
        conversation = _opened(client, language)
        down = client.post(f"{conversation}/messages", json=text)
        keep("down", language, down.status_code, down.json())
        client.delete(conversation)
        ended = client.post(f"{conversation}/messages", json=text)
        keep("ended", language, ended.status_code, ended.json())
        refused = next(
            answer
            for _ in range(_MOST)
            if (answer := client.post("/api/v1/conversations", json={})).status_code == 429
        )
        keep("too_many", language, refused.status_code, refused.json())


def _opened(client: httpx.Client, language: Language) -> str:
    opened = client.post("/api/v1/conversations", json={"language": language.value})
    return f"/api/v1/conversations/{opened.json()['conversation']}"


if __name__ == "__main__":
    main()
