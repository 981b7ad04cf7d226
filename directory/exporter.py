"""Writes the directory out: the data files it came from, Open Referral UK JSON, CSV and XLSX."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from openpyxl import Workbook

from directory import open_referral
from directory.errors import answers
from directory.files import DATA, dump
from directory.records import AnyRecord, Need, Service
from directory.storage import KIND, KINDS, stored

# A spreadsheet would run a cell that begins so.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "id", "organization", "name_cy", "name_en", "description_cy", "description_en", "needs_cy",
    "needs_en", "coverage", "authorities", "prisons", "phones", "text", "email", "url", "url_cy",
    "hours", "welsh", "minimum_age", "maximum_age", "confidence", "as_of", "checked_on", "checked_by",
    "sources",
)  # fmt: skip


@answers
def yaml_files(connection: sa.Connection) -> dict[str, str]:
    """Return the texts of the data files, each with the remarks at the top of the seed file."""
    records = {kind.name: list(stored(connection, kind).values()) for kind in KINDS}
    return {name: f"{_remarks(DATA / name)}{text}" for name, text in dump(records).items()}


def _remarks(file: Path) -> str:
    """Return the comment a file begins with."""
    if not file.exists():
        return ""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    first = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:first])


def write_yaml(connection: sa.Connection, target: Path) -> None:
    """Write the data files into the folder *target*."""
    target.mkdir(parents=True, exist_ok=True)
    for name, text in yaml_files(connection).items():
        (target / name).write_text(text, encoding="utf-8")


def write_open_referral(connection: sa.Connection, target: Path) -> None:
    """Write all services as one page of Open Referral UK JSON."""
    services = open_referral.export(connection)
    page = {"total_items": len(services), "total_pages": 1, "page_number": 1, "contents": services}
    target.write_text(json.dumps(page, ensure_ascii=False, indent=1), encoding="utf-8")


def write_csv(connection: sa.Connection, target: Path) -> None:
    """Write one line for each service, for spreadsheets (with the mark that Excel looks for)."""
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows([_harmless(cell) for cell in row] for row in table(connection))


def write_xlsx(connection: sa.Connection, target: Path) -> None:
    """Write one row for each service as a workbook; no cell is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("services")
    sheet.append(list(_COLUMNS))
    for row in table(connection):
        sheet.append([_harmless(cell) for cell in row])
    book.save(target)


def _harmless(cell: str) -> str:
    """Keep a text from being taken for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


@answers
def table(connection: sa.Connection) -> Iterator[list[str]]:
    """Yield one row for each service; what may not be shown is left out here too."""
    needs = {
        key: one for key, one in stored(connection, KIND["need"]).items() if isinstance(one, Need)
    }
    services = [
        one for one in stored(connection, KIND["service"]).values() if isinstance(one, Service)
    ]
    return (_row(one, needs) for one in services)


def _row(service: Service, needs: Mapping[str, Need]) -> list[str]:
    """Return the cells of one service in the order of the columns."""
    told = service.confidence != "low"
    values: dict[str, Any] = {
        **{name: getattr(service, name, None) for name in _COLUMNS},
        "needs_cy": [needs[one].name_cy for one in service.needs if one in needs],
        "needs_en": [needs[one].name_en for one in service.needs if one in needs],
        "phones": [one.number for one in service.phones if told and one.type == "voice"],
        "text": [f"{one.keyword or ''} {one.number}".strip() for one in service.phones if told and one.type == "text"],
        "email": service.email if told else None,
        "hours": [f"{one.byday} {one.opens_at}-{one.closes_at}" for one in service.schedule if told],
        "minimum_age": service.eligibility and service.eligibility.minimum_age,
        "maximum_age": service.eligibility and service.eligibility.maximum_age,
        "sources": [one.url for one in service.sources if one.url],
    }  # fmt: skip
    return [_cell(values[name]) for name in _COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


WRITERS: Mapping[str, Callable[[sa.Connection, Path], None]] = {
    "yaml": write_yaml,
    "open-referral": write_open_referral,
    "csv": write_csv,
    "xlsx": write_xlsx,
}


def records(connection: sa.Connection) -> Mapping[str, Sequence[AnyRecord]]:
    """Return every record by kind."""
    return {kind.name: list(stored(connection, kind).values()) for kind in KINDS}
