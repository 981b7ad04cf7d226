"""Finds help in the directory: at once with what is known, asking for at most one thing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from rasa_sdk.events import SlotSet

from actions.heard import Event, Heard, Reply
from actions.resources import catalogue, connection
from bot.catalogue.load import Catalogue
from bot.catalogue.message import button, envelope, message
from bot.language import Language
from bot.refining import ALL, refinements, refines
from bot.wording import say, say_count
from directory import public
from directory.answers import SearchResult
from directory.errors import LookupUnavailable
from directory.places import Area, area_of_outcode, area_of_place
from directory.search import CHILD, CHILDREN, FAMILIES, search, understand

PAGE = 3
"""Services shown at a time: what fits on a phone."""
AT_PRISONS = frozenset({"visitor_centre", "faith"})
"""Kinds of help that are found at a prison."""
LONDON = ZoneInfo("Europe/London")
FILTERS = {
    "phone": "phone",
    "free": "free",
    "open_now": "open_now",
    "in_welsh": "in_welsh",
    "near": "near",
    "child": "age",
}
"""Each refinement that leaves services out, with the filter of the directory that does it."""
ENGLISH_TOO, WELSH = "any_language", "welsh_language"


@dataclass(frozen=True)
class Search:
    """What is looked for, from this message and from what was said before."""

    needs: tuple[str, ...]
    area: Area | None
    prison: str | None
    age: int | None
    offset: int
    only: frozenset[str] = frozenset()
    """What it is narrowed to: see bot.refining."""
    query: str | None = None
    """The words, where they say more than how to go on."""


def answer(
    said: Heard, slots: Mapping[str, Any], *, further: bool = False
) -> tuple[Reply, list[Event]]:
    """Search for what was said, and keep what is needed for the next message.

    *further* goes on from the last service that was shown.
    """
    try:
        with connection() as lent:
            wanted = wish(lent, said, slots)
            if further and not refinements(said.text):
                shown_before = _number(slots.get("shown")) or wanted.offset
                wanted = replace(wanted, offset=shown_before, query=None)
            found = look(lent, said, wanted)
    except LookupUnavailable:
        return message(catalogue(), "talk_to_person", said.language), []
    shown = str(wanted.offset + PAGE) if found.services else None
    kept = [
        SlotSet("need", list(wanted.needs) or None),
        SlotSet("shown", shown),
        SlotSet("only", sorted(wanted.only) or None),
    ]
    return show(catalogue(), said, wanted, found), kept


def seeks_help(said: Heard) -> bool:
    """Say whether the message names a place and a kind of help: "food bank Dowlais".

    A prison named is where someone is, not where help is sought, but for what is found at prisons.
    """
    if not said.named or not said.text:
        return False
    try:
        with connection() as lent:
            needs = set(understand(lent, said.text).needs)
    except LookupUnavailable:
        return False
    return bool(needs & AT_PRISONS if "prison" in said.named else needs)


def returns(said: Heard, slots: Mapping[str, Any]) -> bool:
    """Say whether the message speaks again of the help that was looked for before."""
    if not said.text or not slots.get("need"):
        return False
    try:
        with connection() as lent:
            return not set(understand(lent, said.text).needs).isdisjoint(slots["need"])
    except LookupUnavailable:
        return False


def wish(lent: sa.Connection, said: Heard, slots: Mapping[str, Any]) -> Search:
    """Join what the message says to what was said before: a place alone keeps the need.

    A message that only narrows the search keeps everything; one that names another need begins anew.
    """
    told = understand(lent, said.text)
    goes_on = not said.text or refines(said.text)
    before = tuple(slots.get("need") or ())
    anew = bool(told.needs) and not goes_on
    only = _narrowed(frozenset() if anew else frozenset(slots.get("only") or ()), said)
    offset = said.shown or 0
    default = (FAMILIES,) if refines(said.text) or offset else ()
    return Search(
        needs=tuple(told.needs) if anew else before or default,
        area=told.area or _area(lent, said),
        prison=told.prison,
        age=told.age or _number(slots.get("age")) or (CHILD if "child" in only else None),
        offset=offset,
        only=only,
        query=None if goes_on else said.text,
    )


def _narrowed(before: frozenset[str], said: Heard) -> frozenset[str]:
    """Return what the search is narrowed to from now on; of what excludes another, the later counts."""
    asked = {said.only} if said.only else refinements(said.text)
    if ALL in asked:
        return frozenset()
    excluded = {"in_welsh": ENGLISH_TOO, ENGLISH_TOO: "in_welsh"}
    return (before - {excluded.get(each) for each in asked}) | asked


def _refined(needs: tuple[str, ...], only: frozenset[str]) -> tuple[str, ...]:
    """Put what children need first, take away that it must be in Welsh, as *only* says."""
    kept = [need for need in needs if need != WELSH or ENGLISH_TOO not in only] or needs
    return tuple(dict.fromkeys([*([CHILDREN] if "child" in only else ()), *kept]))


def _area(lent: sa.Connection, said: Heard) -> Area | None:
    if said.postcode and "place" not in said.named:
        return area_of_outcode(lent, said.postcode)
    return area_of_place(lent, said.place) if said.place else None


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, str) and value.isdigit() else None


def look(lent: sa.Connection, said: Heard, wanted: Search) -> SearchResult:
    """Search the directory as it is now."""
    return search(
        lent,
        query=wanted.query,
        needs=_refined(wanted.needs, wanted.only),
        area=wanted.area,
        prison=wanted.prison,
        language=said.language,
        age=wanted.age,
        free="free" in wanted.only,
        open_now="open_now" in wanted.only,
        channel="phone" if "phone" in wanted.only else None,
        in_welsh=_in_welsh(wanted.only),
        near="near" in wanted.only,
        now=datetime.now(LONDON),
        limit=PAGE,
        offset=wanted.offset,
    )


def _in_welsh(only: frozenset[str]) -> bool | None:
    return True if "in_welsh" in only else False if ENGLISH_TOO in only else None


def show(catalogue: Catalogue, said: Heard, wanted: Search, found: SearchResult) -> dict[str, Any]:
    """Compose the reply: an opening sentence, the services, and what may be asked next."""
    language = said.language
    if not found.services:
        key = "services.no_more" if wanted.offset else "services.none"
        return envelope(
            say(key, language),
            language,
            topic="find_service",
            buttons=_more(wanted, found, said) + _ways_on(catalogue, said),
        )
    lines = [_opening(said, wanted, found), *_notes(said, wanted, found)]
    services = [public.service(each, language) for each in found.services]
    return envelope(
        "\n\n".join([*lines, _listed(services), say("services.not_checked", language)]),
        language,
        topic="find_service",
        services=services,
        sources=_sources(services),
        as_of=max((each["as_of"] for each in services if each["as_of"]), default=None),
        prison=wanted.prison,
        buttons=_places(wanted, said) + _more(wanted, found, said) + _ways_on(catalogue, said),
    )


def _places(wanted: Search, said: Heard) -> list[dict[str, Any]]:
    """Offer the places that bear the name that was given, where there are several."""
    return [
        {
            "title": choice.label_cy if said.language is Language.WELSH else choice.label_en,
            "payload": f"find_service?place={choice.id}",
            "topic": "find_service",
        }
        for choice in (wanted.area.choices if wanted.area else ())
    ]


def _opening(said: Heard, wanted: Search, found: SearchResult) -> str:
    area = wanted.area
    if area is None and not wanted.prison and not wanted.offset:
        return say("services.ask_place", said.language)
    if area and area.note in ("outside_wales", "border"):
        key = "outside" if area.note == "outside_wales" else "border"
        return say(f"services.{key}", said.language, area=area.label(said.language))
    if area and area.note == "ambiguous":
        return say("services.which_place", said.language)
    where = _where(area, said)
    return say_count("services.found", len(found.services), said.language, where=where)


def _where(area: Area | None, said: Heard) -> str:
    if area is None:
        return say("services.anywhere", said.language)
    return say("services.in_area", said.language, area=area.label(said.language))


def _notes(said: Heard, wanted: Search, found: SearchResult) -> list[str]:
    """Say what the list is narrowed to, and of each wish that gave way that it did."""
    told = [
        f"services.{'nothing' if FILTERS.get(each) in found.let_go else 'only'}.{each}"
        for each in sorted(wanted.only)
    ]
    if "near" in wanted.only and not (wanted.area and wanted.area.authorities):
        told.remove("services.only.near")
    widened = ["services.widened"] if found.widened and not found.let_go else []
    return [say(key, said.language) for key in (*told, *widened)]


def _listed(services: Sequence[dict[str, Any]]) -> str:
    return "\n".join(f"- {_line(service)}" for service in services)


def _line(service: dict[str, Any]) -> str:
    """Write one service for those who read the text only: name, number or page, and why."""
    voice = next((phone["number"] for phone in service["phones"] if phone["type"] == "voice"), None)
    dial = "".join(letter for letter in voice or "" if letter.isdigit())
    page = f"[{service['name']}]({service['url']})" if service["url"] else service["name"]
    reach = f"{page}: [{voice}](tel:{dial})" if voice else page
    return f"{reach} ({service['why']})" if service["why"] else reach


def _sources(services: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    every = [source for service in services for source in service["sources"]]
    return list({(source["title"], source["url"]): source for source in every}.values())


def _more(wanted: Search, found: SearchResult, said: Heard) -> list[dict[str, Any]]:
    """Offer what there is more of, and all of it where the list was narrowed."""
    shown = wanted.offset + len(found.services)
    ways = [("more", f"shown={shown}")] if shown < found.total else []
    ways += [("all", f"only={ALL}")] if wanted.only else []
    return [
        {
            "title": say(f"services.{name}", said.language),
            "payload": f"find_service?{how}",
            "topic": "find_service",
        }
        for name, how in ways
    ]


def _ways_on(catalogue: Catalogue, said: Heard) -> list[dict[str, Any]]:
    return [button("talk_to_person", catalogue, said.language)]
