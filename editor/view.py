"""How a page of the desk is made: templates, the reader's language, and words in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.language import Language
from bot.wording import say
from gateway.pages.markup import render

HERE = Path(__file__).parent
LONDON = ZoneInfo("Europe/London")
TOLD = frozenset({"lang", "saved", "done"})
"""What an address says once, of what has just happened."""
_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def clock(at: float) -> str:
    """Return a moment as editors here read it: day and time in London."""
    return f"{datetime.fromtimestamp(at, LONDON):%Y-%m-%d %H:%M}"


def spoken(request: Request) -> Language:
    """Return the language of the page: the address says it, else Welsh."""
    return Language.ENGLISH if request.query_params.get("lang") == "en" else Language.WELSH


def _again(request: Request, language: Language) -> str:
    """Return what the address asks for, in another language: what was looked for stays."""
    asked = {name: text for name, text in request.query_params.items() if name not in TOLD}
    return urlencode({**asked, "lang": language.value})


def show(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a page in the reader's language."""
    language = spoken(request)
    shared = {
        "language": language,
        "other": language.other,
        "languages": list(Language),
        "t": lambda key, **more: say(f"editor.{key}", language, **more),
        "path": request.url.path,
        "again": lambda other: _again(request, other),
        "lang": f"?lang={language.value}",
        "render": render,
        "problem": None,
        "editor": getattr(request.state, "editor", None),
    }
    body = _templates.get_template(template).render({**shared, **values})
    return HTMLResponse(body, status, headers={"Content-Language": language.value})
