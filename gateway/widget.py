"""The website widget: its files, the page that makes the line to paste, and a charity's page to try it on.

The files are built by `widget/build.mjs`. `/widget/v1/…` always serves the newest; `/widget/<version>/cyswllt.js`
never changes and never goes, so that a site may pin the button with a hash (SRI).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from markupsafe import Markup
from starlette.responses import Response

from bot.language import Language
from bot.settings import ROOT
from gateway.pages.view import show
from gateway.problems import Problem, accepted_language
from gateway.tickets import EMBED_LENGTH

DIST = ROOT / "widget" / "dist"
LOADERS = ROOT / "widget" / "loaders"
"""Every button that was ever given out, by its version."""
LOADER = "cyswllt.js"
NEWEST = "v1"
_NAME = re.compile(rf"[A-Za-z0-9_.-]{{1,{EMBED_LENGTH}}}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_FONT = re.compile(r"[A-Za-z][A-Za-z0-9 ,-]{0,79}")
_KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}

widget = APIRouter(include_in_schema=False)


@cache
def manifest() -> dict[str, Any]:
    """Return what was built: the version, and each file's size and hash; empty where nothing was."""
    path = DIST / "manifest.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


@cache
def versions() -> Mapping[str, Path]:
    """Return the file of each button that a site may have pinned."""
    return {path.stem: path for path in LOADERS.glob("*.js")}


@widget.get("/widget/{version}/{name}")
async def file(version: str, name: str) -> Response:
    """Serve one built file, revalidated at each visit; or the button of one version, for ever."""
    if version == NEWEST and name in manifest().get("files", {}):
        return _served(DIST / name, "no-cache")
    if name == LOADER and version in versions():
        return _served(versions()[version], "public, max-age=31536000, immutable")
    raise Problem("unknown_page")


def _served(path: Path, kept: str) -> FileResponse:
    headers = {"Cache-Control": kept, "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(path, media_type=_KINDS[path.suffix], headers=headers)


@dataclass(frozen=True)
class Wish:
    """What a charity chose on the page that makes its line; anything else than these forms is dropped."""

    site: str = ""
    spoken: str = "auto"
    colour: str = ""
    ink: str = ""
    font: str = ""
    position: str = "right"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wish:
        """Read the form, keeping only what may stand in an attribute."""

        def kept(name: str, form: re.Pattern[str]) -> str:
            return query[name] if form.fullmatch(query.get(name, "")) else ""

        spoken, position = query.get("spoken"), query.get("position")
        return cls(
            site=kept("site", _NAME),
            spoken=spoken if spoken in ("cy", "en") else "auto",
            colour=kept("colour", _COLOUR),
            ink=kept("ink", _COLOUR),
            font=kept("font", _FONT),
            position="left" if position == "left" else "right",
        )

    def attributes(self) -> dict[str, str]:
        """Return what differs from what the widget does by itself."""
        named = {
            "data-embed": self.site,
            "data-language": self.spoken,
            "data-colour": self.colour,
            "data-text-colour": self.ink,
            "data-font": self.font,
            "data-position": "left" if self.position == "left" else "",
        }
        return {name: value for name, value in named.items() if value}


def script(src: str, attributes: Mapping[str, str]) -> Markup:
    """Return the line that brings the widget into a page."""
    written = Markup("").join(Markup(' {}="{}"').format(*pair) for pair in attributes.items())
    return Markup('<script async src="{}"{}></script>').format(src, written)


@widget.get("/embed")
async def embed_in_some_language(request: Request) -> RedirectResponse:
    """Send a charity on to the page in its browser's language."""
    language = accepted_language(request.headers.get("accept-language"))
    return RedirectResponse(f"/{language.value}/embed", status_code=307)


@widget.get("/{language}/embed")
async def embed(request: Request, language: Language) -> HTMLResponse:
    """Make the line to paste, with the widget itself in the corner as its preview."""
    wish, built = Wish.of(request.query_params), manifest()
    home = str(request.base_url).rstrip("/")
    pinned = {
        "integrity": f"sha384-{built['files']['cyswllt.js']['sha384']}" if built else "",
        "crossorigin": "anonymous",
    }
    values = {
        "wish": wish,
        "line": script(f"{home}/widget/{NEWEST}/cyswllt.js", wish.attributes()) if built else "",
        "pinned": script(
            f"{home}/widget/{built.get('version')}/cyswllt.js", {**pinned, **wish.attributes()}
        ),
        "plain": Markup('<a href="{}/{}">Cyswllt</a>').format(home, language.value),
        "preview": script(f"/widget/{NEWEST}/cyswllt.js", wish.attributes()),
    }
    values = {**values, **{name: str(values[name]) for name in ("line", "pinned", "plain")}}
    return show(request, "embed.html", language, values)


@widget.get("/{language}/example")
async def example(request: Request, language: Language) -> HTMLResponse:
    """Show the widget on the page of a charity that does not exist."""
    preview = script(f"/widget/{NEWEST}/cyswllt.js", {"data-embed": "example"})
    return show(request, "example.html", language, {"preview": preview if manifest() else ""})
