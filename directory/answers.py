"""What the directory answers with: one frozen type for each question, texts in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Source:
    """A page that people are shown as the source."""

    title: str
    url: str | None
    as_of: str | None


@dataclass(frozen=True)
class PhoneLine:
    """A number to ring, or to text (*keyword* is the word to send)."""

    number: str
    type: Literal["voice", "text"]
    label: str | None
    free: bool | None
    language: str | None
    keyword: str | None


@dataclass(frozen=True)
class OpeningHours:
    """Hours on some days of the week: "MO" …, "09:00", "24:00"."""

    days: tuple[str, ...]
    opens: str
    closes: str


@dataclass(frozen=True)
class Reason:
    """Why a service is shown: a key of bot/content with the values it names."""

    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class FoundService:
    """A service, with the public fields of an Open Referral UK service.

    *check* means that the details should be checked before relying on them (confidence medium);
    *withheld* that phone and hours are kept back until somebody has looked at the official page
    (confidence low): then *url* is what to give. *opens* is when it next opens, *closes* when it
    closes if open. *points* is what ranked it.
    """

    id: str
    name: str
    description: str
    phones: tuple[PhoneLine, ...]
    phone_welsh: str | None
    url: str | None
    email: str | None
    address: str | None
    languages: tuple[str, ...]
    schedule: tuple[OpeningHours, ...]
    hours_note: str | None
    open_now: bool | None
    opens: datetime | None
    closes: datetime | None
    area: str
    distance_km: float | None
    as_of: str | None
    checked_on: date | None
    checked_by: str | None
    sources: tuple[Source, ...]
    confidence: Confidence
    check: bool
    withheld: bool
    eligibility: str | None
    needs: tuple[str, ...]
    prisons: tuple[str, ...]
    webchat: bool
    organization: str | None
    why: tuple[Reason, ...] = ()
    points: int = 0


@dataclass(frozen=True)
class SearchResult:
    """Services in the order a helpline worker would name them, and how many there are in all.

    *widened* says what had to give way to find them: "open_now", "free", "phone", "in_welsh", "age",
    "area" (nothing local; these serve a wider area), "need" (no such need is known, or nobody meets
    it) or "helpline" (nothing at all but the Prisoners' Families Helpline). *area* is the name of the
    area asked about, *needs* what was understood, *let_go* every filter that gave way.
    """

    services: Sequence[FoundService]
    widened: str | None
    total: int
    needs: tuple[str, ...] = ()
    named: bool = False
    let_go: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrisonPhone:
    """A prison's phone number; *check* where it needs checking first. Low confidence is not given."""

    number: str
    as_of: str | None
    check: bool


@dataclass(frozen=True)
class PrisonAnswer:
    """A prison, with the numbers that may be given."""

    id: str
    name: str
    short: str
    operator: str | None
    holds: str
    category: str | None
    address: str
    postcode: str
    local_authority: str | None
    country: str
    lat: float | None
    lon: float | None
    phone: PrisonPhone | None
    booking_phone: PrisonPhone | None
    safer_custody_phone: PrisonPhone | None
    gov_uk_url: str | None
    as_of: str | None
    checked_on: date | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class PrisonFact:
    """What is known about one topic at one prison; *check* where it needs checking first."""

    prison: str
    topic: str
    text: str
    as_of: str | None
    checked_on: date | None
    confidence: Confidence
    check: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class CouncilLine:
    """How to reach a council or its children's services; numbers of low confidence are left out."""

    phone: str | None
    out_of_hours_phone: str | None
    hours: str | None
    email: str | None
    url: str | None
    check: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Authority:
    """A local authority of Wales."""

    id: str
    name: str
    council_name: str | None
    region: str | None
    council: CouncilLine
    childrens_services: CouncilLine
    fis_service: str | None


@dataclass(frozen=True)
class NeedAnswer:
    """A kind of help."""

    id: str
    name: str
