"""Nothing is lost on the way out and back: YAML, Open Referral UK JSON, the tables themselves."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import open_referral
from directory.exporter import (
    records,
    write_csv,
    write_open_referral,
    write_xlsx,
    write_yaml,
    yaml_files,
)
from directory.files import DATA, Contents, Found, dump, read
from directory.importer import bring_in, plan
from directory.records import (
    Contact,
    Cost,
    Eligibility,
    Opening,
    Organization,
    Phone,
    Provenance,
    Service,
    Source,
    Spoken,
)
from directory.storage import KIND, stored

_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
_MAYBE = st.none() | _TEXT
_URL = st.sampled_from(["https://example.org/", "http://enghraifft.cymru/tudalen?q=ŵ"])
_NUMBER = st.from_regex(r"\A0[0-9]{3,10}\Z")
_AGE = st.none() | st.integers(0, 120)
_AS_OF = st.none() | st.sampled_from(["2026-09-16", "2026-09", "2026"])
_PHONE = st.builds(
    Phone, number=_NUMBER, type=st.sampled_from(["voice", "text"]), keyword=st.none() | _TEXT.map(lambda text: text[:20].strip() or "x"),
    language=st.sampled_from([None, "cy", "en"]), free=st.sampled_from([None, True, False]),
    description_cy=_MAYBE, description_en=_MAYBE, extension=st.none(),
)  # fmt: skip
_OPENING = st.builds(
    Opening, byday=st.sampled_from(["MO", "MO,TU", "SA,SU", "MO,TU,WE,TH,FR,SA,SU"]),
    opens_at=st.sampled_from(["00:00", "09:00"]), closes_at=st.sampled_from(["17:30", "24:00"]),
    description_cy=_MAYBE, description_en=_MAYBE,
)  # fmt: skip
_SERVICES = st.builds(
    Service, id=st.just("made"), organization=st.just("body"), name_cy=_MAYBE, name_en=_TEXT,
    description_cy=_TEXT, description_en=_TEXT, needs=st.just(["advice", "legal"]),
    relevance=st.sampled_from(["core", "secondary", "reference"]), coverage=st.just("wales"),
    authorities=st.just([]), prisons=st.just([]), locations=st.just([]),
    eligibility=st.none() | st.builds(
        Eligibility, eligibility_cy=_MAYBE, eligibility_en=_MAYBE, minimum_age=_AGE,
        maximum_age=_AGE, age_note=_MAYBE,
    ),
    phones=st.lists(_PHONE, max_size=3), url=st.none() | _URL, url_cy=st.none() | _URL,
    email=st.sampled_from([None, "help@example.org"]), email_cy=st.none(),
    webchat=st.sampled_from([None, True, False]), welsh=st.sampled_from([None, "yes", "partly", "no"]),
    languages=st.lists(st.builds(Spoken, code=st.sampled_from(["cy", "pl"]), note=_MAYBE), max_size=2),
    schedule=st.lists(_OPENING, max_size=3), bank_holidays=st.sampled_from(["open", "closed", "unknown"]),
    hours_note_cy=_MAYBE, hours_note_en=_MAYBE,
    costs=st.lists(st.builds(
        Cost, amount=st.none() | st.sampled_from([0.0, 2.5, 19.99]), currency=st.just("GBP"),
        option_cy=_MAYBE, option_en=_MAYBE,
    ), max_size=2),
    contacts=st.lists(st.builds(
        Contact, name_cy=_MAYBE, name_en=_MAYBE, title_cy=_MAYBE, title_en=_MAYBE, email=st.none(),
        phone=st.none() | _NUMBER,
    ), max_size=2),
    status=st.just("active"), notes=_MAYBE, as_of=_AS_OF,
    checked_on=st.just(date(2026, 11, 1)), checked_by=_TEXT,
    confidence=st.sampled_from(["high", "medium", "low"]),
    sources=st.lists(st.builds(Source, title_cy=_MAYBE, title_en=_MAYBE, url=_URL, as_of=_AS_OF), max_size=2),
    provenance=st.lists(st.builds(Provenance, url=_MAYBE, as_of=_AS_OF, note=_MAYBE), max_size=2),
)  # fmt: skip
_BODY = Organization(id="body", name_en="Body")
_KEPT = read(DATA).records
_SLOWLY = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)


@_SLOWLY
@given(_SERVICES)
def test_a_service_through_yaml(tmp_path: Path, service: Service) -> None:
    for name, text in dump({"organization": [_BODY], "service": [service]}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    contents = read(tmp_path)

    assert [] == list(contents.problems)
    assert [service] == [one.record for one in contents.records["service"]]


@_SLOWLY
@given(_SERVICES)
def test_a_service_through_the_tables(cleared: sa.Engine, service: Service) -> None:
    contents = _with(service)
    bring_in(cleared, contents)
    with cleared.connect() as connection:
        back = stored(connection, KIND["service"])["made"]

        assert service == back
        assert [] == list(plan(connection, contents).changes)


@_SLOWLY
@given(_SERVICES)
def test_a_service_through_open_referral(
    cleared: sa.Engine, tmp_path: Path, service: Service
) -> None:
    bring_in(cleared, _with(service))
    file = tmp_path / "services.json"
    with cleared.connect() as connection:
        write_open_referral(connection, file)
    contents = open_referral.read(file)

    assert [] == list(contents.problems)
    assert [service] == [one.record for one in contents.records["service"]]


def _with(service: Service) -> Contents:
    """Return contents that hold one service and all it refers to."""
    found = {"need": _KEPT["need"], "organization": [Found(_BODY, "f", 1, 0)]}
    return Contents({**found, "service": [Found(service, "f", 1, 0)]}, [])


def test_the_whole_directory_through_yaml(seeded: sa.Engine, tmp_path: Path) -> None:
    with seeded.connect() as connection:
        write_yaml(connection, tmp_path)
        again = plan(connection, read(tmp_path))
        held = records(connection)

    assert ([], []) == (list(again.changes), list(again.problems))
    assert {kind: [one.record for one in found] for kind, found in _KEPT.items()} == held


def test_the_files_written_by_export_come_back_letter_for_letter(connection: sa.Connection) -> None:
    texts = yaml_files(connection)
    ours = ("services.yml", "local_authorities.yml", "outcodes.yml", "places.yml")

    assert {name: (DATA / name).read_text(encoding="utf-8") for name in ours} == {
        name: texts[name] for name in ours
    }


def test_the_whole_directory_through_open_referral(seeded: sa.Engine, tmp_path: Path) -> None:
    file = tmp_path / "services.json"
    with seeded.connect() as connection:
        write_open_referral(connection, file)
        contents = open_referral.read(file)
        again = plan(connection, contents)

    assert 151 == len(contents.records["service"])
    assert ([], []) == (list(again.changes), list(again.problems))


def test_what_we_give_keeps_to_the_schema(connection: sa.Connection) -> None:
    assert [] == open_referral.faults(open_referral.export(connection))


FOREIGN: dict[str, Any] = {
    "id": "a3f1c7a2-0d3e-4a5c-9b4e-0d9b1a2c3d4e",
    "name": "Parent drop-in",
    "description": "Tea and advice.",
    "status": "active",
    "organization": {
        "id": "b3f1c7a2-0d3e-4a5c-9b4e-0d9b1a2c3d4e",
        "name": "Council",
        "description": "x",
    },
    "phones": [{"id": "c3f1c7a2-0d3e-4a5c-9b4e-0d9b1a2c3d4e", "number": "01234 567890"}],
    "schedules": [
        {
            "id": "d3f1c7a2-0d3e-4a5c-9b4e-0d9b1a2c3d4e",
            "freq": "WEEKLY",
            "byday": "MO,TU",
            "opens_at": "09:00",
            "closes_at": "23:59",
        }
    ],
}


def test_a_service_from_elsewhere_is_taken_with_low_confidence(
    cleared: sa.Engine, tmp_path: Path
) -> None:
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps([FOREIGN]), encoding="utf-8")
    bring_in(cleared, Contents({"need": _KEPT["need"]}, []))
    done = bring_in(cleared, open_referral.read(file))

    assert [] == list(done.problems)
    with cleared.connect() as connection:
        [taken] = stored(connection, KIND["service"]).values()
    assert ("Parent drop-in", "low", "24:00") == (
        vars(taken)["name_en"], vars(taken)["confidence"], vars(taken)["schedule"][0].closes_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"id": "no uuid"}, {"status": "perhaps"}, {"name": ""}, {"url": "ftp:x"}]
)
def test_what_breaks_the_schema_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps([{**FOREIGN, **wrong}, FOREIGN]), encoding="utf-8")
    contents = open_referral.read(file)

    assert (1, 1) == (len(contents.problems), len(contents.records["service"]))


def test_spreadsheets_hold_every_service_and_no_formula(
    connection: sa.Connection, tmp_path: Path
) -> None:
    write_csv(connection, tmp_path / "services.csv")
    write_xlsx(connection, tmp_path / "services.xlsx")
    text = (tmp_path / "services.csv").read_text(encoding="utf-8-sig")

    assert text.startswith("id,organization,name_cy")
    assert "Llinell Gymorth" in text
    assert (tmp_path / "services.xlsx").stat().st_size > 10_000
    assert not [line for line in text.splitlines() if line.startswith(("=", "+", "@"))]
