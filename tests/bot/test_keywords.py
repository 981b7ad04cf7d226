"""A topic by its words alone, as the gateway answers while the engine is down."""

from __future__ import annotations

import pytest

from bot.examples import examples
from bot.keywords import Keywords, train


@pytest.fixture(scope="module")
def keywords() -> Keywords:
    """As in a release: counted in our own examples."""
    return train((each.intent, each.text) for each in examples())


@pytest.mark.parametrize(
    ("cy", "en", "topic"),
    [
        (
            "sut mae trefnu ymweliad â'r carchar",
            "how do I book a visit to the prison",
            "book_visit",
        ),
        ("sut mae anfon llythyr at garcharor", "how do I send a letter to a prisoner", "letters"),
        ("ga i siarad â pherson go iawn", "can I talk to a real person", "talk_to_person"),
    ],
)
def test_a_plain_question_is_named(keywords: Keywords, cy: str, en: str, topic: str) -> None:
    """Common words are not won by a topic only because its messages are few or short."""
    assert (keywords.topic(cy), keywords.topic(en)) == (topic, topic)


@pytest.mark.parametrize("text", ["", "qwxzzy", "🙂"])
def test_words_that_nobody_has_used_name_nothing(keywords: Keywords, text: str) -> None:
    assert keywords.topic(text) is None
