"""Limits with a real Redis, and without it."""

from __future__ import annotations

import subprocess

from gateway.limits import Limits
from gateway.problems import Problem
from tests.conftest import run_alone


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

    assert run_alone(_spent(40, Limits(url), Limits(url))) == 20


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

    assert run_alone(dies()) == 20
