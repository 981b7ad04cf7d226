"""The reading age of English texts: plain ones pass, officialese does not, and names do not count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.__main__ import books
from bot.catalogue.checks import hard_to_read
from bot.catalogue.load import Answer
from bot.language import Language
from bot.reading_age import HARDEST, reading_age

PLAIN = "Ring the prison before you go. Say what you need. You can ask for a lift or a seat near the door."
STIFF = (
    "Correspondence necessitates authorisation by establishment personnel, notwithstanding previously"
    " communicated arrangements concerning visitation entitlements."
)


def test_plain_words_in_short_sentences_are_easy_and_officialese_is_not() -> None:
    plain, stiff = reading_age(PLAIN), reading_age(STIFF)

    assert plain is not None and stiff is not None
    assert plain < HARDEST < 20 < stiff


@pytest.mark.parametrize(
    "text", ["", "Ring us.", "{phone} [0800](tel:0800)", "Authorisation forms"]
)
def test_a_few_words_say_nothing(text: str) -> None:
    assert reading_age(text) is None


def test_names_links_and_placeholders_do_not_count() -> None:
    named = PLAIN.replace("the prison", "the Independent Monitoring Board at {prison}")
    linked = PLAIN.replace("a lift", "[a lift](https://www.example.org/accommodation-arrangements)")

    assert reading_age(PLAIN) == reading_age(linked)
    assert abs((reading_age(named) or 99) - (reading_age(PLAIN) or 0)) <= 1


def test_longer_sentences_of_the_same_words_are_harder() -> None:
    joined = PLAIN.replace(". ", " and ").replace("Say", "say").replace("You", "you")

    assert (reading_age(joined) or 0) > (reading_age(PLAIN) or 99)


def test_a_hard_answer_is_a_thing_to_look_at_and_ours_are_none() -> None:
    held = books()
    assert [] == list(hard_to_read(held))
    english = dict(held.catalogue.answers[Language.ENGLISH])
    english["letters"] = Answer(title="Letters", parts={"text": STIFF})
    answers = {**held.catalogue.answers, Language.ENGLISH: english}
    (found,) = hard_to_read(replace(held, catalogue=replace(held.catalogue, answers=answers)))

    assert ("letters.text", True) == (found.where, found.warning)


def test_the_words_of_the_desk_are_for_editors() -> None:
    held = books()
    texts = {**held.texts, Language.ENGLISH: {"editor.x": STIFF, "page.x": STIFF}}

    assert ["page.x"] == [problem.where for problem in hard_to_read(replace(held, texts=texts))]
