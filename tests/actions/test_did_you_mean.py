"""What is said when a message is not clear: in both languages, from the real content."""

from __future__ import annotations

import pytest

from actions.did_you_mean import replies
from actions.heard import Heard
from bot import wording
from bot.catalogue.load import CONTENT, Catalogue, load
from bot.language import Language


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    wording.load(CONTENT)
    return load(CONTENT)


def heard(language: Language, last: str | None = None, **chances: float) -> Heard:
    """A message that the engine read as *chances*, likeliest first."""
    return Heard(
        text="", topic="nlu_fallback", language=language, prison=None, place=None, postcode=None,
        ranking=tuple(chances), chances=chances, last=last, pressed=False, shown=None,
        named=frozenset(),
    )  # fmt: skip


def topics(messages: list[dict[str, object]]) -> list[object]:
    return [message["topic"] for message in messages]


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
class TestReplies:
    def test_a_likely_topic_is_answered_and_others_offered(
        self, catalogue: Catalogue, language: Language
    ) -> None:
        said = heard(language, nlu_fallback=0.7, letters=0.3, parcels=0.25, send_money=0.1)
        messages = replies(catalogue, said)
        assert topics(messages) == ["letters", "did_you_mean"]
        assert [b["topic"] for b in messages[1]["buttons"]] == ["parcels", "send_money"]
        assert {message["language"] for message in messages} == {language.value}

    def test_an_unlikely_topic_is_only_offered(
        self, catalogue: Catalogue, language: Language
    ) -> None:
        messages = replies(catalogue, heard(language, letters=0.15, parcels=0.12))
        assert topics(messages) == ["did_you_mean"]
        assert [b["topic"] for b in messages[0]["buttons"]] == ["letters", "parcels"]

    def test_nothing_is_answered_where_out_of_scope_is_likelier(
        self, catalogue: Catalogue, language: Language
    ) -> None:
        assert topics(replies(catalogue, heard(language, out_of_scope=0.32, letters=0.28))) == [
            "did_you_mean"
        ]

    def test_nothing_understood_offers_the_most_asked(
        self, catalogue: Catalogue, language: Language
    ) -> None:
        (only,) = replies(catalogue, heard(language))
        assert len(only["buttons"]) == 3

    @pytest.mark.parametrize("chance", [0.15, 0.3])
    def test_never_the_same_apology_twice(
        self, catalogue: Catalogue, language: Language, chance: float
    ) -> None:
        first = replies(catalogue, heard(language, letters=chance))[-1]
        second = replies(catalogue, heard(language, "did_you_mean", letters=chance))[-1]
        assert first["text"] != second["text"]
        assert second["buttons"][-1]["topic"] == "talk_to_person"
