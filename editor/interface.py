"""The words of pages, widget, errors and this desk, as translators change them: `texts` of bot/content."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.catalogue.load import read
from bot.language import Language
from bot.wording import placeholders, texts
from editor.drafts import LONGEST_PART, CannotSave, Drafts
from editor.splice import splice

PLURALS = frozenset({"zero", "two", "few", "many"})
"""Forms of counted texts that Welsh has and English has not."""
WHERE = Path(__file__).parent / "data" / "where.yml"
Both = dict[Language, str]


def held(drafts: Drafts) -> dict[str, Both]:
    """Return every text by its key; beside a form that only Welsh has stands the English `other`."""
    cy, en = (dict(texts(drafts.content / language.value)) for language in Language)
    other = {key: en.get(f"{key.rpartition('.')[0]}.other", "") for key in cy}
    return {
        key: {Language.WELSH: text, Language.ENGLISH: en.get(key) or other[key]}
        for key, text in cy.items()
    }


def where(key: str) -> str:
    """Say where a text appears, in both languages."""
    places: dict[str, str] = read(WHERE)["where"]
    return f"{places.get(key.partition('.')[0], '')} / {key}"


def objection(
    key: str, before: Mapping[Language, str], typed: Mapping[Language, str]
) -> str | None:
    """Name what speaks against a change: a value that nobody would fill, a line break, a lent side."""
    if any(not text or len(text) > LONGEST_PART for text in typed.values()):
        return "bad_text"
    if any("\n" in typed[language] and "\n" not in before[language] for language in Language):
        return "bad_text"
    if _lent(key) and typed[Language.ENGLISH] != before[Language.ENGLISH]:
        return "lent"
    names = [
        placeholders(typed[language]) ^ placeholders(before[language]) for language in Language
    ]
    return "placeholders" if any(names) else None


def _lent(key: str) -> bool:
    return key.rpartition(".")[2] in PLURALS


def save(drafts: Drafts, wanted: Mapping[str, Both], who: str) -> None:
    """Save texts as one commit of this editor; CannotSave or BrokenEdit leave all as it was."""
    with drafts.saving():
        now, files = held(drafts), dict[Path, str]()
        for key, both in wanted.items():
            for language in Language:
                if both[language] != now[key][language]:
                    path = _file(drafts, key, language)
                    source = files.get(path) or path.read_text("utf-8")
                    files[path] = splice(source, ("texts", *key.split(".")), both[language])
        if files:
            drafts.commit(files, who, "texts: from the translators' workbook")


def _file(drafts: Drafts, key: str, language: Language) -> Path:
    first = key.partition(".")[0]
    for path in sorted((drafts.content / language.value).glob("*.yml")):
        if first in (read(path).get("texts") or {}):
            return path
    raise CannotSave("bad_text")
