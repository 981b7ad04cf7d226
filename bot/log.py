"""Log lines: JSON, one a line, each with the id of its request; never a person's words or address."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any

import structlog

HEADER = "X-Request-ID"
"""Carries the id from the gateway to the engine, from there to the actions, and back to the caller."""
_WELL_FORMED = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""32 hexadecimal digits, as proxies make them, or a UUID: nothing in which a word could stand."""
_PROCESSORS = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.JSONRenderer(),
)


def configure() -> None:
    """Have every logger of this process write such lines."""
    structlog.configure(processors=_PROCESSORS)


def own_logger() -> Any:
    """Return a logger that writes such lines whatever the process is configured to: Rasa's does its own."""
    return structlog.wrap_logger(
        structlog.PrintLogger(),
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def begin(given: str | None) -> str:
    """Take the id a request came with, or make one; every line logged from here on carries it."""
    known = (given or "").lower()
    request_id = known if _WELL_FORMED.fullmatch(known) else secrets.token_hex(16)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id


def headers() -> dict[str, str]:
    """Return the header that hands the request's id on; none where there is no request."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return {HEADER: request_id} if request_id else {}
