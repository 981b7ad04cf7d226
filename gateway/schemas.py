"""The public shapes of the HTTP API; the OpenAPI document is made from these."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.language import Language
from gateway.questions import LONGEST_PAYLOAD
from gateway.tickets import EMBED_LENGTH

LONGEST_TEXT = 2000
"""Characters a person may write in one message."""

Day = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""A day, or as much of it as is known: 2026-08-21, 2026-08 or 2026."""


class Open(BaseModel):
    """A new conversation."""

    model_config = ConfigDict(extra="forbid")
    language: Language | None = Field(None, description="Language of the page: the weakest hint.")
    embed: str | None = Field(
        None,
        max_length=EMBED_LENGTH,
        pattern=r"^[A-Za-z0-9_.-]+$",
        description="The embedding site.",
    )


class Say(BaseModel):
    """One message: what a person typed, or the payload of a button of ours."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = None
    payload: str | None = Field(None, max_length=LONGEST_PAYLOAD)
    language: Language | None = Field(None, description="An explicit choice by the person.")


class Rate(BaseModel):
    """What a person thought of an answer."""

    model_config = ConfigDict(extra="forbid")
    value: Literal["yes", "no", "wrong"]


class Send(BaseModel):
    """A question that a person sends to the editors, after an answer that did not help."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=LONGEST_TEXT, description="What the person had asked.")
    value: Literal["no", "wrong"] = Field("no", description="What they thought of the answer.")


class Button(BaseModel):
    """Something the person can press instead of typing."""

    title: str
    payload: str
    topic: str | None


class Source(BaseModel):
    """An official page or document behind an answer."""

    title: str
    url: str | None


class Phone(BaseModel):
    """A phone number and what it is for."""

    number: str
    type: Literal["voice", "text"]
    label: str | None = Field(description="What the number is for.")
    free: bool | None
    language: str | None
    keyword: str | None = Field(description="The word to send, where it is a text line.")


class Service(BaseModel):
    """The public fields of an Open Referral UK service, in one language."""

    id: str
    name: str
    description: str | None
    phones: list[Phone]
    phone_welsh: str | None
    url: str | None
    email: str | None
    address: str | None = Field(None, description="Where it is, if it is a place to go to.")
    languages: list[str]
    schedule: str | None
    open_now: bool | None
    area: str | None
    distance_km: float | None
    why: str | None = Field(None, description="Why this service was chosen, in a phrase.")
    as_of: Day | None
    checked_on: Day | None
    sources: list[Source]


class Message(BaseModel):
    """One reply. Fields that do not apply are null or empty, never missing."""

    id: str
    text: str = Field(
        description="Plain text: paragraphs, `- ` lists and links [label](https://…)."
    )
    language: Language
    topic: str | None
    buttons: list[Button]
    sources: list[Source]
    as_of: Day | None
    checked_on: Day | None
    services: list[Service]
    prison: str | None


class Opened(BaseModel):
    """A conversation and its greeting."""

    conversation: str
    language: Language | None
    messages: list[Message]


class Replied(BaseModel):
    """What the assistant said to one message."""

    messages: list[Message]
    language: Language


class Found(BaseModel):
    """Services found, and the search in words."""

    services: list[Service]
    explain: str


class ProblemDetail(BaseModel):
    """An error (RFC 9457) in the person's language."""

    type: str
    status: int
    title: str
    detail: str
    language: Language
