"""Errors as `application/problem+json` (RFC 9457), told kindly in the person's language."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.language import Language
from bot.log import headers as request_id
from bot.wording import say
from gateway.metrics import COUNT_BROKEN
from gateway.schemas import LONGEST_TEXT

log = structlog.get_logger()

STATUS = {
    "malformed": 400,
    "unknown_page": 404,
    "unknown_conversation": 404,
    "unknown_message": 404,
    "method": 405,
    "ended": 410,
    "too_long": 413,
    "wrong_type": 415,
    "invalid": 422,
    "empty": 422,
    "not_sent": 422,
    "too_many": 429,
    "broken": 500,
    "busy": 503,
}
"""What can go wrong for a person, and its HTTP status."""
_BY_STATUS = {404: "unknown_page", 405: "method", 413: "too_long", 415: "wrong_type"}


@dataclass
class Problem(Exception):
    """One thing that went wrong for the person, named by a key of `STATUS`."""

    kind: str
    language: Language | None = None
    retry_after: int | None = None

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return STATUS[self.kind]


def respond(problem: Problem, language: Language) -> JSONResponse:
    """Return a problem as the API shows it."""
    body = {
        "type": f"urn:cyswllt:problem:{problem.kind}",
        "status": problem.status,
        "title": say(f"problem.{problem.kind}.title", language),
        "detail": say(f"problem.{problem.kind}.detail", language, limit=LONGEST_TEXT),
        "language": language.value,
    }
    headers = {"Content-Language": language.value}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return JSONResponse(
        body, status_code=problem.status, headers=headers, media_type="application/problem+json"
    )


def accepted_language(header: str | None) -> Language:
    """Choose between the two languages by `Accept-Language`; Welsh unless English is asked for."""
    for part in (header or "").lower().split(","):
        tag = part.split(";")[0].strip()[:2]
        if tag in (language.value for language in Language):
            return Language(tag)
    return Language.WELSH


async def on_problem(request: Request, error: Exception) -> JSONResponse:
    """Answer a Problem raised anywhere below the API."""
    assert isinstance(error, Problem)
    return respond(error, error.language or _language(request))


async def on_invalid(request: Request, error: Exception) -> JSONResponse:
    """Answer a body that is not JSON (400) or not what the API takes (422)."""
    assert isinstance(error, RequestValidationError)
    kinds = {entry["type"] for entry in error.errors()}
    kind = "malformed" if "json_invalid" in kinds else "invalid"
    return respond(Problem(kind), _language(request))


async def on_http(request: Request, error: Exception) -> JSONResponse:
    """Answer an error of the framework itself in the person's language."""
    assert isinstance(error, HTTPException)
    return respond(Problem(_BY_STATUS.get(error.status_code, "malformed")), _language(request))


def _language(request: Request) -> Language:
    return accepted_language(request.headers.get("accept-language"))


async def on_broken(request: Request, error: Exception) -> JSONResponse:
    """Answer a fault of ours: the outermost edge. What was asked is never logged."""
    COUNT_BROKEN.inc()
    log.error("request.broken", error=type(error).__name__)
    response = respond(Problem("broken"), _language(request))
    response.headers.update(request_id())  # this reply passes none of our middleware
    return response
