"""Five hundred planted details go through the whole assistant; then everything it wrote is searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Talk
from tests.gateway.planted import planted

AT_ONCE = 5
"""Details in one message: few enough for a message, many enough for a test."""


@pytest.mark.assistant
def test_none_of_five_hundred_planted_details_is_in_the_database_or_a_log(
    assistant: str, written: list[Path]
) -> None:
    details = list(planted())
    for at in range(0, len(details), AT_ONCE):
        said = ". ".join(one.text for one in details[at : at + AT_ONCE])
        assert Talk(assistant).say(said)
    kept = b"\n".join(path.read_bytes() for path in written)
    assert len(kept) > 10_000, "the database and the logs were not found"

    secrets = {secret for one in details for secret in one.secrets if len(secret.strip()) > 4}
    assert len(secrets) > 300
    assert [secret for secret in secrets if secret.encode() in kept] == []
