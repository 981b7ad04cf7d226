"""Welsh words that stand unmutated where they cannot: after these little words, everybody mutates them.

Only common words of our texts and only the plainest rules, so that what is told is nearly always a slip:
soft mutation after simple prepositions, aspirate or soft after *a* and *â*. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SOFT_AFTER = (
    "i",
    "o",
    "am",
    "ar",
    "at",
    "gan",
    "heb",
    "dan",
    "dros",
    "drwy",
    "trwy",
    "hyd",
    "wrth",
)
"""Prepositions that soften what follows."""
ASPIRATE_AFTER = ("a", "â", "gyda", "tua")
"""Words after which c, p and t are never plain: *a phlant*, or softened where *a* is "who"."""
WORDS = ["cael", "cadw", "carchar", "carcharor", "carcharorion", "cerdyn", "cyfeiriad", "cymorth", "cyngor", "cysylltu", "plant", "plentyn", "pobl", "prynu", "rhoi", "teulu", "teuluoedd", "trefnu", "talu", "tocyn", "bwcio", "bwyd", "blwyddyn", "dod", "deall", "derbyn", "diogelwch", "dillad", "dogfen", "gofyn", "gweld", "gwneud", "gwybod", "gyrru", "llythyr", "llythyrau", "llyfr", "mynd", "mam", "rhieni", "rhif", "rhywun"]  # fmt: skip
_SOFT = {"ll": "l", "rh": "r", "c": "g", "p": "b", "t": "d", "b": "f", "d": "dd", "g": "", "m": "f"}
_ASPIRATE = {"c": "ch", "p": "ph", "t": "th"}
_PLAIN = "|".join(sorted(WORDS, key=len, reverse=True))
_SOFTENING = re.compile(rf"(?<![\w'’-])({'|'.join(SOFT_AFTER)}) ({_PLAIN})(?![\w'’-])", re.I)
_HARD = "|".join(word for word in WORDS if word[0] in _ASPIRATE)
_ASPIRATING = re.compile(rf"(?<![\w'’-])({'|'.join(ASPIRATE_AFTER)}) ({_HARD})(?![\w'’-])", re.I)


def unmutated(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands in *text* without its mutation, and how it should probably stand."""
    for pattern, table in ((_SOFTENING, _SOFT), (_ASPIRATING, _ASPIRATE)):
        for match in pattern.finditer(text):
            yield match[0], f"{match[1]} {_mutated(match[2], table)}"


def _mutated(word: str, table: dict[str, str]) -> str:
    first = next(letters for letters in (word[:2].lower(), word[:1].lower()) if letters in table)
    return table[first] + word[len(first) :]
