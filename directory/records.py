"""The records of the data files: what each may hold and must hold.

A record is one entry of a YAML file and, in SQL, one row with its parts. Field names are column names.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Confidence = Literal["high", "medium", "low"]
Coverage = Literal[
    "local", "wales", "england_and_wales", "uk", "england", "scotland", "northern_ireland"
]
_TIME = r"^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$"
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# What YAML makes of 2026-09-16 and of 2021; we keep the words of the source.
_AS_OF = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
# PostgreSQL keeps no NUL characters, and half of a surrogate pair is no text.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _as_written(value: Any) -> Any:
    """Turn what YAML read as a date or a number back into text."""
    return str(value) if isinstance(value, (date, int)) else value


def _is_day_month_or_year(value: str) -> str:
    if not _AS_OF.fullmatch(value):
        raise ValueError("as_of should be a day, a month or a year: 2026-09-16, 2026-09 or 2026")
    return value


def _storable(value: str) -> str:
    if _UNSTORABLE.search(value):
        raise ValueError("holds characters that are no text")
    return value


def _lists_weekdays(value: str) -> str:
    days = value.split(",")
    if [day for day in _DAYS if day in days] != days:
        raise ValueError("byday should list days in order, such as MO,TU,WE,TH,FR")
    return value


Text = Annotated[str, Field(min_length=1), AfterValidator(_storable)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=100)]
AsOf = Annotated[str, BeforeValidator(_as_written), AfterValidator(_is_day_month_or_year)]
Time = Annotated[str, Field(pattern=_TIME)]
Number = Annotated[str, BeforeValidator(_as_written), Field(pattern=r"^\+?[0-9 ]{2,28}$")]
Url = Annotated[str, Field(pattern=r"^https?://\S+$"), AfterValidator(_storable)]
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), AfterValidator(_storable)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Part(BaseModel):
    """A part of a record: unknown fields are refused, so that a slip in a name is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Part):
    """A page or document that people are shown as the source."""

    title_cy: Text | None = None
    title_en: Text | None = None
    url: Url | None = None
    as_of: AsOf | None = None


class Provenance(Part):
    """Where we learnt something; for editors only."""

    url: Text | None = None
    as_of: AsOf | None = None
    note: Text | None = None


class Record(Part):
    """A record that an editor can confirm."""

    sources: list[Source] = []
    provenance: list[Provenance] = []
    as_of: AsOf | None = None
    checked_on: date | None = None
    checked_by: Text | None = None
    confidence: Confidence = "medium"

    @model_validator(mode="after")
    def _somebody_checked(self) -> Self:
        if (self.checked_on is None) != (self.checked_by is None):
            raise ValueError("checked_on and checked_by go together")
        return self


class Identified(Record):
    """A record with an id and its two names; the Welsh one may be missing from a proper name."""

    id: Id
    name_cy: Text | None = None
    name_en: Text


class Organization(Identified):
    description_cy: Text | None = None
    description_en: Text | None = None
    url: Url | None = None
    url_cy: Url | None = None


class CouncilContact(Part):
    """How to reach a council or its children's services."""

    phone: Number | None = None
    phone_welsh: Number | None = None
    out_of_hours_phone: Number | None = None
    hours_cy: Text | None = None
    hours_en: Text | None = None
    email: Email | None = None
    url: Url | None = None
    url_cy: Url | None = None
    confidence: Confidence = "medium"
    sources: list[Source] = []
    provenance: list[Provenance] = []
    note: Text | None = None


class Town(Part):
    cy: Text
    en: Text


class LocalAuthority(Identified):
    ons_code: Annotated[str, Field(pattern=r"^W06\d{6}$")]
    council_name_cy: Text
    council_name_en: Text
    region: Literal["north", "mid", "south-west", "south", "south-east"]
    lat: Latitude
    lon: Longitude
    towns: list[Town] = []
    council: CouncilContact
    childrens_services: CouncilContact
    fis_service: Id | None = None
    notes: Text | None = None


class Outcode(Record):
    id: Annotated[str, Field(pattern=r"^[A-Z]{1,2}(?:\d[A-Z\d]?|T)$")]
    status: Literal["live", "non_geographic", "discontinued"] = "live"
    local_authorities: list[Id]
    trace_local_authorities: list[Id] = []
    partly_in_england: bool | None = None
    wales_share: Annotated[float, Field(ge=0, le=1)] | None = None
    postcodes_seen: int | None = None
    post_towns_cy: list[Text] = []
    post_towns_en: list[Text] = []
    lat: Latitude | None = None
    lon: Longitude | None = None


class Place(Identified):
    also: list[Text] = []
    kind: Literal["town", "authority", "region", "country", "outside"] = "town"
    country: Literal["wales", "england", "scotland", "northern_ireland", "ireland"] | None = None
    authorities: list[Id] = []
    main: bool = False
    border: bool = False
    lat: Latitude | None = None
    lon: Longitude | None = None
    position_from: Text | None = None


