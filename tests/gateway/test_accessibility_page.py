"""The accessibility statement says only what is so: behind each claim stands a test in a real browser."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from fastapi.testclient import TestClient

from bot.language import Language
from bot.settings import ROOT, Settings
from bot.wording import say
from gateway.pages.routes import ABLE, STATEMENT
from tests.gateway.test_pages import Page

LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
SHOWN_BY = {
    "zoom": (
        "browser/test_pages:test_nothing_is_lost_with_wide_text_spacing_or_400_percent",
        "browser/test_widget:test_magnified_to_400_per_cent_all_is_reached_and_the_way_out_is_in_view",
    ),
    "spacing": ("browser/test_pages:test_nothing_is_lost_with_wide_text_spacing_or_400_percent",),
    "colours": (
        "browser/test_pages:test_pages_are_accessible_and_fit",
        "browser/test_widget:test_it_follows_what_the_person_set_in_their_system",
    ),
    "keyboard": (
        "browser/test_pages:test_pages_can_be_used_by_keyboard",
        "browser/test_widget:test_the_keyboard_is_enough",
    ),
    "plain": (
        "browser/test_pages:test_a_conversation_without_javascript",
        "browser/test_pages:test_a_search_without_javascript",
    ),
    "languages": ("gateway/test_pages:test_every_answer_is_a_page_with_sources_and_its_twin",),
    "status": (
        "browser/test_pages:test_pages_are_accessible_and_fit",
        "browser/test_pages:test_the_chat_is_accessible_while_it_is_used",
        "browser/test_widget:test_every_state_can_be_used_by_everyone",
    ),
}
"""Which tests make each claim true; a test that goes takes its claim with it."""


@cache
def defined_in(name: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / f"{name}.py").read_text("utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


@pytest.mark.parametrize("claim", [*ABLE, "status"])
def test_each_claim_is_tested(claim: str) -> None:
    for shown_by in SHOWN_BY[claim]:
        name, _, test = shown_by.partition(":")
        assert test in defined_in(name)


def test_what_the_statement_says_was_tested_is_what_the_browser_tests_do() -> None:
    source = (ROOT / "tests/browser/test_pages.py").read_text("utf-8")

    assert 'parametrize("width", [320, 1280])' in source
    assert 'parametrize("scheme", ["light", "dark"])' in source
    assert '"/accessibility"' in source
    assert "axe-core" in (ROOT / "tests/browser/package.json").read_text("utf-8")


@LANGUAGES
def test_the_statement_has_every_section_and_the_operator(
    door: TestClient, chosen: Settings, language: Language
) -> None:
    page = Page(door.get(f"/{language.value}/accessibility").text)
    links = {one.get("href") for one in page.all("a")}

    assert [say(f"accessibility.{each}.title", language) for each in STATEMENT] == re.findall(
        r"<h2>(.*?)</h2>", page.html.replace("&#39;", "'")
    )
    assert chosen.operator in page.text and chosen.contact in page.text
    assert {"https://www.equalityadvisoryservice.com/", "https://www.w3.org/TR/WCAG22/"} <= links
    assert (
        say("page.date", language, day=28, month=say("page.month.11", language), year=2026)
        in page.text
    )
    assert f"/{language.other.value}/accessibility" in links


def test_both_languages_were_prepared_on_one_day() -> None:
    assert len({say("accessibility.prepared.day", each) for each in Language}) == 1


@LANGUAGES
@pytest.mark.parametrize("path", ["", "/topics", "/privacy", "/no_such_page"])
def test_every_page_leads_there(door: TestClient, language: Language, path: str) -> None:
    page = Page(door.get(f"/{language.value}{path}").text)

    assert f"/{language.value}/accessibility" in {one.get("href") for one in page.all("a")}


@LANGUAGES
def test_so_does_the_first_page(door: TestClient, language: Language) -> None:
    assert f'href="/{language.value}/accessibility"' in door.get("/").text
