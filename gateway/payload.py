"""What one of our buttons may carry: a topic and ids of our own lists, nothing else."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

_PAYLOAD = re.compile(
    r"(?P<topic>[a-z_]{2,40})(?:\?(?P<ids>[a-z]+=[a-zA-Z0-9_-]{1,60}(?:&[a-z]+=[a-zA-Z0-9_-]{1,60}){0,5}))?"
)
DETAILS = frozenset({"prison", "place", "need", "service", "language", "shown", "only"})
"""Details that a button may carry besides its topic."""


class BadPayload(ValueError):
    """Not something a button of ours carries."""


@dataclass(frozen=True)
class Pressed:
    """A button of ours that a person pressed."""

    topic: str
    ids: Mapping[str, str] = field(default_factory=dict)


def parse(payload: str, topics: Container[str]) -> Pressed:
    """Read a payload; BadPayload for an unknown topic, an unknown detail or anything else."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None or match["topic"] not in topics:
        raise BadPayload("unknown payload")
    ids = dict(pair.split("=", 1) for pair in (match["ids"] or "").split("&") if pair)
    if ids.keys() - DETAILS:
        raise BadPayload("unknown detail")
    return Pressed(match["topic"], ids)