class PlaceWord(Part):
    """A word that bears on finding names of places: see bot.gazetteer."""

    id: Text
    kind: Literal["weak", "ordinary"]


class DatedPhone(Part):
    number: Number
    confidence: Confidence
    as_of: AsOf | None = None


class PrisonFact(Part):
    """What is known about one topic at one prison; sources and provenance may be the prison's."""

    en: Text
    cy: Text
    as_of: AsOf | None = None
    checked_on: date | None = None
    checked_by: Text | None = None
    confidence: Confidence
    sources: list[Source] | None = None
    provenance: list[Provenance] | None = None


class Prison(Identified):
    short_en: Text
    short_cy: Text
    also_known_as: list[Text] = []
    operator: Text | None = None
    holds: Literal["men", "women", "boys"]
    category_en: Text | None = None
    category_cy: Text | None = None
    address_en: Text
    address_cy: Text
    postcode: Annotated[str, Field(pattern=r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$")]
    local_authority: Id | None = None
    country: Literal["wales", "england"]
    lat: Latitude | None = None
    lon: Longitude | None = None
    phone: DatedPhone | None = None
    booking_phone: DatedPhone | None = None
    safer_custody_phone: DatedPhone | None = None
    gov_uk_url: Url | None = None
    facts: dict[str, PrisonFact] = {}


class Location(Part):
    id: Id
    name_cy: Text | None = None
    name_en: Text
    address_cy: Text | None = None
    address_en: Text | None = None
    postal_code: Text | None = None
    local_authority: Id | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class Need(Part):
    """A kind of help, with the words people use for it."""

    id: Annotated[str, Field(pattern=r"^[a-z]+(?:_[a-z]+)*$")]
    name_cy: Text
    name_en: Text
    words_cy: list[Text]
    words_en: list[Text]
    hints_cy: list[Text] = []
    hints_en: list[Text] = []
    broader: list[str] = []


class Phone(Part):
    number: Number
    type: Literal["voice", "text"] = "voice"
    extension: Annotated[Text, Field(max_length=10)] | None = None
    keyword: Annotated[Text, Field(max_length=20)] | None = None
    language: Literal["cy", "en"] | None = None
    free: bool | None = None
    description_cy: Text | None = None
    description_en: Text | None = None


class Opening(Part):
    """Hours that are the same on some days of every week; an hour past midnight is the next day's."""

    byday: Annotated[str, AfterValidator(_lists_weekdays)]
    opens_at: Time
    closes_at: Time
    description_cy: Text | None = None
    description_en: Text | None = None

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        if self.opens_at >= self.closes_at:
            raise ValueError("closes_at should be later than opens_at; split hours at midnight")
        return self


class Spoken(Part):
    code: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    note: Text | None = None


class Eligibility(Part):
    eligibility_cy: Text | None = None
    eligibility_en: Text | None = None
    minimum_age: Annotated[int, Field(ge=0, le=120)] | None = None
    maximum_age: Annotated[int, Field(ge=0, le=120)] | None = None
    age_note: Text | None = None


class Cost(Part):
    amount: Annotated[float, Field(ge=0, le=99999)] | None = None
    currency: Literal["GBP"] | None = None
    option_cy: Text | None = None
    option_en: Text | None = None


class Contact(Part):
    name_cy: Text | None = None
    name_en: Text | None = None
    title_cy: Text | None = None
    title_en: Text | None = None
    email: Email | None = None
    phone: Number | None = None


class Service(Identified):
    """A service as Open Referral UK describes one, in two languages."""

    organization: Id
    description_cy: Text
    description_en: Text
    needs: Annotated[list[str], Field(min_length=1)]
    relevance: Literal["core", "secondary", "reference"]
    coverage: Coverage
    authorities: list[Id] = []
    prisons: list[Id] = []
    locations: list[Id] = []
    eligibility: Eligibility | None = None
    phones: list[Phone] = []
    url: Url | None = None
    url_cy: Url | None = None
    email: Email | None = None
    email_cy: Email | None = None
    webchat: bool | None = None
    welsh: Literal["yes", "partly", "no"] | None = None
    languages: list[Spoken] = []
    schedule: list[Opening] = []
    bank_holidays: Literal["open", "closed", "unknown"] = "unknown"
    hours_note_cy: Text | None = None
    hours_note_en: Text | None = None
    costs: list[Cost] = []
    contacts: list[Contact] = []
    status: Literal["active", "inactive"] = "active"
    notes: Text | None = None

    @model_validator(mode="after")
    def _area_is_said_once(self) -> Self:
        if (self.coverage == "local") != bool(self.authorities):
            raise ValueError("authorities are for coverage local, and local needs them")
        return self


AnyRecord = (
    Organization | LocalAuthority | Outcode | Place | PlaceWord | Prison | Location | Need | Service
)
