"""Limits with a real Redis, and without it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gateway.limits import Limits
from gateway.problems import Problem
from tests.conftest import free_port


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Redis of the test's own, on loopback, and its process."""
    if (program := shutil.which("redis-server")) is None:
        pytest.skip("Redis is not installed")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tmp_path]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    yield f"redis://127.0.0.1:{port}", process
    process.kill()
    process.wait(10)


def _run(work: Coroutine[Any, Any, int]) -> int:
    """Run *work* on a thread of its own: browser tests leave a loop running on this one."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, work).result()


async def _spent(times: int, *gateways: Limits) -> int:
    """Spend in turn at each gateway; return how many requests were let through."""
    for number in range(times):
        try:
            await gateways[number % len(gateways)].spend("conversation", "one")
        except Problem:
            return number
    return times


def test_two_gateways_count_together(redis: tuple[str, subprocess.Popen[bytes]]) -> None:
    url, _process = redis

    assert _run(_spent(40, Limits(url), Limits(url))) == 20


def test_a_redis_that_dies_leaves_each_gateway_counting_alone(
    redis: tuple[str, subprocess.Popen[bytes]],
) -> None:
    url, process = redis

    async def dies() -> int:
        limits = Limits(url)
        await limits.spend("conversation", "one")
        process.kill()
        process.wait(10)
        return await _spent(40, limits)

    assert _run(dies()) == 20
