"""Some of what `make bench-fuzz` makes up, against everything that reads it first."""

from __future__ import annotations

from bench.fuzz import run


def test_nothing_made_up_breaks_what_reads_it_first() -> None:
    outcome = run(seed=1, count=2000)

    assert outcome.broken == []
    assert outcome.tried == 2000
