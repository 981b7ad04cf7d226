"""The commands: seed, import with preview, export, search."""

from __future__ import annotations

from pathlib import Path

import pytest

from directory.__main__ import main


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'var' / 'directory.db'}"


def run(address: str, *words: str) -> int:
    return main(["--database", address, *words])


def test_seed_export_change_preview_and_import(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert [0, 0] == [run(address, "seed"), run(address, "export", str(out))]
    services = out / "services.yml"
    text = services.read_text(encoding="utf-8").replace(
        "name_en: Bawso\n", "name_en: Bawso Cymru\n"
    )
    services.write_text(text, encoding="utf-8")
    capsys.readouterr()

    assert 0 == run(address, "import", "--preview", str(out))
    assert "would change: 0 new, 2 different" in capsys.readouterr().out
    assert 0 == run(address, "import", str(out))
    assert "changed: 0 new, 2 different" in capsys.readouterr().out


def test_seeding_twice_does_nothing(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(address, "seed")

    assert 0 == run(address, "seed")
    assert "not empty" in capsys.readouterr().out


def test_refused_records_are_reported_and_counted_as_failure(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "needs.yml").write_text("needs: [{id: Wrong Id}]", encoding="utf-8")

    assert 1 == run(address, "import", str(tmp_path / "needs.yml"))
    assert "needs.yml:1: Wrong Id" in capsys.readouterr().err


def test_a_file_that_is_not_there(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == run(address, "import", "/nowhere.yml")
    assert "no such file" in capsys.readouterr().err


def test_a_database_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == run("postgresql://nobody@127.0.0.1:1/none", "seed")
    assert "did not answer" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["csv", "xlsx", "open-referral"])
def test_other_exports(address: str, tmp_path: Path, form: str) -> None:
    run(address, "seed")

    assert 0 == run(address, "export", "--as", form, str(tmp_path / "file"))
    assert (tmp_path / "file").stat().st_size > 1000


def test_a_search(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(address, "seed")

    assert 0 == run(address, "search", "--language", "cy", "cyffuriau yn Llanelli")
    assert "dan-24-7" in capsys.readouterr().out
