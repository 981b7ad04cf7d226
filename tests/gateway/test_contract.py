"""The gateway holds to its own OpenAPI document, whatever it is sent."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.settings import Settings
from gateway.app import create

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
TRIED = 40
"""Requests made up for each operation."""


def test_every_answer_is_what_the_document_says(filled: Settings) -> None:
    contract = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create(filled))
    operations = [found.ok() for found in contract.get_all_operations()]
    assert len(operations) >= 5

    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=TRIED, deadline=None, suppress_health_check=list(HealthCheck))
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS)

        holds()
