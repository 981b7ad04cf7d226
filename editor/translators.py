"""Texts as a workbook for translators, with what they need to know beside each; and back, with a preview."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import IllegalCharacterError

from bot.catalogue.load import read
from bot.language import Language
from bot.wording import placeholders
from bot.words import fold, tokens
from editor import interface
from editor.drafts import LONGEST_PART, Drafts

TERMS = Path(__file__).parent / "data" / "terms.yml"
HEAD = (
    "key",
    "version",
    "wanted",
    "where",
    "placeholders",
    "terms",
    "Cymraeg",
    "English",
    "length",
)
"""The columns, in order. Key and version say what a row is of: translators leave them alone."""
LARGEST_BOOK = 4 * 1024 * 1024
"""Bytes a workbook may have: all our texts several times over."""
MOST_ROWS = 5000
_WIDTHS = (30, 12, 24, 30, 18, 40, 70, 70, 12)
INTERFACE = "text:"
"""Begins the key of a text that is no answer: `text:widget.close`."""
_PART = re.compile(r"[a-z_]{2,40}\.[a-z]{2,10}")


Glossary = Sequence[tuple[str, str, str]]


class BadBook(Exception):
    """Not a workbook of ours; `kind` names the sentence that says so."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Line:
    """One text in both languages, as a row of the workbook."""

    key: str
    """Topic and part: `book_visit.text`."""
    version: str
    cy: str
    en: str
    wanted: str = ""
    where: str = ""
    placeholders: str = ""
    terms: str = ""
    length: str = ""
    """Letters of the Welsh and of the English: a button has room for little more."""


@dataclass(frozen=True)
class Proposal:
    """One change a workbook would make, and what speaks against it."""

    line: Line
    before: Mapping[Language, str]
    objection: str | None
    """`stale_row`, `gone`, `bad_text` or `placeholders`; None where it can be made."""


def lines(drafts: Drafts, wanted: Mapping[str, str]) -> Iterator[Line]:
    """Yield the texts of the topics in *wanted*, which says of each what is to be done."""
    glossary = _glossary()
    for topic, why in wanted.items():
        pair = drafts.pair(topic)
        for part in pair.sides[Language.WELSH]:
            both = {language: pair.sides[language].get(part, "") for language in Language}
            place = f"{pair.group} / {pair.sides[Language.ENGLISH]['title']} / {part}"
            yield _described(f"{topic}.{part}", both, place, why, glossary)


def interface_lines(drafts: Drafts) -> Iterator[Line]:
    """Yield the words of pages, widget, errors and this desk."""
    glossary = _glossary()
    for key, both in interface.held(drafts).items():
        yield _described(f"{INTERFACE}{key}", both, interface.where(key), "", glossary)


def _described(
    key: str, both: Mapping[Language, str], where: str, why: str, glossary: Glossary
) -> Line:
    cy, en = (both[language] for language in Language)
    return Line(
        key=key,
        version=Drafts.digest([cy, en]),
        cy=cy,
        en=en,
        wanted=why,
        where=where,
        placeholders=" ".join(f"{{{name}}}" for name in sorted(placeholders(en))),
        terms=_terms_in(en, glossary),
        length=f"{len(cy)} / {len(en)}",
    )


def _glossary() -> Glossary:
    """Return each term as it is compared, in English and in Welsh."""
    listed = read(TERMS)["terms"]
    return [(" ".join(tokens(fold(t["en"]))), t["en"], t["cy"]) for t in listed]


def _terms_in(text: str, glossary: Glossary) -> str:
    """List the terms that stand in a text, longest first: they are what has to be the same everywhere."""
    said = f" {' '.join(tokens(fold(text)))} "
    found = [(en, cy) for compared, en, cy in glossary if f" {compared} " in said]
    ordered = sorted(found, key=lambda pair: -len(pair[0]))[:8]
    return "; ".join(f"{en} = {cy}" for en, cy in ordered)


