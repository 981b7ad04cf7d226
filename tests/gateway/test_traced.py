"""Every reply carries the id of its request; nothing a person could read is taken for one."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from bot import log

GIVEN = "0123456789abcdef0123456789abcdef"
MADE = re.compile("[0-9a-f]{32}")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/healthz", 200), ("/api/v1/nothing", 404), ("/api/v1/conversations/x", 405)],
)
def test_every_reply_has_an_id(door: TestClient, path: str, status: int) -> None:
    answer = door.get(path)
    assert answer.status_code == status
    assert MADE.fullmatch(answer.headers["X-Request-ID"])
    assert door.get(path).headers["X-Request-ID"] != answer.headers["X-Request-ID"]


@pytest.mark.parametrize("given", [GIVEN, "123e4567-e89b-42d3-a456-426614174000"])
def test_a_well_formed_id_is_kept(door: TestClient, given: str) -> None:
    answer = door.get("/healthz", headers={"X-Request-ID": given.upper()})
    assert answer.headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "Rhys Davies", "cafe", f"{GIVEN}0", f"{GIVEN[:-1]}g", "A1234BC"]
)
def test_nothing_else_is_taken_for_an_id(door: TestClient, given: str) -> None:
    answer = door.get("/healthz", headers={"X-Request-ID": given})
    assert MADE.fullmatch(answer.headers["X-Request-ID"])
    assert answer.headers["X-Request-ID"] != given


def test_a_fault_of_ours_has_an_id_too(door: TestClient) -> None:
    door.app.state.door.state = None  # type: ignore[attr-defined]
    answer = door.get("/readyz", headers={"X-Request-ID": GIVEN})
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == GIVEN


def test_a_line_carries_the_id_whatever_else_is_configured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.begin(GIVEN)
    log.own_logger().info("something")
    assert f'"request_id": "{GIVEN}"' in capsys.readouterr().out
    assert {"X-Request-ID": GIVEN} == log.headers()
