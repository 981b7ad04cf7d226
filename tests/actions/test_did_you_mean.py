"""What is said when a message is not clear: in both languages, from the real content."""

from __future__ import annotations

from typing import Any

import pytest

from actions.did_you_mean import choose
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
        ranking=tuple(chances), chances=chances, last=last, danger=None, about=None, pressed=False, shown=None,
        only=None, named=frozenset(),
    )  # fmt: skip


def topics(offered: dict[str, Any]) -> list[str]:
    return [button["topic"] for button in offered["buttons"]]


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
class TestChoose:
    def test_a_likely_topic_is_answered_and_others_offered(
        self, catalogue: Catalogue, language: Language
    ) -> None:
        said = heard(language, nlu_fallback=0.7, letters=0.3, parcels=0.25, send_money=0.1)
        guess, offered = choose(catalogue, said)
        assert guess == "letters"
        assert topics(offered) == ["parcels", "send_money"]
        assert (offered["topic"], offered["language"]) == ("did_you_mean", language.value)

    def test_an_unlikely_topic_is_only_offered(
        self, catalogue: Catalogue, language: Language
    ) -> None:
        guess, offered = choose(catalogue, heard(language, letters=0.12, parcels=0.1))
        assert guess is None
        assert topics(offered) == ["letters", "parcels"]

    def test_nothing_is_answered_where_out_of_scope_is_likelier(
        self, catalogue: Catalogue, language: Language
    ) -> None:
        assert choose(catalogue, heard(language, out_of_scope=0.32, letters=0.28))[0] is None

    def test_nothing_understood_offers_the_most_asked(
        self, catalogue: Catalogue, language: Language
    ) -> None:
        guess, offered = choose(catalogue, heard(language))
        assert guess is None
        assert len(topics(offered)) == 3

    @pytest.mark.parametrize("chance", [0.1, 0.3])
    def test_never_the_same_apology_twice(
        self, catalogue: Catalogue, language: Language, chance: float
    ) -> None:
        _, first = choose(catalogue, heard(language, letters=chance))
        _, second = choose(catalogue, heard(language, "did_you_mean", letters=chance))
        assert first["text"] != second["text"]
        assert topics(second)[-1] == "talk_to_person"

    @pytest.mark.parametrize(("chance", "offered"), [(0.05, False), (0.2, True)])
    def test_danger_is_not_offered_on_a_mere_chance(
        self, catalogue: Catalogue, language: Language, chance: float, offered: bool
    ) -> None:
        said = heard(language, nlu_fallback=0.5, out_of_scope=0.3, crisis_self=chance, letters=0.01)
        _, reply = choose(catalogue, said)
        assert ("crisis_self" in topics(reply)) is offered
