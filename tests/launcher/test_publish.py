"""What can go wrong on the way to a release: it is said plainly, and nothing has moved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bot.release import Release
from bot.settings import Settings
from directory.database import engine as open_database
from gateway.deployments import Deployments
from launcher import gate, publish
from launcher.publish import Job, run
from tests.editor.conftest import git
from tests.story.small import small_tree

CONFIG = "bot.pipeline.classifier.TopicClassifier"


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Path:
    """A small tree of its own, which is published instead of ours."""
    made = small_tree(tmp_path / "tree")
    monkeypatch.setattr(publish, "ROOT", made)
    monkeypatch.setattr(publish, "VAR", made / "var")
    return made


@pytest.fixture
def chosen(tmp_path) -> Settings:
    database = f"sqlite:///{tmp_path / 'publish.db'}"
    return replace(
        Settings(), database_url=database, releases=str(tmp_path / "releases"), secret="s"
    )


def published(chosen: Settings):
    """Ask for a publication, carry it out, and return how it ended."""
    deployments = Deployments(open_database(chosen.database_url))
    deployments.create()
    deployments.make_current("blue")
    number = deployments.begin("publish", "Mair")
    run(Job(number, deployments), chosen, deployments)
    assert {"blue": "current"} == deployments.roles()
    left = list(Path(chosen.releases).iterdir()) if Path(chosen.releases).exists() else []
    assert [] == left
    return deployments.publication(number)


def commit(tree: Path, name: str, old: str, new: str) -> None:
    path = tree / name
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    git(tree, "commit", "-q", "-a", "-m", "a change")


def test_unfinished_changes_from_outside_are_named(tree, chosen):
    (tree / "bot/content/cy/visiting.yml").write_text("half")
    told = published(chosen)

    assert ("failed", "unclean") == (told.step, told.reason)
    assert ("bot/content/cy/visiting.yml",) == told.details


def test_content_that_breaks_a_rule_is_refused_before_training(tree, chosen):
    commit(
        tree, "bot/content/en/visiting.yml", "title: Book a visit", "title: Book a visit\n    x: y"
    )
    told = published(chosen)

    assert ("refused", "checks") == (told.step, told.reason)
    assert any("mend Book a visit" in line["en"] for line in told.details)
    assert any("trwsiwch Trefnu ymweliad" in line["cy"] for line in told.details)


def test_a_file_that_cannot_be_read_is_named(tree, chosen):
    commit(tree, "bot/content/en/visiting.yml", "answers:", "answers: [")
    told = published(chosen)

    assert ("refused", "checks") == (told.step, told.reason)
    assert "visiting.yml" in told.details[0]


def test_too_little_room_on_the_disk_is_said(tree, chosen, monkeypatch):
    monkeypatch.setattr(publish, "ROOM", 10**18)
    told = published_somewhere(chosen)

    assert ("failed", "disk") == (told.step, told.reason)


def published_somewhere(chosen: Settings):
    Path(chosen.releases).mkdir()
    return published(chosen)


def test_a_history_that_cannot_be_read_is_said(tree, chosen):
    (tree / ".git/HEAD").write_text("nonsense")
    told = published(chosen)

    assert ("failed", "git") == (told.step, told.reason)


def test_a_training_that_fails_leaves_nothing_behind(tree, chosen):
    commit(tree, "config.yml", CONFIG, f"{CONFIG}X")
    told = published(chosen)

    assert ("failed", "training") == (told.step, told.reason)
    assert told.details


@pytest.mark.parametrize(
    ("then", "step"), [({"cy": 80.0, "en": 86.4}, "refused"), ({"cy": 80.0, "en": 85.0}, "done")]
)
def test_a_candidate_that_leaves_welsh_behind_is_refused_and_the_old_one_runs(
    tree, chosen, monkeypatch, then, step
):
    """The two figures are given; what the gate makes of them, and what becomes of it, is real."""
    Path(chosen.releases).mkdir()
    green, blue = (Release(name, tree) for name in ("green", "blue"))
    monkeypatch.setattr(publish, "_built", lambda *_: green)
    monkeypatch.setattr(publish, "_warmed", lambda *_: None)
    monkeypatch.setattr(publish, "_live", lambda *_: blue)
    monkeypatch.setattr(publish, "_rehearsed", _no_talks)
    monkeypatch.setattr(Release, "content", property(lambda _: tree / "bot/content"))
    monkeypatch.setattr(
        gate, "measured", lambda release, _: {"cy": 80.0, "en": 85.0} if release is blue else then
    )
    deployments = Deployments(open_database(chosen.database_url))
    deployments.create()
    deployments.make_current("blue")
    number = deployments.begin("publish", "Mair")
    with ThreadPoolExecutor(1) as alone:  # browser tests leave a loop running on this thread
        alone.submit(run, Job(number, deployments), chosen, deployments).result()
    told = deployments.publication(number)

    assert step == told.step, told
    assert {"refused": "blue", "done": "green"}[step] == deployments.current()
    if step == "refused":
        assert "gap" == told.reason
        assert "5.0 → 6.4" in told.details[0] and "English 85.0 % → 86.4 %" in told.details[0]


async def _no_talks(*_):
    return []


def test_a_release_that_was_tampered_with_is_not_gone_back_to(tree, chosen):
    deployments = Deployments(open_database(chosen.database_url))
    deployments.create()
    deployments.make_current("blue")
    number = deployments.begin("rollback", "Mair", "../../etc")
    run(Job(number, deployments), chosen, deployments)
    told = deployments.publication(number)

    assert ("failed", "untrusted") == (told.step, told.reason)
    assert {"blue": "current"} == deployments.roles()
