"""The metrics are for the operator alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from bot.settings import Settings
from gateway.app import create


@pytest.mark.parametrize(
    ("token", "client", "given", "status"),
    [
        ("", "127.0.0.1", "", 200),
        ("", "192.0.2.7", "", 404),
        ("t", "192.0.2.7", "Bearer t", 200),
        ("t", "127.0.0.1", "Bearer x", 404),
        ("t", "127.0.0.1", "", 404),
    ],
)
def test_who_may_see_the_metrics(
    chosen: Settings, token: str, client: str, given: str, status: int
) -> None:
    app = create(replace(chosen, metrics_token=token))
    with TestClient(app, client=(client, 5000)) as caller:
        answer = caller.get("/metrics", headers={"Authorization": given})
    assert answer.status_code == status
    assert ("cyswllt_turn_seconds" in answer.text) == (status == 200)
