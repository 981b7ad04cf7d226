"""Takes personal details out of a message before anything but the crisis check sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PRISON_NUMBER = re.compile(r"\b[A-Z]\d{4}[A-Z]{2}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Redacted:
    text: str
    found: frozenset[str]


def redact(text: str) -> Redacted:
    found = frozenset({"prison_number"}) if _PRISON_NUMBER.search(text) else frozenset()
    return Redacted(_PRISON_NUMBER.sub("", text), found)
