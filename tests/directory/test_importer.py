"""Imports: what is refused and why, what changes, all or nothing, and seeding only what is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from directory.errors import InvalidFile, LookupUnavailable
from directory.files import DATA, read
from directory.importer import bring_in, plan
from directory.search import search
from directory.seed import is_empty, seed
from directory.storage import KIND, stored
from directory.tables import service, service_listing

ORGANIZATION = {"id": "nyth", "name_en": "Nyth"}
SERVICE: dict[str, Any] = {
    "id": "nyth-bach",
    "organization": "nyth",
    "name_cy": "Nyth Bach",
    "name_en": "Little Nest",
    "description_cy": "Grŵp i blant.",
    "description_en": "A group for children.",
    "needs": ["children_support"],
    "relevance": "core",
    "coverage": "uk",
}
NEED = {
    "id": "children_support",
    "name_cy": "Plant",
    "name_en": "Children",
    "words_cy": ["plant"],
    "words_en": ["kids"],
}


def written(folder: Path, **sections: list[Any]) -> Path:
    """Write a folder of data files; sections of services.yml by name, needs apart."""
    held = {"organizations": [ORGANIZATION], "services": [SERVICE], **sections}
    needs = held.pop("needs", [NEED])
    (folder / "needs.yml").write_text(yaml.safe_dump({"needs": needs}), encoding="utf-8")
    (folder / "services.yml").write_text(yaml.safe_dump(held), encoding="utf-8")
    return folder


def count(database: sa.Engine, table: sa.Table = service) -> int:
    with database.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_importing_twice_changes_nothing_more(cleared: sa.Engine, tmp_path: Path) -> None:
    contents = read(written(tmp_path))
    first, second = bring_in(cleared, contents), bring_in(cleared, contents)

    assert [3, 0] == [len(first.changes), len(second.changes)]
    assert {"service": 1, "organization": 1, "need": 1}.items() <= dict(second.unchanged).items()


def test_a_change_names_its_fields(cleared: sa.Engine, tmp_path: Path) -> None:
    bring_in(cleared, read(written(tmp_path)))
    changed = {**SERVICE, "name_en": "Small Nest", "welsh": "yes"}
    [change] = bring_in(cleared, read(written(tmp_path, services=[changed]))).changes

    assert ("nyth-bach", ("name_en", "welsh")) == (change.found.record.id, change.fields)
    with cleared.connect() as connection:
        assert "Small Nest" == vars(stored(connection, KIND["service"])["nyth-bach"])["name_en"]


def test_a_preview_changes_nothing(cleared: sa.Engine, tmp_path: Path) -> None:
    with cleared.connect() as connection:
        previewed = plan(connection, read(written(tmp_path)))

    assert 3 == len(previewed.changes)
    assert 0 == count(cleared)


def test_what_is_not_in_the_file_is_kept(cleared: sa.Engine, tmp_path: Path) -> None:
    bring_in(cleared, read(written(tmp_path)))
    done = bring_in(cleared, read(written(tmp_path, services=[])))

    assert ["nyth-bach"] == done.kept["service"]
    assert 1 == count(cleared)


def _bad(**wrong: Any) -> dict[str, Any]:
    return {**SERVICE, "id": "bad", **wrong}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param(
            _bad(phones=[{"number": "ring me"}]), "phones.0.number", id="a number that is none"
        ),
        pytest.param(_bad(nmae_en="x"), "nmae_en: Extra inputs", id="a slip in a field's name"),
        pytest.param(_bad(description_cy=None), "description_cy", id="no Welsh"),
        pytest.param(
            _bad(organization="nobody"), "no organization called nobody", id="no such body"
        ),
        pytest.param(_bad(needs=["dancing"]), "no need called dancing", id="no such need"),
        pytest.param(_bad(coverage="local"), "local needs them", id="local to nowhere"),
        pytest.param(_bad(checked_on="2026-11-01"), "go together", id="checked by nobody"),
        pytest.param(_bad(as_of="last week"), "as_of", id="no date"),
        pytest.param(_bad(url="javascript:alert(1)"), "url", id="no web address"),
        pytest.param(
            _bad(schedule=[{"byday": "MO", "opens_at": "17:00", "closes_at": "09:00"}]),
            "later than opens_at",
            id="closes before it opens",
        ),
        pytest.param("only a word", "valid dictionary", id="no record at all"),
        pytest.param({**SERVICE}, "used twice", id="an id used twice"),
        pytest.param(_bad(name_en="\x00"), "", id="no text"),
    ],
)
def test_a_bad_record_is_refused_with_file_line_and_reason_and_the_rest_comes_in(
    cleared: sa.Engine, tmp_path: Path, record: Any, reason: str
) -> None:
    done = bring_in(cleared, read(written(tmp_path, services=[SERVICE, record])))

    assert 1 == len(done.problems)
    problem = done.problems[0]
    assert "services.yml" == problem.file
    assert problem.line > 10
    assert reason in problem.reason
    assert 1 == count(cleared)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(b"services: [", "", id="cut off"),
        pytest.param(b"\xff\xfe\x00", "UTF-8", id="not UTF-8"),
        pytest.param(b"- just\n- a list", "name of a section", id="no sections"),
        pytest.param(b"services: a word", "should be a list", id="no list"),
        pytest.param(b"services: [{id: x, as_of: 2026-13-45}]", "", id="an impossible date"),
    ],
)
def test_a_corrupt_file_is_a_problem_and_not_the_end(
    cleared: sa.Engine, tmp_path: Path, text: bytes, reason: str
) -> None:
    written(tmp_path)
    (tmp_path / "services.yml").write_bytes(text)
    done = bring_in(cleared, read(tmp_path))

    assert done.problems
    assert any(reason in problem.reason for problem in done.problems)
    assert 1 == len(done.changes)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="no such file"):
        read(tmp_path / "nowhere")


def test_an_import_that_fails_half_way_changes_nothing(cleared: sa.Engine) -> None:
    def fail(kind: str, _done: int, _total: int) -> None:
        if kind == "service":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_in(cleared, read(DATA), fail)

    assert is_empty(cleared)
    assert 0 == count(cleared, service_listing)


def test_only_an_empty_directory_is_seeded(cleared: sa.Engine, tmp_path: Path) -> None:
    assert seed(cleared, written(tmp_path)) is not None
    assert seed(cleared) is None
    assert 1 == count(cleared)


def test_progress_is_reported(cleared: sa.Engine) -> None:
    seen: list[tuple[str, int, int]] = []
    seed(cleared, report=lambda kind, done, total: seen.append((kind, done, total)))

    assert ("service", 151, 151) in seen


def test_the_seed_has_no_problems_and_all_of_the_facts(seeded: sa.Engine) -> None:
    contents = read(DATA)
    sizes = {kind: len(found) for kind, found in contents.records.items()}
    fis = [one for one in contents.records["service"] if one.record.id.startswith("fis-")]

    assert [] == contents.problems
    assert {
        "service": 151,
        "local_authority": 22,
        "outcode": 225,
        "prison": 14,
    }.items() <= sizes.items()
    assert 22 == len(fis)
    assert sizes["place"] >= 450


def test_nothing_second_hand_is_shown_as_a_source() -> None:
    shown = [
        source for one in read(DATA).records["service"] for source in vars(one.record)["sources"]
    ]

    assert shown
    assert all(
        source.url and "second-hand" not in f"{source.url}{source.title_en}" for source in shown
    )


def test_a_service_made_inactive_is_found_no_more(
    cleared: sa.Engine, tmp_path: Path, tuesday: Any
) -> None:
    bring_in(cleared, read(written(tmp_path)))
    bring_in(cleared, read(written(tmp_path, services=[{**SERVICE, "status": "inactive"}])))

    with cleared.connect() as connection:
        assert () == tuple(search(connection, query="plant", now=tuesday).services)


def test_an_upgrade_without_a_server_is_unavailable() -> None:
    from directory.database import engine, upgrade

    with pytest.raises(LookupUnavailable):
        upgrade(engine("postgresql://nobody@127.0.0.1:1/none"))