def workbook(rows: Iterable[Line]) -> bytes:
    """Return a workbook of *rows*; BadBook where a text holds what no workbook can."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Cyswllt"
    sheet.append(HEAD)
    try:
        for at, line in enumerate(rows, start=2):
            values = (
                line.key, line.version, line.wanted, line.where, line.placeholders, line.terms, line.cy, line.en,
                line.length,
            )  # fmt: skip
            for column, value in enumerate(values, start=1):
                cell = sheet.cell(at, column)
                cell.value = value
                cell.data_type = "s"  # never a formula, whatever a text begins with
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    except IllegalCharacterError as error:
        raise BadBook("book_text") from error
    for at, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFGHI"[at]].width = width
        sheet.cell(1, at + 1).font = Font(bold=True)
    sheet.freeze_panes = "G2"
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def read_back(packed: bytes) -> list[Line]:
    """Return the rows of a workbook; BadBook if it is not one that we made."""
    if len(packed) > LARGEST_BOOK:
        raise BadBook("book_large")
    try:
        book = load_workbook(io.BytesIO(packed), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS))
    except Exception as error:  # openpyxl raises whatever its parts raise
        raise BadBook("book_unread") from error
    if not rows or tuple(rows[0][: len(HEAD)]) != HEAD:
        raise BadBook("book_head")
    return [_line(row) for row in rows[1:] if row and row[0]]


def _line(row: Sequence[Any]) -> Line:
    said = ["" if value is None else str(value) for value in [*row, *[""] * len(HEAD)][: len(HEAD)]]
    key, version, wanted, where, names, terms, cy, en, length = said
    return Line(key, version, cy, en, wanted, where, names, terms, length)


def proposals(drafts: Drafts, rows: Iterable[Line]) -> list[Proposal]:
    """Return what differs from the draft, each with what speaks against it; nothing is saved."""
    found = []
    texts = interface.held(drafts)
    for line in rows:
        before = _now(drafts, texts, line.key)
        if not before or not all(before.values()):
            found.append(Proposal(line, {}, "gone"))
            continue
        typed = {Language.WELSH: line.cy.strip(), Language.ENGLISH: line.en.strip()}
        if typed != before:
            found.append(Proposal(line, before, _objection(drafts, line, before, typed)))
    return found


def _now(drafts: Drafts, texts: Mapping[str, interface.Both], key: str) -> Mapping[Language, str]:
    """Return what stands there under *key*; nothing where there is no such text."""
    if key.startswith(INTERFACE):
        return texts.get(key.removeprefix(INTERFACE), {})
    topic, _, part = key.partition(".")
    try:
        pair = drafts.pair(topic) if _PART.fullmatch(key) else None
    except KeyError:
        pair = None
    return {la: pair.sides[la].get(part, "") for la in Language} if pair else {}


def _objection(
    drafts: Drafts, line: Line, before: Mapping[Language, str], typed: Mapping[Language, str]
) -> str | None:
    if drafts.digest([before[la] for la in Language]) != line.version:
        return "stale_row"
    if line.key.startswith(INTERFACE):
        return interface.objection(line.key, before, typed)
    if any(not text or len(text) > LONGEST_PART for text in typed.values()):
        return "bad_text"
    names = [placeholders(text) for text in typed.values()]
    return "placeholders" if names[0] != names[1] else None


def bring_in(drafts: Drafts, rows: Iterable[Line], who: str) -> int:
    """Save what can be saved, one commit a topic and one for the interface; return how many changed."""
    topics: dict[str, list[Line]] = {}
    texts: dict[str, interface.Both] = {}
    for each in proposals(drafts, rows):
        if each.objection is None and each.line.key.startswith(INTERFACE):
            key = each.line.key.removeprefix(INTERFACE)
            texts[key] = {
                Language.WELSH: each.line.cy.strip(),
                Language.ENGLISH: each.line.en.strip(),
            }
        elif each.objection is None:
            topics.setdefault(each.line.key.partition(".")[0], []).append(each.line)
    for topic, changed in topics.items():
        pair = drafts.pair(topic)
        sides = {language: dict(pair.sides[language]) for language in Language}
        for line in changed:
            part = line.key.partition(".")[2]
            sides[Language.WELSH][part], sides[Language.ENGLISH][part] = line.cy, line.en
        drafts.save(topic, pair.version, sides, who, "from the translators' workbook")
    interface.save(drafts, texts, who)
    return len(texts) + sum(map(len, topics.values()))
