"""Which language a message is in, with the model counted from our own examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.examples import examples
from bot.language import Language
from bot.language_id import LanguageModel, identify, lean, train

CY, EN = Language.WELSH, Language.ENGLISH
NAMES = frozenset({"berwyn", "swansea", "abertawe"})


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return train((example.language, example.text) for example in examples())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sut mae trefnu ymweliad", CY),
        ("how do I book a visit", EN),
        ("shwt fi'n bookio visit yn parc", CY),
        ("dwi isio gwbod lle ma'r bus stop", CY),
        ("can my nain come too please", EN),
        ("", None),
        ("?", None),
        ("HMP Berwyn", None),
        ("Berwyn Abertawe", None),
    ],
)
def test_identify(model: LanguageModel, text: str, expected: Language | None) -> None:
    assert expected == identify(model, text, NAMES)


@pytest.mark.parametrize(("text", "expected"), [("pryd?", CY), ("when?", EN), ("Berwyn", None)])
def test_a_first_word_leans_to_its_language(
    model: LanguageModel, text: str, expected: Language | None
) -> None:
    assert expected == lean(model, text, NAMES)


@given(text=st.text(max_size=300))
def test_any_text_is_read_without_error(text: str) -> None:
    assert identify(LanguageModel({}, {}), text) is None
