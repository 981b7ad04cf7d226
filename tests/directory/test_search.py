"""Search: filters, ranking, reasons, widening, paging, and whatever people type."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.language import Language
from directory import public
from directory.files import DATA, read
from directory.importer import bring_in
from directory.opening_hours import LONDON
from directory.places import area_of
from directory.search import HELPLINE, search, understand

NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=LONDON)


@pytest.fixture
def find(connection: sa.Connection, tuesday: datetime) -> Any:
    def found(text: str = "", place: str = "", **asked: Any) -> Any:
        area = area_of(connection, place) if place else None
        return search(connection, query=text, area=area, **{"now": tuesday, **asked})

    return found


def ids(result: Any) -> list[str]:
    return [one.id for one in result.services]


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_texts_come_in_the_language_asked_for(find: Any, language: Language) -> None:
    first = find("cyffuriau", "Llanelli", language=language).services[0]

    assert {"cy": "Cymru", "en": "Wales"}[language.value] == first.area
    assert ("Llinell" in first.description) == (language is Language.WELSH)


def test_local_comes_before_national(find: Any) -> None:
    found = find(needs=["family_information"], place="Rhyl").services

    assert "fis-denbighshire" == found[0].id
    assert "Denbighshire" == find(
        needs=["family_information"], place="Rhyl", language=Language.ENGLISH
    ).services[0].area  # fmt: skip


def test_another_countys_services_are_not_offered(find: Any) -> None:
    found = find(needs=["family_information"], place="Rhyl", limit=50)

    assert not {one for one in ids(found) if one.startswith("fis-")} - {"fis-denbighshire"}


def test_nothing_local_is_said(find: Any) -> None:
    assert "area" == find("cyffuriau", "Llanelli").widened
    assert find("cyffuriau", "Casnewydd").widened is None


def test_welsh_speaking_first_when_the_talk_is_in_welsh(find: Any) -> None:
    def place_of(language: Language) -> int:
        return ids(find("rhywun i siarad", limit=20, language=language)).index("samaritans-cymraeg")

    assert place_of(Language.WELSH) <= place_of(Language.ENGLISH)


def test_only_what_is_open_now(find: Any) -> None:
    found = find("arian", open_now=True, now=NIGHT, limit=20)
    at_noon = find("rhywun i siarad", open_now=True, limit=20)

    assert all(one.open_now for one in found.services) or found.widened == "open_now"
    assert at_noon.services and at_noon.widened != "open_now"
    assert all(one.open_now for one in at_noon.services)


def test_filters_give_way_and_it_is_said(find: Any) -> None:
    found = find(needs=["faith"], open_now=True, now=NIGHT)

    assert "open_now" == found.widened
    assert found.services


def test_only_phone_lines(find: Any) -> None:
    found = find("help", channel="phone", limit=20)

    assert found.services
    assert all(one.phones for one in found.services)


def test_only_free_calls(find: Any) -> None:
    assert all(
        any(line.free for line in one.phones) or one.withheld
        for one in find("arian", free=True, limit=20).services
    )


def test_in_welsh_only(find: Any) -> None:
    found = find(needs=["debt_and_benefits"], in_welsh=True, limit=20)

    assert "stepchange" not in ids(found)
    assert found.services


def test_a_childs_age_rules_out_what_is_for_others(find: Any) -> None:
    assert "discretionary-assistance-fund" not in ids(find(needs=["housing"], age=9, limit=50))
    assert "discretionary-assistance-fund" in ids(find(needs=["housing"], age=30, limit=50))


def test_services_of_the_prison_asked_about_come_first(find: Any) -> None:
    assert "invisible-walls-cardiff" == find(prison="cardiff").services[0].id


def test_a_town_outside_wales_is_still_offered_wider_services(find: Any) -> None:
    found = find("cyffuriau", "Croesoswallt")

    assert found.services
    assert "dan-24-7" not in ids(found)


def test_more_goes_on_where_the_last_page_ended(find: Any) -> None:
    whole = ids(find("arian", limit=10))

    assert whole == ids(find("arian", limit=5)) + ids(find("arian", limit=5, offset=5))


def test_past_the_end_there_is_nothing(find: Any) -> None:
    assert [] == ids(find("arian", offset=10_000))


def test_an_unknown_need_offers_families_services_and_says_so(find: Any) -> None:
    found = find("xyzzy plugh")

    assert "need" == found.widened
    assert "prisoners-families-helpline" == found.services[0].id


def test_an_unknown_need_id_is_widened(find: Any) -> None:
    found = find(needs=["flying"])

    assert "need" == found.widened
    assert found.services


def test_a_named_service_comes_first(find: Any) -> None:
    found = find("ydy StepChange ar agor", language=Language.WELSH)

    assert found.named
    assert "stepchange" == found.services[0].id


def test_low_confidence_withholds_phone_and_hours_and_gives_the_page(find: Any) -> None:
    [first] = find("stepchange", limit=1).services

    assert first.withheld
    assert ((), (), None) == (first.phones, first.schedule, first.open_now)
    assert first.url == "https://www.stepchange.org/"
    assert "withheld" in {reason.key for reason in first.why}


def test_reasons_explain_a_result(find: Any) -> None:
    [first] = find("Prisoners' Families Helpline", limit=1, language=Language.ENGLISH).services
    reasons = {reason.key: dict(reason.values) for reason in first.why}

    assert {"area": "England and Wales"} == reasons["covers"]
    assert {"time": "20:00"} == reasons["open_until"]
    assert {"for_families", "free_call"} <= set(reasons)


@pytest.mark.parametrize(
    ("language", "phrase"),
    [
        (
            Language.WELSH,
            "i deuluoedd carcharorion · ardal: Cymru a Lloegr · galwad am ddim · ar agor tan 20:00",
        ),
        (
            Language.ENGLISH,
            "for prisoners' families · area: England and Wales · free call · open until 20:00",
        ),
    ],
)
def test_a_result_is_explained_in_a_phrase(find: Any, language: Language, phrase: str) -> None:
    [first] = find("Prisoners' Families Helpline", limit=1, language=language).services

    assert phrase == public.why(first.why, language)


def test_unknown_hours_are_said_to_be_unknown(find: Any) -> None:
    [first] = find("Children Heard and Seen", limit=1).services

    assert first.phones and first.open_now is None and not first.schedule
    assert "hours_unknown" in {reason.key for reason in first.why}


def test_nothing_at_all_names_the_prisoners_families_helpline(
    cleared: sa.Engine, tmp_path: Path, tuesday: datetime
) -> None:
    held = yaml.safe_load((DATA / "services.yml").read_text("utf-8"))
    kept = {name: [one for one in held[name] if one["id"] == key] for name, key in
            (("organizations", "pact"), ("services", HELPLINE))}  # fmt: skip
    kept["services"][0]["needs"] = ["faith"]
    (tmp_path / "services.yml").write_text(yaml.safe_dump(kept), "utf-8")
    shutil.copy(DATA / "needs.yml", tmp_path)
    bring_in(cleared, read(tmp_path))
    with cleared.connect() as connection:
        found = search(connection, query="cyffuriau", now=tuesday)

    assert ("helpline", [HELPLINE]) == (found.widened, ids(found))
    assert ["0808 808 2003"] == [line.number for line in found.services[0].phones]


def test_when_it_opens_next_is_said(find: Any) -> None:
    saturday_night = datetime(2026, 11, 28, 23, 0, tzinfo=LONDON)
    [first] = find("Prisoners' Families Helpline", limit=1, now=saturday_night).services

    assert first.open_now is False
    assert datetime(2026, 11, 29, 10, 0, tzinfo=LONDON) == first.opens


def test_distance_is_given_where_a_service_has_a_place(find: Any) -> None:
    [first] = find(needs=["visitor_centre"], place="Abertawe", limit=1).services

    assert "pact-swansea-visitors-centre" == first.id
    assert first.distance_km is not None
    assert first.distance_km < 15


def test_what_is_understood(connection: sa.Connection) -> None:
    seen = understand(
        connection, "help i fy merch 14 oed ym Mangor, ei thad yng ngharchar y Berwyn"
    )

    assert (14, "berwyn") == (seen.age, seen.prison)
    assert seen.area is not None
    assert ("gwynedd",) == seen.area.authorities


_ROUGH = [
    "'; DROP TABLE service; --",
    "%",
    "_",
    "🙂" * 50,
    "x" * 5000,
    "\x00",
    "LL55 1AA",
    "\ud800",
]


@pytest.mark.parametrize("text", _ROUGH, ids=range(len(_ROUGH)))
def test_rough_text_gets_an_answer(connection: sa.Connection, text: str, tuesday: datetime) -> None:
    seen = understand(connection, text)
    found = search(connection, query=text, area=seen.area, prison=seen.prison, now=tuesday)

    assert found.services
    assert connection.scalar(sa.text("SELECT count(*) FROM service")) > 100


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(text=st.text(max_size=200), offset=st.integers(-5, 500), limit=st.integers(-1, 100))
def test_any_search_is_survived(
    connection: sa.Connection, tuesday: datetime, text: str, offset: int, limit: int
) -> None:
    found = search(connection, query=text, now=tuesday, offset=offset, limit=limit)

    assert len(found.services) <= max(0, min(limit, 50))
