"""Spelling of what people are shown, by aspell, with our own list of names and newer words.

Where aspell or its dictionary is not installed nothing is said; continuous integration installs both.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.catalogue.load import CONTENT
from bot.language import Language
from bot.words import tokens, unmutated

_DICTIONARY = {Language.WELSH: "cy", Language.ENGLISH: "en_GB"}
_NO_WORDS = re.compile(r"\]\([^)]*\)|\{\w+\}|https?://\S+|\b[\w.]+@[\w.]+")


def misspelt(text: str, language: Language, known: frozenset[str]) -> list[str]:
    """Return the words of *text* that neither aspell nor *known* has, in order, once each."""
    return unknown(list(words(text)), language, known)


def words(text: str) -> Iterator[str]:
    """Yield the words of a text as they are spelt: no addresses, placeholders, numbers or clitics."""
    for token in tokens(_NO_WORDS.sub(" ", text)):
        for part in token.split("-"):
            if len(part) > 1 and part.isalpha():
                yield part


def unknown(said: Iterable[str], language: Language, known: frozenset[str]) -> list[str]:
    """Return those of *said* that are spelt like no word; a mutated Welsh word may stand for its own."""
    once = [word for word in dict.fromkeys(said) if word.lower() not in known]
    wrong = _asked(once, language)
    if language is Language.ENGLISH or not wrong:
        return [word for word in once if word in wrong]
    radicals = {word: unmutated(word.lower()) for word in wrong}
    still = _asked({form for forms in radicals.values() for form in forms}, language)
    bad = {
        word for word, forms in radicals.items() if not forms - still - known and not forms & known
    }
    return [word for word in once if word in bad]


def own_list(language: Language, content: Path = CONTENT) -> Path:
    """Return the file of words that are right though aspell does not know them."""
    return content / "words" / f"{language.value}.txt"


def accepted(language: Language, content: Path = CONTENT) -> frozenset[str]:
    """Read our own list for *language*."""
    path = own_list(language, content)
    return frozenset(path.read_text("utf-8").split()) if path.is_file() else frozenset()


def _asked(said: Iterable[str], language: Language) -> set[str]:
    """Return the words that aspell does not know."""
    if (program := shutil.which("aspell")) is None:
        return set()
    command = [program, "list", f"--lang={_DICTIONARY[language]}", "--encoding=utf-8"]
    done = subprocess.run(
        command, input="\n".join(said), capture_output=True, text=True, check=False
    )
    return set(done.stdout.split()) if done.returncode == 0 else set()
