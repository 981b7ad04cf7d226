"""A new topic comes whole, in both languages and in one commit, or not at all."""

from __future__ import annotations

import html
import re

import pytest
import yaml

from bot.language import Language
from editor.new_topic import groups
from tests.editor.conftest import git

PAGE = "/editor/new-topic?lang=en"
TOPIC = {
    "name": "pets_inside",
    "group": "prison_life",
    "cy.title": "Anifeiliaid: rhai bach",
    "cy.text": 'Na chaiff.\n\n- Dim bochdew\r\n- Dim "cath" chwaith: byth',
    "cy.examples": "gaiff o gadw bochdew\noes cath yn y carchar",
    "en.title": "Pets",
    "en.text": "No.\n\nNot even [a hamster](https://www.gov.uk/).",
    "en.examples": "could he keep a pet hamster\nare cats allowed in there",
}


def send(who, **change):
    csrf = re.findall(r'name="csrf" value="([^"]+)"', who.get(PAGE).text)[0]
    return who.post(PAGE, data={"csrf": csrf, **TOPIC, **change})


@pytest.mark.parametrize("group", ["prison_life", "conversation", "services", "family", "release"])
def test_a_topic_is_added_whole(desk, sign_in, root, group):
    added = send(sign_in(), group=group)
    changed = git(root, "show", "--format=%an", "--numstat").split("\n")
    catalogue = desk.state.drafts.catalogue()

    assert added.status_code == 200 and "Saved as a draft" in added.text
    assert "Mair" == changed[0] and 5 == sum("\t" in line for line in changed)
    assert all(line.split("\t")[1] == "0" for line in changed if "\t" in line), changed
    assert group == catalogue.topics["pets_inside"].group
    assert TOPIC["cy.title"] == catalogue.title("pets_inside", Language.WELSH)
    assert (
        'Dim "cath" chwaith: byth' in catalogue.answer("pets_inside", Language.WELSH).parts["text"]
    )
    assert (
        TOPIC["en.examples"].splitlines() == desk.state.phrases.of("pets_inside")[Language.ENGLISH]
    )
    assert "has no source" in added.text or group == "conversation"
    welsh = sign_in("Ifan").get("/editor/topics/pets_inside").text
    assert "nid oes ffynhonnell i&#39;r pwnc hwn" in welsh or group == "conversation"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "book_visit"},
        {"name": "Pets"},
        {"name": "new"},
        {"name": "../x"},
        {"group": "crisis"},
        {"group": "../../etc"},
        {"cy.text": " "},
        {"en.title": ""},
        {"cy.examples": ""},
        {"en.examples": "/restart"},
    ],
    ids=str,
)
def test_half_a_topic_is_not_saved_and_stays_in_the_boxes(sign_in, root, change):
    refused = send(sign_in(), **change)

    assert refused.status_code == 422
    assert html.escape("gaiff o gadw bochdew") in refused.text or "cy.examples" in change
    assert "content" == git(root, "log", "--format=%s").strip()
    assert "" == git(root, "status", "--porcelain")


def test_a_reader_adds_nothing(sign_in, root):
    assert 403 == send(sign_in("Sioned", "reader")).status_code
    assert "content" == git(root, "log", "--format=%s").strip()


def test_every_group_that_is_offered_has_its_files(desk, root):
    for group in groups(desk.state.drafts):
        for language in Language:
            assert yaml.safe_load((root / f"nlu/{language.value}/{group}.yml").read_text())["nlu"]
