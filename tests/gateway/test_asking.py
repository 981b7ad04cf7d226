"""Replies that the database could not take are held in memory: not for ever, and not without end."""

from __future__ import annotations

import asyncio

import pytest

from gateway import asking as asking_module
from gateway.asking import UNSTORED, UNSTORED_FOR, Asking
from tests.conftest import run_alone


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_reply_is_held_until_its_time_and_no_longer() -> None:
    clock = Clock()
    asking = Asking(clock)

    async def run() -> None:
        asking.hold("key", "request", "reply")
        clock.now = UNSTORED_FOR - 1
        assert asking.held("key", "request") == "reply"
        assert asking.held("key", "another") is None and asking.held("key", None) is None
        clock.now = UNSTORED_FOR
        assert asking.held("key", "request") is None and len(asking) == 0

    run_alone(run())


def test_a_reply_that_is_held_again_has_its_time_anew() -> None:
    clock = Clock()
    asking = Asking(clock)

    async def run() -> None:
        asking.hold("key", "request", "first")
        asking.hold("key", "other", "other")
        clock.now = UNSTORED_FOR - 1
        asking.hold("key", "request", "second")
        clock.now = UNSTORED_FOR
        assert asking.held("key", "other") is None
        assert asking.held("key", "request") == "second"

    run_alone(run())


def test_what_nobody_asks_for_is_let_go_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "UNSTORED_FOR", 0.05)
    asking = Asking()

    async def run() -> None:
        asking.hold("key", "request", "reply")
        assert len(asking) == 1
        async with asyncio.timeout(5):
            while len(asking):
                await asyncio.sleep(0.02)

    run_alone(run())


def test_only_so_many_are_held_and_the_oldest_go_first() -> None:
    asking = Asking()

    async def run() -> None:
        for number in range(UNSTORED + 5):
            asking.hold("key", str(number), "reply")
        assert len(asking) == UNSTORED
        assert asking.held("key", "4") is None and asking.held("key", "5") == "reply"

    run_alone(run())


def test_an_erased_conversation_is_held_no_more() -> None:
    asking = Asking()

    async def run() -> None:
        asking.hold("key", "request", "reply")
        asking.hold("other", "request", "reply")
        asking.drop("key")
        assert asking.held("key", "request") is None
        assert asking.held("other", "request") == "reply"

    run_alone(run())
