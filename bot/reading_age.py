"""How old a reader has to be for an English text: the Automated Readability Index, in years; pure.

The index needs letters, words and sentences only, so no dictionary is fetched: textstat, which has it
too, brings NLTK and downloads one. Its weights are of English: Welsh is held to length of sentences.
"""

from __future__ import annotations

import re

HARDEST = 9
"""The reading age that GOV.UK writes for."""
FEWEST_WORDS = 12
"""Words below which the index says nothing: one long word would decide."""
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)|\{\w+\}")
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_STARTS_SCHOOL = 5
"""Age of a reader of the index's first grade, less one."""


def reading_age(text: str) -> int | None:
    """Return the age in whole years; None where there is too little to say.

    Names are left out: they cannot be put more plainly.
    """
    plain = _LINK.sub(r"\1", text)
    sentences = [words for part in _SENTENCE.split(plain) if (words := _common(part))]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEWEST_WORDS:
        return None
    letters = sum(letter.isalpha() for word in words for letter in word)
    grade = 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43
    return round(grade + _STARTS_SCHOOL)


def _common(sentence: str) -> list[str]:
    """Return the words of a sentence without the names inside it."""
    first, *rest = _WORD.findall(sentence) or [""]
    return [word for word in (first, *rest) if word and (word in (first, "I") or word.islower())]
