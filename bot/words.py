"""Words as people type them: folding accents, splitting off clitics, undoing Welsh mutations.

Pure: standard library only, Python 3.10 and later. Nothing here knows what a word means.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# One character for one character, so that positions in the text still hold.
_STRAIGHT = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
}
_STRAIGHTEN = str.maketrans(_STRAIGHT)

# A word may carry combining accents (an "ŵ" typed as two characters), apostrophes and hyphens.
_LETTER = r"(?:[^\W_][\u0300-\u036f]*)"
_WORD = re.compile(rf"'?{_LETTER}+(?:['-]{_LETTER}+)*")

# Welsh: talu'r, mae'n, i'w, dw'i, a'm, a'th, a'ch, a'u. English: it's, I'm, they're, I'd.
_CLITIC = re.compile(r"(?<=\w)(n't|'(?:r|n|w|i|m|th|ch|u|s|re|ve|ll|d))$", re.IGNORECASE)

_VOWELS = frozenset("aeiouwy")
# Letters that are written with two signs and never mutate as their first sign would.
_DIGRAPHS = ("ch", "ph", "th", "dd", "ff", "ng")

_SOFT = {
    "p": "b", "t": "d", "c": "g", "b": "f", "d": "dd", "g": "", "m": "f", "ll": "l", "rh": "r",
}  # fmt: skip
_NASAL = {"p": "mh", "t": "nh", "c": "ngh", "b": "m", "d": "n", "g": "ng"}
_ASPIRATE = {"p": "ph", "t": "th", "c": "ch"}
# Beginnings that no Welsh word has before it mutates.
_IMPOSSIBLE = re.compile(r"[bdg]h|g(?:ll|n[gh])|dg")
# The dropped g stands before a vowel or one of these: (g)las, (g)radd, (g)wlad, (g)newch.
_AFTER_DROPPED_G = _VOWELS | frozenset("lrn")


@dataclass(frozen=True)
class Token:
    """A word of a text as it stands there, from *start* up to *end*."""

    text: str
    start: int
    end: int


def straighten(text: str) -> str:
    """Return *text* with typographic quotes, dashes and spaces made plain; the length stays."""
    return text.translate(_STRAIGHTEN)


def fold(text: str) -> str:
    """Return *text* in the form used for comparing: small letters, no accents, plain quotes."""
    return _bare(_bare(straighten(text)).casefold())


def _bare(text: str) -> str:
    """Drop accents and characters that cannot be seen."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Cf"))


def spans(text: str) -> list[Token]:
    """Split *text* into words with their places; clitics stand alone: talu'r is talu, 'r."""
    found: list[Token] = []
    plain = straighten(text)
    for match in _WORD.finditer(plain):
        found.extend(_without_clitics(match.group(), match.start()))
    return found


def tokens(text: str) -> list[str]:
    """Split *text* into words, clitics apart, as written but with plain apostrophes."""
    return [token.text for token in spans(text)]


def _without_clitics(word: str, start: int) -> list[Token]:
    """Cut the clitics off the end of *word*, which begins at *start*."""
    parts: list[Token] = []
    end = len(word)
    while clitic := _CLITIC.search(word[:end]):
        parts.append(Token(clitic.group(), start + clitic.start(), start + end))
        end = clitic.start()
    parts.append(Token(word[:end], start, start + end))
    return parts[::-1]


def mutations(word: str) -> set[str]:
    """Return the soft, nasal, aspirate and h- forms that the folded *word* can take."""
    forms = {new + word[len(old) :] for old, new in _mutable(word)}
    if word[:1] in _VOWELS:
        forms.add("h" + word)
    return {form for form in forms if form} - {word}


def _mutable(word: str) -> list[tuple[str, str]]:
    """List the pairs of old and new beginnings that fit *word*."""
    if word.startswith(_DIGRAPHS):
        return []
    pairs = [pair for table in (_SOFT, _NASAL, _ASPIRATE) for pair in table.items()]
    return [
        (old, new) for old, new in pairs if word.startswith(old) and _drops_well(word, old, new)
    ]


def _drops_well(word: str, old: str, new: str) -> bool:
    """Say whether the beginning may change so: a g is dropped only where a word can go on."""
    return bool(new) or word[len(old) : len(old) + 1] in _AFTER_DROPPED_G


def unmutated(word: str) -> set[str]:
    """Return every word that the folded *word* could be a mutated form of, itself left out."""
    found = {word[1:]} if word[:1] == "h" and word[1:2] in _VOWELS else set()
    for table in (_SOFT, _NASAL, _ASPIRATE):
        found |= {old + word[len(new) :] for old, new in table.items() if word.startswith(new)}
    likely = {radical for radical in found if not _IMPOSSIBLE.match(radical)}
    return {radical for radical in likely if word in mutations(radical)} - {word}
