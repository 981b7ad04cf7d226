"""Order within a conversation, and a queue that says no before it collapses."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient

from gateway import locks
from gateway.order import WAITING_EACH, Full, Order
from tests.conftest import run_alone


def test_messages_of_a_conversation_are_answered_as_they_came() -> None:
    async def run() -> list[int]:
        order, seen = Order(), list[int]()

        async def turn(number: int) -> None:
            async with order.hold("key"):
                await asyncio.sleep(0.002 * (5 - number))
                seen.append(number)

        await asyncio.gather(*map(turn, range(5)))
        return seen

    assert run_alone(run()) == [0, 1, 2, 3, 4]


def test_the_queue_is_bounded_and_empties() -> None:
    order = Order(most=1)
    with order.place("one"), pytest.raises(Full), order.place("two"):
        pass
    with order.place("two"):
        pass


def test_one_conversation_cannot_fill_the_queue() -> None:
    order = Order(most=100)
    with ExitStack() as stack:
        for _ in range(WAITING_EACH):
            stack.enter_context(order.place("flood"))
        with pytest.raises(Full), order.place("flood"):
            pass
        with order.place("other"):
            pass


@pytest.mark.parametrize("language", ["cy", "en"])
def test_a_full_gateway_says_when_to_come_back(
    door: TestClient, conversation: str, language: str
) -> None:
    door.app.state.door.order = Order(most=0)  # type: ignore[attr-defined]
    answer = door.post(
        f"/api/v1/conversations/{conversation}/messages",
        json={"text": "visiting times", "language": language},
    )
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["language"] == language


def test_danger_is_answered_by_a_full_gateway(door: TestClient, conversation: str) -> None:
    door.app.state.door.order = Order(most=0)  # type: ignore[attr-defined]
    answer = door.post(
        f"/api/v1/conversations/{conversation}/messages", json={"text": "I want to kill myself"}
    )
    assert answer.status_code == 200
    assert answer.json()["messages"][0]["topic"] == "crisis_self"


def test_two_gateways_keep_one_order(redis: tuple[str, subprocess.Popen[bytes]]) -> None:
    url, _process = redis

    async def run() -> int:
        gateways, inside, most = (Order(url), Order(url)), 0, 0

        async def turn(number: int) -> None:
            nonlocal inside, most
            async with gateways[number % 2].hold("key"):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.01)
                inside -= 1

        await asyncio.gather(*map(turn, range(10)))
        for gateway in gateways:
            await gateway.close()
        return most

    assert run_alone(run()) == 1


def test_a_redis_that_dies_leaves_a_gateway_answering(
    redis: tuple[str, subprocess.Popen[bytes]],
) -> None:
    url, process = redis

    async def run() -> bool:
        order = Order(url)
        async with order.hold("key"):
            process.kill()
            process.wait(10)
        async with order.hold("key"):
            return True

    assert run_alone(run())


def test_a_gateway_that_dies_frees_its_conversations_and_one_that_lives_keeps_them(
    redis: tuple[str, subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _process = redis
    monkeypatch.setattr(locks, "LEASE", 0.4)

    async def run() -> list[str]:
        seen: list[str] = []
        living, dying, other = Order(url), locks.Locks(url), Order(url)
        await dying.take("died")  # nobody renews it, nobody frees it

        async def answers_slowly() -> None:
            async with living.hold("lives"):
                await asyncio.sleep(1.2)
                seen.append("first")

        slow = asyncio.create_task(answers_slowly())
        await asyncio.sleep(0.1)
        async with other.hold("died"):
            seen.append("freed")
        async with other.hold("lives"):
            seen.append("second")
        await slow
        for gateway in (living, dying, other):
            await gateway.close()
        return seen

    assert run_alone(run()) == ["freed", "first", "second"]
