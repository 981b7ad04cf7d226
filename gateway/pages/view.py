"""How a page is made: the templates, and the words, links and dates that every page has."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.language import Language
from bot.wording import say
from gateway.door import Door
from gateway.pages.markup import render
from gateway.schemas import LONGEST_TEXT

HERE = Path(__file__).parent
STYLE = HERE / "static" / "cyswllt.css"
LEAVE = {
    Language.WELSH: "https://www.bbc.co.uk/cymrufyw",
    Language.ENGLISH: "https://www.bbc.co.uk/weather",
}
"""Where "leave now" goes: an ordinary page that says nothing about this one."""

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def show(
    request: Request,
    template: str,
    language: Language,
    values: dict[str, Any],
    status: int = 200,
    retry_after: int | None = None,
) -> HTMLResponse:
    """Render a page in *language*, with the words and links that every page has."""
    body = _templates.get_template(template).render({**_shared(request, language), **values})
    headers = {"Content-Language": language.value, "Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return HTMLResponse(body, status_code=status, headers=headers)


def _shared(request: Request, language: Language) -> dict[str, Any]:
    door: Door = request.app.state.door
    return {
        "language": language,
        "other": language.other,
        "languages": list(Language),
        "t": lambda key, spoken=language, **more: say(f"page.{key}", spoken, **more),
        "say": lambda key, **more: say(key, language, **more),
        "day": partial(written_day, language=language),
        "dial": dial,
        "render": render,
        "operator": door.settings.operator,
        "leave": LEAVE[language],
        "twin": twin(request, language),
        "version": style_version(),
        "longest": LONGEST_TEXT,
    }


def twin(request: Request, language: Language) -> str:
    """Return the address of the same page in the other language."""
    return f"/{language.other.value}{request.url.path[3:]}"


@lru_cache(maxsize=1)
def style_version() -> str:
    """Name the stylesheet by its content, so that a browser may keep it for good."""
    return hashlib.sha256(STYLE.read_bytes()).hexdigest()[:12]


def written_day(value: object, language: Language) -> str:
    """Write a day out, or as much of it as is known: 2026-08-21, 2026-08 or 2026."""
    year, *rest = str(value).split("-")
    if not rest:
        return year
    month = say(f"page.month.{rest[0]}", language)
    if len(rest) == 1:
        return say("page.month_year", language, month=month, year=year)
    return say("page.date", language, day=int(rest[1]), month=month, year=year)


def dial(number: str) -> str:
    """Return a phone number as a link dials it."""
    return "".join(letter for letter in number if letter.isdigit() or letter == "+")
