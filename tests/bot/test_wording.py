"""Interface texts: strict in both languages, and counted as each language counts."""

from __future__ import annotations

import pytest

from bot.language import Language
from bot.wording import MissingWording, fill, plural_form, say, say_count

CY, EN = Language.WELSH, Language.ENGLISH


@pytest.mark.parametrize("language", Language)
def test_a_missing_text_is_an_error_and_never_the_other_language(language: Language) -> None:
    with pytest.raises(MissingWording, match=language.value):
        say("no.such.text", language)


@pytest.mark.parametrize("language", Language)
def test_a_missing_value_is_an_error(language: Language) -> None:
    with pytest.raises(MissingWording):
        say("page.run_by", language)


def test_values_are_filled_once_and_never_read_as_placeholders() -> None:
    assert fill("Run by {operator}.", {"operator": "{contact}"}) == "Run by {contact}."


@pytest.mark.parametrize(
    ("number", "cy", "en"),
    [
        (0, "zero", "other"),
        (1, "one", "one"),
        (2, "two", "other"),
        (3, "few", "other"),
        (4, "other", "other"),
        (6, "many", "other"),
        (11, "other", "other"),
    ],
)
def test_plural_form(number: int, cy: str, en: str) -> None:
    assert (cy, en) == (plural_form(number, CY), plural_form(number, EN))


def test_counts_are_said_in_the_right_form() -> None:
    assert say_count("services.found", 2, CY, where="").startswith("Dyma ddau wasanaeth")
    assert say_count("services.found", 1, EN, where="").startswith("Here is one service")
