"""The real engine and the real action server are killed under load, and come back by themselves."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.faults.conftest import until
from tests.faults.crowd import Crowd, unanswered

pytestmark = pytest.mark.assistant


def process_at(url: str) -> psutil.Process:
    """Return the process that listens at *url*."""
    port = urlsplit(url).port
    held = psutil.net_connections("tcp")
    return psutil.Process(next(
        each.pid for each in held if each.status == psutil.CONN_LISTEN and each.laddr.port == port
    ))  # fmt: skip


@pytest.mark.parametrize("part", ["actions", "engine"])
def test_a_part_is_killed_and_started_again(assistant: str, part: str) -> None:
    told = process_at(assistant).environ()
    crowd = Crowd(assistant)
    crowd.arrive()
    before = crowd.talk(1)
    down: list[dict[str, object]] = []

    def kill() -> None:
        killed = process_at(told[f"CYSWLLT_{part.upper()}_URL"])
        killed.kill()
        killed.wait(10)
        down.append(httpx.get(f"{assistant}/readyz", timeout=5).json())

    during = crowd.talk(2, kill)
    until(lambda: httpx.get(f"{assistant}/readyz", timeout=5).status_code == 200, 120)
    after = crowd.talk(1)

    sent = [*before, *during, *after]
    assert [one for one in unanswered(sent) if not one.startswith("neither")] == []
    assert down[0][part] is False
    some = sent[:: len(sent) // 20]
    assert crowd.again(some) == [one.answer for one in some]
