"""Takes personal details out of a message before anything but the crisis check sees it.

Own patterns for UK and Welsh forms: docs/decisions/0006-redaction.md says why not a library.
Names of prisons, places and organisations stay: answers depend on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"[A-ZÂÊÎÔÛŴŶÁÉÍÓÚÄËÏÖÜ][\w'’-]+(?:\s+[A-ZÂÊÎÔÛŴŶÁÉÍÓÚÄËÏÖÜ][\w'’-]+){0,2}"
_SAID_NAME = (
    r"(?:my name(?: is|'s|’s)?|name is|i am called|i'm called|his name(?: is|'s|’s)?|her name(?: is|'s|’s)?|"
    r"called|(?:fy )?enw(?: i)?(?: yw| ydi| ydy)|ei enw(?: o| e| ef)?(?: yw| ydi| ydy)|"
    r"ei henw(?: hi)?(?: yw| ydi| ydy)|o'r enw|mr|mrs|miss|ms|dr)\.?\s+"
)
_RELATION = (
    r"(?:my|fy|'y) (?:son|brother|husband|partner|dad|father|daughter|sister|nephew|grandson|boyfriend|"
    r"mab|mrawd|brawd|ngŵr|ngwr|gŵr|gwr|partner|nhad|merch|chwaer|nai|ŵyr|wyr|nghariad)\s+"
)
_STAY = frozenset(
    "Berwyn Cardiff Caerdydd Swansea Abertawe Parc Usk Brynbuga Prescoed Styal Altcourse Eastwood Liverpool "
    "Manchester Bristol Stoke HMP CEM CEF YOI Samaritans Samariaid Pact Meic Shelter Childline Wales Cymru "
    "I Mi".split()
)
_PATTERNS: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE), instead)
    for kind, pattern, instead in (
        ("email", r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", ""),
        ("card", r"(?<!\d)(?:\d[ -]?){13,19}(?!\d)", ""),
        ("national_insurance", r"\b[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b", ""),
        ("nhs_number", r"(?<!\d)\d{3}[ -]\d{3}[ -]\d{4}(?!\d)", ""),
        ("phone", r"(?<![\w+])(?:\+?44|0)[\s()-]*(?:\d[\s()-]*){8,11}(?!\d)", ""),
        ("bank", r"(?<!\d)\d{2}[- ]\d{2}[- ]\d{2}(?!\d)(?:\D{0,20}\d{7,8}(?!\d))?", ""),
        ("bank", r"(?<!\d)\d{8}(?!\d)", ""),
        ("prison_number", r"\b[A-Z]\s?\d{4}\s?[A-Z]{2}\b", ""),
        ("birth", r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)?\d{2}(?!\d)", ""),
        (
            "birth",
            r"(?:born(?: on)?|dob|date of birth|d\.o\.b\.?|ganed|geni|dyddiad geni)\W{0,3}(?:is|yw|ydi|ar|on)?\W{0,2}"
            r"\d{1,2}(?:st|nd|rd|th|ain|af|fed|ed)?\s+(?:of\s+|o\s+)?\w+(?:\s+(?:19|20)\d{2})?",
            "",
        ),
        (
            "address",
            r"(?<!\w)\d{1,4}[a-z]?,?\s+(?:[A-Z][\w'’-]+\s+){1,3}(?:street|st|road|rd|avenue|ave|close|lane|drive|terrace|"
            r"crescent|place|court|gardens|grove|way|square)\b",
            "",
        ),
        ("address", r"(?<!\w)\d{1,4}[a-z]?,?\s+(?:heol|ffordd|stryd|lôn|lon|rhodfa|maes|bryn|clos|cae|teras)\s+[\w'’-]+(?:\s+[\w'’-]+)?", ""),
        ("car", r"\b[A-Z]{2}\d{2}\s?[A-Z]{3}\b", ""),
        ("postcode", r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*\d[A-Z]{2}\b", r"\1"),
    )
)
_NAMED = (
    re.compile(rf"(?P<before>(?i:\b{_SAID_NAME}))(?P<name>{_NAME})"),
    re.compile(rf"(?P<before>(?i:\b{_RELATION}))(?P<name>{_NAME})"),
    re.compile(rf"(?P<before>(?i:^|\b)(?i:i'm|i am|sara? ydw i|)\b\s*)(?P<name>{_NAME})(?=\s+(?i:here|speaking|ydw i|sy 'ma|sydd yma))"),
)


@dataclass(frozen=True)
class Redacted:
    """A message without personal details, and which kinds were taken out."""

    text: str
    found: frozenset[str]


def redact(text: str) -> Redacted:
    """Return *text* without names given as names, numbers, addresses and the like.

    A full postcode is reduced to its outward half; ages, prices, times and days stay.
    """
    found: set[str] = set()
    for kind, pattern, instead in _PATTERNS:
        text, count = pattern.subn(instead, text)
        if count:
            found.add(kind)
    for pattern in _NAMED:
        text = pattern.sub(lambda match: _without_name(match, found), text)
    return Redacted(" ".join(text.split()) or "-", frozenset(found))


def _without_name(match: re.Match[str], found: set[str]) -> str:
    """Drop a name, unless it is a prison's, a place's or an organisation's."""
    if _STAY & set(re.split(r"\W+", match["name"])):
        return match[0]
    found.add("name")
    return match["before"]
