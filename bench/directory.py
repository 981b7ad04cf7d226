"""How fast the directory is searched: as seeded, and with 50,000 made-up services, on both databases.

`make bench-directory` prints a table and the plans of the query that ranks, and writes them to docs/directory.md.
PostgreSQL is measured where CYSWLLT_TEST_POSTGRES names a server or one can be started; left out otherwise.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

import sqlalchemy as sa

from bot.language import Language
from bot.settings import ROOT
from directory import listing
from directory.database import engine, upgrade
from directory.opening_hours import LONDON
from directory.places import area_of
from directory.ranking import query, values
from directory.records import Coverage, Eligibility, Opening, Phone, Service
from directory.search import search, understand, wanted_by
from directory.seed import seed
from directory.storage import KIND, stored, write
from tests.directory import postgres

REPORT = ROOT / "docs" / "directory.md"
_ABOUT = """# How fast the directory is searched

Made by `make bench-directory`: by need, name, place, prison, opening hours, age and cost, half in Welsh. The first line of a
database is the directory as it is, the second the same filled up with made-up services. The statements are those of one
search, the fewest and the most. The plans show that the services are found in an index alone, with nothing read that does
not match; the texts of the twenty best are then read by their key."""
_HEAD = """| database | services | statements | p50 ms | p95 ms | worst ms | target p95 | kept |
|---|---|---|---|---|---|---|---|"""
_LOAD = "{cores} cores, shared: their mean load over the last five minutes was {load:.1f}, this included."
MANY = 50_000
TARGETS = {"seeded": 5.0, "many": 25.0}
_ROUNDS = 300
_STEP = 2_500
_NOW = datetime(2026, 11, 24, 11, 0, tzinfo=LONDON)

_WIDE: tuple[Coverage, ...] = ("wales", "england_and_wales", "uk")

# What people type, from plain to everything at once; half in each language.
QUESTIONS: tuple[tuple[str, Language, dict[str, Any]], ...] = (
    ("cyffuriau yn Llanelli", Language.WELSH, {}),
    ("drugs help in Bridgend", Language.ENGLISH, {}),
    ("pres yn brin, dwi yng Nghaernarfon", Language.WELSH, {"free": True}),
    ("counselling for my lad in Newport", Language.ENGLISH, {"age": 14}),
    ("cymorth i deuluoedd carcharorion yn LL55", Language.WELSH, {"open_now": True}),
    ("support for families of prisoners at HMP Cardiff", Language.ENGLISH, {"channel": "phone"}),
    ("Samariaid", Language.WELSH, {}),
    ("someone to talk to", Language.ENGLISH, {}),
    ("gwybodaeth i deuluoedd yn y Rhyl", Language.WELSH, {"offset": 5}),
    ("help in north wales", Language.ENGLISH, {}),
    ("", Language.WELSH, {"needs": ["housing", "debt_and_benefits"]}),
    ("", Language.ENGLISH, {}),
)


@dataclass(frozen=True)
class Measured:
    """How long searches took, in milliseconds."""

    database: str
    size: int
    statements: Sequence[int]
    p50: float
    p95: float
    worst: float
    target: float

    def __str__(self) -> str:
        kept = "yes" if self.p95 <= self.target else "NO"
        figures = f"{self.p50:.2f} | {self.p95:.2f} | {self.worst:.2f} | {self.target:.0f} | {kept}"
        asked = "–".join(map(str, sorted({min(self.statements), max(self.statements)})))
        return f"| {self.database} | {self.size:,} | {asked} | {figures} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=MANY, help="made-up services")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="searches for each figure")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        measured, plans = [], []
        for name, database in _databases(stack):
            results, plan = measure(name, database, chosen.many, chosen.rounds)
            measured.extend(results)
            plans.append(f"{name}, {chosen.many:,} services:\n\n```text\n{plan}\n```")
    table = "\n".join([_HEAD, *map(str, measured)])
    load = _LOAD.format(cores=os.cpu_count(), load=os.getloadavg()[1])
    REPORT.write_text("\n\n".join([_ABOUT, table, load, *plans]) + "\n", "utf-8")
    print(REPORT.read_text("utf-8"))
    return int(any(one.p95 > one.target for one in measured))


def _databases(stack: ExitStack) -> Iterator[tuple[str, sa.Engine]]:
    """Yield a new database of each kind that can be had."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cyswllt-bench-")))
    yield "SQLite", engine(f"sqlite:///{folder / 'bench.db'}")
    if given := os.environ.get("CYSWLLT_TEST_POSTGRES"):
        yield "PostgreSQL", engine(given)
    elif postgres.binaries() is not None:
        yield "PostgreSQL", engine(stack.enter_context(_server(folder / "pg")))
    else:
        print("PostgreSQL is not installed: not measured", file=sys.stderr)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    folder.mkdir()
    with postgres.server(folder) as url:
        yield url


