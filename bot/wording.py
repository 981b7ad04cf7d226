"""The one door to python-i18n: interface texts in both languages, never a silent fallback."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import i18n

from bot.catalogue.load import CONTENT, read
from bot.language import Language

_WELSH_PLURALS = {0: "zero", 1: "one", 2: "two", 3: "few", 6: "many"}
_PLACEHOLDER = re.compile(r"{(\w+)}")


class MissingWording(LookupError):
    """A text, or a value that a text needs, was not there."""


def load(content: Path = CONTENT) -> None:
    """Hand every interface text below *content* to python-i18n, replacing what it had."""
    i18n.translations.container.clear()
    for language in Language:
        for key, text in texts(content / language.value):
            i18n.add_translation(key, text, locale=language.value)


def say(key: str, language: Language, **values: object) -> str:
    """Return the interface text *key* with its `{placeholders}` filled.

    Raises MissingWording if *language* does not have the text or a value is missing:
    python-i18n's own fallback to English, or to the key, is never used.
    """
    if not i18n.translations.container:
        load()
    if not i18n.translations.has(key, locale=language.value):
        raise MissingWording(f"{language.value}: {key}")
    return fill(i18n.translations.get(key, locale=language.value), values)


def say_count(key: str, number: int, language: Language, **values: object) -> str:
    """Return *key* in the CLDR plural form that *number* takes; `{number}` is filled."""
    return say(f"{key}.{plural_form(number, language)}", language, number=number, **values)


def plural_form(number: int, language: Language) -> str:
    """Name the CLDR plural category of *number*: one of six in Welsh, of two in English."""
    if language is Language.WELSH:
        return _WELSH_PLURALS.get(number, "other")
    return "one" if number == 1 else "other"


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put *values* where *text* has `{name}`; MissingWording if one was not given."""
    try:
        return _PLACEHOLDER.sub(lambda match: str(values[match[1]]), text)
    except KeyError as error:
        raise MissingWording(f"no value for {error} in {text[:40]!r}") from error


def placeholders(text: str) -> set[str]:
    """Name the `{placeholders}` of *text*."""
    return set(_PLACEHOLDER.findall(text))


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every interface text of one language's folder as dotted key and text."""
    for path in sorted(folder.glob("*.yml")):
        yield from _flatten("", read(path).get("texts") or {})


def _flatten(prefix: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(f"{name}.", value)
        else:
            yield name, str(value).strip()
