"""What runs and how publishing stands, in both databases; and that gateways follow it."""

from __future__ import annotations

import shutil

import pytest

from bot.release import seal
from gateway.app import create
from gateway.deployments import ALIVE_WITHIN, FINISH_WITHIN, Busy, Deployments
from tests.conftest import SECRET, run_alone
from tests.editor.test_accounts import database  # noqa: F401  # a fixture


@pytest.fixture
def clock():
    return [1_790_000_000.0]


@pytest.fixture
def deployments(database, clock):  # noqa: F811
    made = Deployments(database, lambda: clock[0])
    made.create()
    return made


def test_a_release_finishes_when_another_takes_over(deployments, clock):
    deployments.make_current("blue")
    deployments.make_candidate("green")
    assert {"blue": "current", "green": "candidate"} == deployments.roles()
    deployments.make_current("green")
    assert {"blue": "finishing", "green": "current"} == deployments.roles()
    clock[0] += FINISH_WITHIN + 1
    assert {"green": "current"} == deployments.roles()
    deployments.make_candidate("red")
    deployments.make_candidate("violet")
    assert {"green": "current", "violet": "candidate"} == deployments.roles()


def test_an_engine_that_gives_no_sign_of_life_is_not_used(deployments, clock):
    deployments.see_engine("http://a", "blue", True)
    deployments.see_engine("http://b", "blue", False)
    assert {"blue": ["http://a"]} == deployments.engines()
    clock[0] += ALIVE_WITHIN + 1
    assert {} == deployments.engines()


def test_only_one_publishes_at_a_time_and_one_machine_takes_it_on(deployments):
    number = deployments.begin("publish", "Mair")
    with pytest.raises(Busy):
        deployments.begin("publish", "Ifan")
    assert number == deployments.claim()
    assert deployments.claim() is None
    deployments.end(number, "done")
    assert number < deployments.begin("rollback", "Ifan", "blue")


def test_a_publication_whose_process_is_gone_is_interrupted(deployments, clock):
    number = deployments.begin("publish", "Mair")
    deployments.claim()
    assert deployments.tell(number, "train", 0.5)
    clock[0] += ALIVE_WITHIN + 1
    (told,) = deployments.publications()

    assert ("interrupted", "interrupted") == (told.step, told.reason)
    assert not deployments.tell(number, "swap", 0.0)
    assert deployments.begin("publish", "Ifan")


def test_a_publication_hears_that_it_should_stop(deployments):
    number = deployments.begin("publish", "Mair")
    assert deployments.tell(number, "train", 0.1)
    deployments.cancel(number)
    assert not deployments.tell(number, "train", 0.2)


def test_a_gateway_follows_the_database(chosen, releases):
    """New talks go to the new release, those that run stay; a release that is not whole never does."""
    app = create(chosen)
    fleet, database_ = app.state.door.fleet, app.state.door.database
    deployments = Deployments(database_)
    deployments.create()
    old = fleet.current.released.id
    for name in ("20260102T000000-new", "20260103T000000-bad"):
        folder = releases / name
        if not folder.exists():
            signed = shutil.ignore_patterns("manifest.*")
            shutil.copytree(releases / old, folder, ignore=signed)
            seal(folder, SECRET, "new")
    (releases / "20260103T000000-bad" / "words.json").write_text("{}")

    def look(name):
        deployments.make_current(old)
        deployments.make_current(name)
        deployments.see_engine("http://127.0.0.1:9", name, True)
        run_alone(fleet.look())
        return fleet.current.released.id

    assert old == look("20260103T000000-bad")
    assert "20260102T000000-new" == look("20260102T000000-new")
    assert old == fleet.turns("a" * 32, old).released.id
    assert "20260102T000000-new" == fleet.turns("a" * 32, None).released.id
