"""The two languages of Cyswllt, and how a language is named and counted in."""

from __future__ import annotations

from enum import Enum


class Language(str, Enum):
    """One of the two languages everything is written in; Welsh comes first."""

    WELSH = "cy"
    ENGLISH = "en"

    @property
    def other(self) -> Language:
        """Return the twin language."""
        return Language.ENGLISH if self is Language.WELSH else Language.WELSH

    @property
    def own_name(self) -> str:
        """Return the language's name in itself, as language switches show it."""
        return "Cymraeg" if self is Language.WELSH else "English"
