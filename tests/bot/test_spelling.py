"""Spelling: slips are told, mutations and clitics are no slips; both languages."""

from __future__ import annotations

import os
import shutil

import pytest

from bot.language import Language
from bot.spelling import accepted, misspelt, own_list

pytestmark = pytest.mark.skipif(
    shutil.which("aspell") is None and os.environ.get("CI") != "true",
    reason="aspell is not installed",
)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Mae'r carchra ar agor", Language.WELSH, ["carchra"]),
        ("Mae'r carchar ar agor", Language.WELSH, []),
        ("yng ngharchar, i garchar, a charchar", Language.WELSH, []),
        ("Bydd angen i'ch plentyn ddod gyda chi", Language.WELSH, []),
        ("The vistor centre is open", Language.ENGLISH, ["vistor"]),
        ("The visitor centre's colour isn't important", Language.ENGLISH, []),
        ("[Pact](https://xqzzy.example) {phone} 01978 523000", Language.ENGLISH, []),
        ("", Language.WELSH, []),
    ],
)
def test_misspelt(text: str, language: Language, expected: list[str]) -> None:
    assert misspelt(text, language, accepted(language)) == expected


@pytest.mark.parametrize("language", Language, ids=lambda one: one.value)
def test_our_own_list_holds_each_word_once_in_order(language: Language) -> None:
    listed = own_list(language).read_text("utf-8").splitlines()
    assert listed
    assert listed == sorted({word.lower() for word in listed})
