"""What a machine with engines tells of them: ready only while they answer; and nothing piles up over the days."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.settings import Settings
from directory.database import engine
from gateway.deployments import Deployments
from launcher import keeper as keeper_module
from launcher.keeper import MOST_MISSED, Keeper, Pair, every_second
from launcher.supervise import Program
from tests.conftest import free_port, run_alone


def test_looking_leaves_nothing_behind_and_outlasts_a_database_that_is_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keeper_module, "EVERY", 0.001)

    async def run() -> tuple[int, int]:
        stopping, looked = asyncio.Event(), 0

        async def look() -> None:
            nonlocal looked
            looked += 1
            if looked == 100:
                stopping.set()
            raise OperationalError("SELECT", {}, Exception())

        await every_second(look, stopping)
        return looked, len(asyncio.all_tasks())

    assert run_alone(run()) == (100, 1)


@pytest.mark.parametrize(
    ("answers", "missed"),
    [("both", 0), ("no actions", MOST_MISSED), ("hung engine", 1)],
)
def test_an_engine_is_ready_while_it_and_its_actions_answer(
    tmp_path: Path, answers: str, missed: int
) -> None:
    async def run() -> int:
        serving = await asyncio.start_server(_ok, "127.0.0.1", 0)
        hung = await asyncio.start_server(_nothing, "127.0.0.1", 0)
        alive, silent = (
            f"http://127.0.0.1:{s.sockets[0].getsockname()[1]}" for s in (serving, hung)
        )
        nobody = f"http://127.0.0.1:{free_port()}"
        urls = {
            "both": (alive, alive),
            "no actions": (alive, nobody),
            "hung engine": (silent, alive),
        }
        programs = (
            Program(name, [], {}, url, None)
            for name, url in zip(("engine", "actions"), urls[answers])
        )
        deployments = Deployments(engine(f"sqlite:///{tmp_path / 'x.db'}"))
        made = Keeper(Settings(), deployments, None)
        made._http = httpx.AsyncClient(timeout=0.3)
        try:
            return await made._misses(Pair("blue", *programs))
        finally:
            await made._http.aclose()
            serving.close()
            hung.close()

    assert run_alone(run()) == missed


async def _ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    writer.close()


async def _nothing(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(1)
