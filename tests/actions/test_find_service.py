"""A service search narrowed in the talk: in both languages, over the seeded directory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from actions import find_service
from actions.heard import Heard
from bot import wording
from bot.catalogue.load import CONTENT, Catalogue, load
from bot.language import Language
from bot.wording import say
from directory.database import connect
from directory.files import DATA, read
from directory.listing import is_free
from directory.opening_hours import LONDON
from directory.storage import KIND, stored
from tests.directory.conftest import seeded  # noqa: F401

PLACE = "swansea"
Asked = Callable[..., dict[str, Any]]


KNOWN: list[Any] = [one.record for one in read(DATA / "needs.yml").records["need"]]


class Talk:
    """A talk about services as the engine holds it: slots between messages, never words."""

    def __init__(self, language: Language) -> None:
        self.language, self.slots = language, dict[str, Any]()

    def say(self, text: str = "", *, further: bool = False, **ids: Any) -> dict[str, Any]:
        named = frozenset(ids) & {"place"}
        if "place" in ids:
            self.slots["place"] = ids["place"]
        said = Heard(
            text=text, topic="find_service", language=self.language, prison=None,
            place=self.slots.get("place"), postcode=None, ranking=(), chances={}, danger=None,
            about="find_service", last="find_service", pressed=not text, shown=ids.get("shown"),
            only=ids.get("only"), named=named,
        )  # fmt: skip
        reply, events = find_service.answer(said, self.slots, further=further)
        self.slots |= {event["name"]: event["value"] for event in events}
        return reply

    def tells(self, key: str, reply: dict[str, Any]) -> bool:
        return say(f"services.{key}", self.language) in reply["text"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    wording.load(CONTENT)
    return load(CONTENT)


@pytest.fixture(params=list(Language), ids=lambda language: language.value)
def talk(
    request: pytest.FixtureRequest,
    seeded: sa.Engine,  # noqa: F811
    catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> Talk:
    monkeypatch.setattr(find_service, "connection", lambda: connect(seeded))
    monkeypatch.setattr(find_service, "catalogue", lambda: catalogue)
    at(monkeypatch, datetime(2026, 11, 24, 11, 0, tzinfo=LONDON))
    return Talk(request.param)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Stop the clock of the search."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return moment

    monkeypatch.setattr(find_service, "datetime", Stopped)


WORDS = {
    "search": {"cy": "help gyda chyffuriau yn Abertawe", "en": "help with drugs in Swansea"},
    "phone": {"cy": "dim ond llinellau ffôn", "en": "only phone lines"},
    "free": {"cy": "rhai am ddim", "en": "free ones"},
    "open_now": {"cy": "ar agor nawr", "en": "open now"},
    "near": {"cy": "yn nes", "en": "nearer"},
    "in_welsh": {"cy": "rhai sy'n siarad Cymraeg", "en": "Welsh-speaking ones"},
    "any_language": {"cy": "yn Saesneg yn iawn", "en": "in English is fine"},
    "child": {"cy": "i blant", "en": "for children"},
    "all": {"cy": "pob un", "en": "show me all of them"},
    "more": {"cy": "rhagor", "en": "more"},
    "counselling": {"cy": "cwnsela yn Abertawe", "en": "counselling in Swansea"},
}


def words(talk: Talk, name: str) -> str:
    return WORDS[name][talk.language.value]


@pytest.mark.parametrize("name", ["phone", "free", "open_now", "in_welsh"])
def test_only_what_was_asked_for_is_shown_and_it_is_said(
    talk: Talk,
    seeded: sa.Engine,  # noqa: F811
    name: str,
) -> None:
    with seeded.connect() as lent:
        records = stored(lent, KIND["service"])

    def holds(service: dict[str, Any]) -> bool:
        record: Any = records[service["id"]]
        return {
            "phone": bool(service["phones"]),
            "free": is_free(record),
            "open_now": service["open_now"],
            "in_welsh": record.welsh in ("yes", "partly"),
        }[name]

    assert not all(map(holds, talk.say(words(talk, "search"), place=PLACE)["services"]))
    need = talk.slots["need"]
    reply = talk.say(words(talk, name))

    assert reply["services"] and all(holds(service) for service in reply["services"])
    assert talk.tells(f"only.{name}", reply)
    assert need == talk.slots["need"]
    assert [name] == talk.slots["only"]


def test_one_refinement_after_another_adds_up_and_more_goes_on_with_them(talk: Talk) -> None:
    talk.say(words(talk, "counselling"), place=PLACE)
    talk.say(words(talk, "phone"))
    first = talk.say(words(talk, "free"))
    assert ["free", "phone"] == talk.slots["only"]
    further = talk.say(words(talk, "more"), further=True)

    shown = [service["id"] for reply in (first, further) for service in reply["services"]]
    assert len(shown) == len(set(shown)) > len(first["services"])
    assert all(service["phones"] for service in further["services"])


def test_the_buttons_page_as_the_words_do_and_show_all_again(talk: Talk) -> None:
    talk.say(words(talk, "counselling"), place=PLACE)
    narrowed = talk.say(words(talk, "phone"))
    payloads = [button["payload"] for button in narrowed["buttons"]]
    assert "find_service?shown=3" in payloads and "find_service?only=all" in payloads
    further = talk.say(shown=3)
    assert ["phone"] == talk.slots["only"] and further["services"]
    everything = talk.say(only="all")

    assert None is talk.slots["only"] and not talk.tells("only.phone", everything)
    assert "find_service?only=all" not in [b["payload"] for b in everything["buttons"]]


def test_what_gives_way_is_said(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, datetime(2026, 11, 24, 3, 0, tzinfo=LONDON))
    talk.say(words(talk, "search"), place=PLACE)
    reply = talk.say(words(talk, "open_now"))

    kept = all(service["open_now"] for service in reply["services"])
    assert talk.tells("only.open_now" if kept else "nothing.open_now", reply)
    assert reply["services"]


def test_nearer_shows_what_the_area_has_or_says_that_there_is_nothing_nearer(talk: Talk) -> None:
    first = talk.say(words(talk, "search"), place=PLACE)
    reply = talk.say(words(talk, "near"))

    local = {"cy": "Abertawe", "en": "Swansea"}[talk.language.value]
    theirs = all(local in service["area"] for service in reply["services"])
    assert talk.tells("only.near" if theirs else "nothing.near", reply)
    assert first["services"] and reply["services"]


def test_nearer_without_a_place_asks_for_one(talk: Talk) -> None:
    talk.say({"cy": "help gyda chyffuriau", "en": "help with drugs"}[talk.language.value])
    assert talk.tells("ask_place", talk.say(words(talk, "near")))


def test_english_is_fine_takes_the_wish_for_welsh_back(talk: Talk) -> None:
    talk.say(words(talk, "search"), place=PLACE)
    talk.say(words(talk, "in_welsh"))
    reply = talk.say(words(talk, "any_language"))

    assert ["any_language"] == talk.slots["only"]
    assert any("cy" not in service["languages"] for service in reply["services"])
    assert talk.tells("only.any_language", reply)


def test_for_children_keeps_the_need_and_theirs_come_first(
    talk: Talk,
    seeded: sa.Engine,  # noqa: F811
) -> None:
    talk.say(words(talk, "counselling"), place=PLACE)
    need = talk.slots["need"]
    reply = talk.say(words(talk, "child"))
    with seeded.connect() as lent:
        found = stored(lent, KIND["service"], [each["id"] for each in reply["services"]])

    assert talk.tells("only.child", reply)
    assert all("children_support" in vars(record)["needs"] for record in found.values())
    whole = talk.say(words(talk, "all"))
    assert need == talk.slots["need"]
    assert whole["services"] != reply["services"]


def test_another_need_begins_anew(talk: Talk) -> None:
    talk.say(words(talk, "search"), place=PLACE)
    talk.say(words(talk, "phone"))
    talk.say(words(talk, "counselling"), place=PLACE)

    assert None is talk.slots["only"]


@pytest.mark.parametrize("name", sorted(set(WORDS) - {"search", "more"}))
def test_ids_and_flags_are_kept_and_never_words(talk: Talk, name: str) -> None:
    talk.say(words(talk, "search"), place=PLACE)
    talk.say(words(talk, name))
    needs = {need.id for need in KNOWN}
    kept = dict(talk.slots)

    assert PLACE == kept.pop("place") and str(kept.pop("shown") or 0).isdigit()
    assert set(kept.pop("need")) <= needs and set(kept.pop("only") or ()) <= set(WORDS)
    assert {} == kept
