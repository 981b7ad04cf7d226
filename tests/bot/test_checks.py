"""The content as it stands passes its own rulebook, and each rule catches what it is for."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace

import pytest

from bot.__main__ import books
from bot.catalogue import checks
from bot.catalogue.checks import Books, Problem, problems
from bot.catalogue.load import CONTENT, Answer, Catalogue
from bot.examples import Example
from bot.language import Language
from bot.wording import texts

CY, EN = Language.WELSH, Language.ENGLISH


@pytest.fixture(scope="module")
def all_books() -> Books:
    return books()


def test_content_has_nothing_to_mend(all_books: Books) -> None:
    assert [str(problem) for problem in problems(all_books) if not problem.warning] == []


def spoilt(all_books: Books, topic: str, language: Language, **parts: str) -> Books:
    """Return the books with parts of one answer replaced."""
    answers = {each: dict(all_books.catalogue.answers[each]) for each in Language}
    old = answers[language][topic]
    answers[language][topic] = replace(old, parts={**old.parts, **parts})
    catalogue = Catalogue(all_books.catalogue.topics, answers)
    return replace(all_books, catalogue=catalogue)


@pytest.mark.parametrize(
    ("language", "text", "told", "welsh"),
    [
        (CY, "Ffoniwch [0808 808 2003](tel:08088082004).", "dials", "deialu"),
        (CY, "Ffoniwch [01632 960999](tel:01632960999).", "is in no fact", "un o'n ffeithiau"),
        (CY, "Mae {number} ohonyn nhw.", "placeholders differ", "cromfachau cyrliog"),
        (CY, "Mae hyn i carcharor.", "should probably be ‘i garcharor’", "nid ‘i carcharor’"),
        (EN, "See [click here](https://www.gov.uk/).", "does not say where", "dweud i ble"),
        (EN, "See [the page](http://www.gov.uk/).", "link to http:", "dolen i http:"),
        (EN, "TODO write this.", "left to do", "heb ei orffen"),
        (EN, "Word " * 30 + "word.", "a sentence of 31 words", "brawddeg o 31 o eiriau"),
        (EN, "Notwithstanding considerations " * 9 + ".", "reading age", "oedran darllen"),
        (EN, "Ring [0808 808 2003](tel:08088082003).", "phone numbers differ", "rhifau ffôn"),
    ],
)
def test_a_bad_answer_is_found_and_told_in_both_languages(
    all_books: Books, language: Language, text: str, told: str, welsh: str
) -> None:
    found = problems(spoilt(all_books, "letters", language, text=text))
    here = [problem for problem in found if problem.where == "letters.text"]

    assert any(told in problem.told(EN) and welsh in problem.told(CY) for problem in here)


@pytest.mark.parametrize(
    ("word", "language"), [("ymwelliad", CY), ("vissit", EN)], ids=["cy", "en"]
)
def test_a_word_that_is_not_spelt_so_is_told_in_both_languages(
    all_books: Books, word: str, language: Language
) -> None:
    found = problems(spoilt(all_books, "letters", language, text=f"{word}."))
    (problem,) = [one for one in found if one.kind == "spelling" and one.where == "letters"]

    assert f"is ‘{word}’ spelt so?" in problem.told(EN)
    assert f"ai ‘{word}’ yw'r sillafiad cywir?" in problem.told(CY)


def test_every_sentence_of_the_checks_is_used_and_stands_in_both_languages() -> None:
    """A check whose sentence is missing would fail only on the day it finds something."""
    used = set(re.findall(r'Problem\(\s*[^,]+(?:\([^)]*\))?, "(\w+)"', inspect.getsource(checks)))
    for language in Language:
        kept = {key for key, _ in texts(CONTENT / language.value)}
        assert {f"editor.check.{each}" for each in used} == {
            key for key in kept if key.startswith("editor.check.")
        }


def test_the_same_text_in_both_languages_is_found(all_books: Books) -> None:
    english = all_books.catalogue.answer("letters", EN).parts["text"]
    found = problems(spoilt(all_books, "letters", CY, text=english))

    assert Problem("letters.text", "same_in_both") in found


def test_an_answer_in_one_language_only_is_found(all_books: Books) -> None:
    answers = {each: dict(all_books.catalogue.answers[each]) for each in Language}
    answers[EN]["new_topic"] = Answer("New", {"text": "Something new."})
    changed = replace(all_books, catalogue=Catalogue(all_books.catalogue.topics, answers))

    assert Problem("new_topic", "one_language") in problems(changed)


def test_an_example_of_two_topics_is_found(all_books: Books) -> None:
    twice = tuple(
        Example(EN, topic, "a phrase of two", "", "x") for topic in ("letters", "parcels")
    )
    found = problems(replace(all_books, examples=(*all_books.examples, *twice)))

    assert any("letters and parcels" in problem.told(EN) for problem in found)


def test_a_held_out_phrase_in_training_is_found(all_books: Books) -> None:
    changed = replace(all_books, held_out=(all_books.examples[0].text,))

    assert any("also a training example" in problem.told(EN) for problem in problems(changed))
