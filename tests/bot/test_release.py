"""Releases: signed, whole, and swapped in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.release import UntrustedRelease, current, prune, publish, seal, verify


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    return tmp_path


def make(releases: Path, name: str) -> Path:
    folder = releases / name
    (folder / "content").mkdir(parents=True)
    (folder / "content" / "a.yml").write_text("answers: {}")
    return folder


def test_a_sealed_release_can_be_published_and_read_back(releases: Path) -> None:
    release = seal(make(releases, "one"), "secret", "mark")
    publish(releases, release)

    assert release == current(releases, "secret")


def test_a_changed_file_is_not_trusted(releases: Path) -> None:
    folder = make(releases, "one")
    seal(folder, "secret", "mark")
    (folder / "content" / "a.yml").write_text("answers: {evil: 1}")

    with pytest.raises(UntrustedRelease, match=r"a\.yml"):
        verify(folder, "secret")


def test_another_secret_is_not_trusted(releases: Path) -> None:
    folder = make(releases, "one")
    seal(folder, "secret", "mark")

    with pytest.raises(UntrustedRelease, match="not signed"):
        verify(folder, "other")


def test_no_release_says_what_to_do(releases: Path) -> None:
    with pytest.raises(UntrustedRelease, match="make train"):
        current(releases, "secret")


def test_old_releases_go_and_the_running_one_stays(releases: Path) -> None:
    made = [seal(make(releases, f"r{number:02}"), "s", "m") for number in range(13)]
    publish(releases, made[0])
    prune(releases, keep=10)

    left = sorted(path.name for path in releases.iterdir() if path.is_dir())
    assert ["r00", *(f"r{number:02}" for number in range(3, 13))] == left