def measure(name: str, database: sa.Engine, many: int, rounds: int) -> tuple[list[Measured], str]:
    """Measure one database as seeded and filled up; return the figures and the plan."""
    upgrade(database)
    seed(database)
    with database.connect() as connection:
        first = _measured(name, connection, rounds, TARGETS["seeded"])
    fill(database, many)
    with database.connect() as connection:
        second = _measured(name, connection, rounds, TARGETS["many"])
        plan = plan_of(connection)
    database.dispose()
    return [first, second], plan


def _measured(name: str, connection: sa.Connection, rounds: int, target: float) -> Measured:
    """Time searches; the words are understood beforehand, as they are before a search."""
    size = len(stored_ids(connection))
    questions = [_prepared(connection, *question) for question in QUESTIONS]
    statements = [_statements(connection, question) for question in questions]
    times = []
    for turn in range(rounds):
        begun = time.perf_counter()
        search(connection, **questions[turn % len(questions)])
        times.append((time.perf_counter() - begun) * 1000)
    cuts = quantiles(times, n=100)
    return Measured(name, size, statements, cuts[49], cuts[94], max(times), target)


def _statements(connection: sa.Connection, question: dict[str, Any]) -> int:
    """Count what one search asks of the database."""
    asked: list[str] = []

    def note(*event: Any) -> None:
        asked.append(event[2])

    sa.event.listen(connection, "before_cursor_execute", note)
    search(connection, **question)
    sa.event.remove(connection, "before_cursor_execute", note)
    return len(asked)


def _prepared(
    connection: sa.Connection, text: str, language: Language, options: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments of one search."""
    seen = understand(connection, text)
    area = seen.area or area_of(connection, "" if text else "Cardiff")
    asked = {"query": text, "area": area, "prison": seen.prison, "language": language, "now": _NOW}
    return {**asked, **options}


def stored_ids(connection: sa.Connection) -> list[str]:
    """Return the ids of all services."""
    return list(connection.scalars(sa.select(KIND["service"].table.c.id)))


def fill(database: sa.Engine, many: int) -> None:
    """Add made-up services until there are *many*; the same ones every time."""
    chance = random.Random(4)
    with database.begin() as connection:
        held = stored_ids(connection)
        needs = list(stored(connection, KIND["need"]))
        authorities = list(stored(connection, KIND["local_authority"]))
        names = [_made_up(at, chance, needs, authorities) for at in range(many - len(held))]
        for start in range(0, len(names), _STEP):
            step = names[start : start + _STEP]
            write(connection, KIND["service"], [(start + at, one) for at, one in enumerate(step)])
            listing.refresh(connection, [one.id for one in step])
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As the server's own housekeeping does after a large change.
        connection.exec_driver_sql(
            "ANALYZE" if database.dialect.name == "sqlite" else "VACUUM ANALYZE"
        )


def _made_up(at: int, chance: random.Random, needs: list[str], authorities: list[str]) -> Service:
    """Make a service up, about as varied as the real ones."""
    local = chance.random() < 0.7
    words = [chance.choice(_WORDS) for _ in range(3)]
    wide: Coverage = chance.choice(_WIDE)
    return Service(
        id=f"made-up-{at}",
        organization="pact",
        name_cy=f"Prosiect {' '.join(words)} {at}",
        name_en=f"{' '.join(words)} project {at}",
        description_cy="Gwasanaeth ffug ar gyfer mesur cyflymder.",
        description_en="A made-up service for measuring speed.",
        needs=chance.sample(needs, chance.randint(1, 3)),
        relevance=chance.choice(["core", "secondary", "secondary"]),
        coverage="local" if local else wide,
        authorities=chance.sample(authorities, chance.choice([1, 1, 1, 3])) if local else [],
        eligibility=Eligibility(minimum_age=0, maximum_age=25) if chance.random() < 0.2 else None,
        phones=[Phone(number=f"0800 {at:06}", free=True)] if chance.random() < 0.7 else [],
        welsh=chance.choice(["yes", "partly", None, None]),
        schedule=[Opening(byday="MO,TU,WE,TH,FR", opens_at="09:00", closes_at="17:00")],
        confidence=chance.choice(["high", "medium"]),
    )


_WORDS = [
    "bryn",
    "gwawr",
    "enfys",
    "pont",
    "llwybr",
    "drws",
    "golau",
    "cwmni",
    "teg",
    "newydd",
    "gobaith",
    "craig",
    "dwr",
    "heulwen",
    "bridge",
    "path",
    "hope",
    "rainbow",
    "harbour",
    "castle",
    "river",
    "garden",
    "lantern",
    "anchor",
    "compass",
    "beacon",
    "meadow",
    "orchard",
    "willow",
]


def plan_of(connection: sa.Connection) -> str:
    """Return how the database runs the ranking query: that it uses the index."""
    wanted = wanted_by(connection, "drugs help in Bridgend", Language.ENGLISH, _NOW)
    filled = query(wanted).params(values(wanted, 20))
    compiled = filled.compile(connection, compile_kwargs={"literal_binds": True})
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
        return "\n".join(row[3] for row in rows)
    rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {compiled}")
    return "\n".join(row[0] for row in rows)


if __name__ == "__main__":
    sys.exit(main())
