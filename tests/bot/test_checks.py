"""The content as it stands passes its own rulebook, and each rule catches what it is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.__main__ import books
from bot.catalogue.checks import Books, Problem, problems
from bot.catalogue.load import Answer, Catalogue
from bot.examples import Example
from bot.language import Language

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
    ("language", "text", "told"),
    [
        (CY, "Ffoniwch [0808 808 2003](tel:08088082004).", "dials"),
        (CY, "Ffoniwch [01632 960999](tel:01632960999).", "is in no fact"),
        (CY, "Mae {number} ohonyn nhw.", "placeholders differ"),
        (EN, "See [click here](https://www.gov.uk/).", "does not say where it goes"),
        (EN, "See [the page](http://www.gov.uk/).", "link to http:"),
        (EN, "TODO write this.", "left to do"),
    ],
)
def test_a_bad_answer_is_found(all_books: Books, language: Language, text: str, told: str) -> None:
    found = problems(spoilt(all_books, "letters", language, text=text))

    assert any(told in problem.what and problem.where == "letters.text" for problem in found)


def test_the_same_text_in_both_languages_is_found(all_books: Books) -> None:
    english = all_books.catalogue.answer("letters", EN).parts["text"]
    found = problems(spoilt(all_books, "letters", CY, text=english))

    assert Problem("letters.text", "the Welsh text is the English one") in found


def test_an_answer_in_one_language_only_is_found(all_books: Books) -> None:
    answers = {each: dict(all_books.catalogue.answers[each]) for each in Language}
    answers[EN]["new_topic"] = Answer("New", {"text": "Something new."})
    changed = replace(all_books, catalogue=Catalogue(all_books.catalogue.topics, answers))

    assert Problem("new_topic", "answered in one language only") in problems(changed)


def test_an_example_of_two_topics_is_found(all_books: Books) -> None:
    twice = tuple(
        Example(EN, topic, "a phrase of two", "", "x") for topic in ("letters", "parcels")
    )
    found = problems(replace(all_books, examples=(*all_books.examples, *twice)))

    assert any("letters and parcels" in problem.what for problem in found)


def test_a_held_out_phrase_in_training_is_found(all_books: Books) -> None:
    changed = replace(all_books, held_out=(all_books.examples[0].text,))

    assert any("also a training example" in problem.what for problem in problems(changed))
