"""The engine's client: another engine of the release answers where one is down, but nobody waits twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.catalogue.message import envelope
from bot.language import Language
from gateway.engine import Engine, EngineDown, EngineSilent
from tests.conftest import free_port, run_alone

MESSAGE = envelope("Shwmae", Language.WELSH, topic="greet")
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def replying(messages: list[dict[str, Any]], status: str = "200 OK") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        body = json.dumps({"messages": messages}).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)

    return answer


async def broken_off(writer: asyncio.StreamWriter) -> None:
    """Die in the middle of an answer."""
    writer.transport.abort()


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def asked(*answers: Answer | None, timeout: float = 0.3) -> tuple[Any, list[int]]:
    """Ask engines that answer so, None being one that is not there; return the answer and who was asked."""
    called: list[int] = []
    engines, servers = [], []
    for number, answer in enumerate(answers):
        port = free_port()
        if answer:
            servers.append(
                await asyncio.start_server(_served(answer, number, called), "127.0.0.1", port)
            )
        engines.append(Engine(f"http://127.0.0.1:{port}", timeout))
    try:
        return await engines[0].backed_by(engines[1:]).ask("key", {}, text="helo"), called
    except EngineDown as error:
        return type(error), called
    finally:
        for each in (*servers, *engines):
            closed = each.close()
            if closed:
                await closed


def _served(answer: Answer, number: int, called: list[int]) -> Any:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        called.append(number)
        await answer(writer)
        writer.close()

    return serve


@pytest.mark.parametrize(
    "first",
    [None, broken_off, replying([]), replying([MESSAGE], "500 Internal Server Error")],
    ids=["gone", "dies", "empty reply", "error"],
)
def test_another_engine_answers(first: Answer | None) -> None:
    said, called = run_alone(asked(first, replying([MESSAGE])))
    assert said == [MESSAGE]
    assert called[-1] == 1


def test_nobody_waits_for_a_second_engine_that_is_silent_too() -> None:
    said, called = run_alone(asked(silent, replying([MESSAGE])))
    assert (said, called) == (EngineSilent, [0])


def test_when_all_are_down_it_is_said() -> None:
    assert (EngineDown, []) == run_alone(asked(None, None))
    assert (EngineDown, [1]) == run_alone(asked(None, replying([])))


@pytest.mark.parametrize("actions", [True, False])
def test_one_engine_of_several_makes_it_ready(actions: bool) -> None:
    """What it says of the action server beside it is what is told."""

    async def tell(writer: asyncio.StreamWriter) -> None:
        body = json.dumps({"actions": actions}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async def run() -> tuple[tuple[bool, bool], tuple[bool, bool]]:
        port = free_port()
        server = await asyncio.start_server(_served(tell, 0, []), "127.0.0.1", port)
        gone = Engine("http://127.0.0.1:9", 1)
        behind = gone.backed_by([Engine(f"http://127.0.0.1:{port}", 1)])
        async with server:
            return await behind.ready(), await gone.ready()

    assert run_alone(run()) == ((True, actions), (False, False))
