"""Questions about one thing: services, prisons, councils; in both languages, nothing that may not be shown."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa
import yaml

from bot.language import Language
from directory import queries
from directory.files import DATA
from directory.tables import prison as prison_table
from directory.tables import prison_fact


@pytest.mark.parametrize(
    ("language", "name"),
    [(Language.WELSH, "Carchar Caerdydd"), (Language.ENGLISH, "HMP & YOI Cardiff")],
)
def test_a_prison(connection: sa.Connection, language: Language, name: str) -> None:
    found = queries.prison(connection, "cardiff", language)

    assert found is not None
    assert (name, "CF24 0UG") == (found.name, found.postcode)
    assert found.phone is not None
    assert found.phone.check


def test_prisons_in_wales_come_first(connection: sa.Connection) -> None:
    countries = [one.country for one in queries.prisons(connection)]

    assert 14 == len(countries)
    assert sorted(countries, key=lambda country: country != "wales") == countries


def test_numbers_of_low_confidence_are_not_given(connection: sa.Connection) -> None:
    columns = sa.select(prison_table.c.id, prison_table.c.safer_custody_phone)
    held = {row.id: row.safer_custody_phone for row in connection.execute(columns)}
    low = [key for key, phone in held.items() if phone and phone["confidence"] == "low"]

    assert low
    for key in low:
        found = queries.prison(connection, key)
        assert found is not None
        assert found.safer_custody_phone is None


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_facts_of_a_prison(connection: sa.Connection, language: Language) -> None:
    facts = queries.prison_facts(connection, "berwyn", language=language)
    [booking] = queries.prison_facts(connection, "berwyn", "book_visit", language)

    assert booking in facts
    assert "01978 523352" in booking.text
    assert booking.check
    assert booking.sources


def test_facts_of_low_confidence_are_never_shown(connection: sa.Connection) -> None:
    low = connection.execute(
        sa.select(prison_fact.c.prison_id, prison_fact.c.topic).where(
            prison_fact.c.confidence == "low"
        )
    ).all()

    for prison, topic in low:
        assert () == queries.prison_facts(connection, prison, topic)


def test_a_service_in_both_languages(connection: sa.Connection, tuesday: datetime) -> None:
    welsh = queries.service(connection, "live-fear-free", Language.WELSH, tuesday)
    english = queries.service(connection, "live-fear-free", Language.ENGLISH, tuesday)

    assert welsh is not None
    assert english is not None
    assert ("Llinell Gymorth Byw Heb Ofn", "Live Fear Free helpline") == (welsh.name, english.name)
    assert ("gwybodaeth@llinellgymorthbywhebofn.cymru", True) == (welsh.email, welsh.open_now)
    assert welsh.phones == english.phones


def test_the_welsh_line_comes_first_in_welsh(connection: sa.Connection, tuesday: datetime) -> None:
    welsh = queries.service(connection, "universal-credit-helpline", Language.WELSH, tuesday)

    assert welsh is not None
    assert "0800 328 1744" == welsh.phone_welsh or welsh.withheld


@pytest.mark.parametrize(
    ("language", "address"),
    [
        (Language.WELSH, "200 Heol Ystumllwynarth, Abertawe, SA1 3SR"),
        (Language.ENGLISH, "200 Oystermouth Road, Swansea, SA1 3SR"),
    ],
)
def test_a_service_that_is_somewhere_says_where(
    connection: sa.Connection, tuesday: datetime, language: Language, address: str
) -> None:
    centre = queries.service(connection, "pact-swansea-visitors-centre", language, tuesday)
    helpline = queries.service(connection, "meic", language, tuesday)

    assert centre is not None
    assert helpline is not None
    assert (address, None) == (centre.address, helpline.address)


def test_services_by_name(connection: sa.Connection, tuesday: datetime) -> None:
    named = queries.services_named(connection, "rhif ffôn Meic plîs", Language.WELSH, tuesday)

    assert ["meic"] == [one.id for one in named]


@pytest.mark.parametrize("text", ["", "help", "dwi angen cymorth", "he beat me", "do you mind"])
def test_ordinary_words_name_no_service(connection: sa.Connection, text: str) -> None:
    found = queries.services_named(
        connection, f"{text} and it was a long evening", Language.ENGLISH
    )

    assert () == found


def test_authorities(connection: sa.Connection) -> None:
    found = queries.authorities(connection, Language.WELSH)
    denbighshire = queries.authority(connection, "denbighshire", Language.WELSH)

    assert 22 == len(found)
    assert denbighshire is not None
    assert "Cyngor Sir Ddinbych" == denbighshire.council_name
    assert "01824 712200" == denbighshire.childrens_services.phone
    assert "fis-denbighshire" == denbighshire.fis_service


def test_what_is_not_there_is_none(connection: sa.Connection) -> None:
    assert queries.prison(connection, "alcatraz") is None
    assert queries.authority(connection, "atlantis") is None
    assert queries.service(connection, "nobody", Language.WELSH) is None


def test_needs_have_names_in_both_languages(connection: sa.Connection) -> None:
    welsh = queries.needs(connection, Language.WELSH)
    english = queries.needs(connection, Language.ENGLISH)

    assert [one.id for one in welsh] == [one.id for one in english]
    assert "Tai a rhent" in [one.name for one in welsh]


def test_crisis_numbers_say_why_they_may_be_trusted() -> None:
    held = yaml.safe_load((DATA / "crisis_numbers.yml").read_text(encoding="utf-8"))["numbers"]

    assert all(
        one["why_cy"] and one["why_en"] and (one.get("phone") or one.get("text")) for one in held
    )
    assert {"999", "111", "116 123", "0808 80 10 800"} <= {one.get("phone") for one in held}
