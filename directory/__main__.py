"""The directory from the command line: upgrade, seed, import, export, search. For operators, in English."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.language import Language
from directory import open_referral
from directory.database import connect, engine, upgrade
from directory.errors import DirectoryError
from directory.exporter import WRITERS
from directory.files import DATA, Contents, read
from directory.importer import Plan, bring_in, plan
from directory.search import search, understand
from directory.seed import seed

_SHOWN = 40  # changes listed one by one


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if all went well, 1 if records were refused, 2 if nothing could be done."""
    chosen = _parser().parse_args(arguments)
    database = engine(chosen.database)
    try:
        upgrade(database)
        return int(chosen.run(database, chosen))
    except DirectoryError as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        database.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m directory", description=__doc__)
    parser.add_argument("--database", help="address of the database; else CYSWLLT_DATABASE_URL")
    commands = parser.add_subparsers(required=True, metavar="command")
    commands.add_parser("upgrade", help="create or change the tables").set_defaults(run=_upgrade)
    commands.add_parser("seed", help="fill an empty directory").set_defaults(run=_seed)
    bring = commands.add_parser(
        "import", help="bring data files in: YAML, or Open Referral UK JSON"
    )
    bring.add_argument("path", nargs="?", type=Path, default=DATA)
    bring.add_argument("--preview", action="store_true", help="only say what would change")
    bring.set_defaults(run=_import)
    give = commands.add_parser("export", help="write the directory out")
    give.add_argument("path", type=Path, help="a folder for yaml, else a file")
    give.add_argument("--as", dest="form", choices=sorted(WRITERS), default="yaml")
    give.set_defaults(run=_export)
    look = commands.add_parser("search", help="show what a search finds")
    look.add_argument("text")
    look.add_argument("--language", choices=[one.value for one in Language], default="en")
    look.set_defaults(run=_search)
    return parser


def _upgrade(_database: sa.Engine, _chosen: argparse.Namespace) -> int:
    return 0


def _seed(database: sa.Engine, _chosen: argparse.Namespace) -> int:
    done = seed(database, report=_progress)
    if done is None:
        print("the directory is not empty: nothing was done (use import)")
        return 0
    return _summary(done, "seeded")


def _import(database: sa.Engine, chosen: argparse.Namespace) -> int:
    contents = _contents(chosen.path)
    if chosen.preview:
        with connect(database) as connection:
            return _summary(plan(connection, contents), "would change")
    return _summary(bring_in(database, contents, _progress), "changed")


def _contents(path: Path) -> Contents:
    return open_referral.read(path) if path.suffix == ".json" else read(path)


def _export(database: sa.Engine, chosen: argparse.Namespace) -> int:
    with connect(database) as connection:
        WRITERS[chosen.form](connection, chosen.path)
    print(f"written: {chosen.path}")
    return 0


def _search(database: sa.Engine, chosen: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    with connect(database) as connection:
        seen = understand(connection, chosen.text)
        found = search(
            connection, query=chosen.text, area=seen.area, prison=seen.prison, age=seen.age,
            language=Language(chosen.language), now=now,
        )  # fmt: skip
    print(f"needs {found.needs}; area {seen.area and seen.area.label_en}; widened {found.widened}")
    for one in found.services:
        print(f"{one.points:4} {one.id}: {', '.join(reason.key for reason in one.why)}")
    return 0


def _progress(kind: str, done: int, total: int) -> None:
    print(f"{kind}: {done} of {total}", file=sys.stderr)


def _summary(done: Plan, verb: str) -> int:
    """Print what an import did or would do; 1 where records were refused."""
    for change in done.changes[:_SHOWN]:
        what = "new" if change.is_new else ", ".join(change.fields)
        print(f"  {change.kind.name} {change.found.record.id}: {what}")
    if len(done.changes) > _SHOWN:
        print(f"  … and {len(done.changes) - _SHOWN} more")
    new = Counter(change.is_new for change in done.changes)
    same = sum(done.unchanged.values())
    kept = sum(len(ids) for ids in done.kept.values())
    print(
        f"{verb}: {new[True]} new, {new[False]} different, {same} the same; {kept} not in the files, kept"
    )
    for problem in done.problems:
        print(problem, file=sys.stderr)
    return 1 if done.problems else 0


if __name__ == "__main__":
    sys.exit(main())
