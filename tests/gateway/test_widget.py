"""The widget's files and the page that makes a charity's line, without a browser."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from html import unescape

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from bot.language import Language
from bot.settings import ROOT
from gateway.widget import LOADERS, Wish, manifest, script, versions

LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)


def test_the_newest_is_asked_for_anew_and_a_version_is_kept_for_ever(door: TestClient) -> None:
    newest = door.get("/widget/v1/cyswllt.js")
    pinned = door.get(f"/widget/{manifest()['version']}/cyswllt.js")
    assert newest.headers["cache-control"] == "no-cache"
    assert "immutable" in pinned.headers["cache-control"]
    assert newest.content == pinned.content
    assert newest.headers["cross-origin-resource-policy"] == "cross-origin"


def test_a_hash_on_the_pinned_line_is_the_hash_of_the_file(door: TestClient) -> None:
    page = door.get("/en/embed").text
    told = re.search(r"sha384-([A-Za-z0-9+/=]+)", unescape(unescape(page)))
    assert told
    content = door.get(f"/widget/{manifest()['version']}/cyswllt.js").content
    assert base64.b64decode(told[1]) == hashlib.sha384(content).digest()


def test_a_button_that_was_given_out_is_served_for_ever_and_is_what_its_name_says(
    door: TestClient,
) -> None:
    """Sites pin it by its hash: none goes, and none changes, when a newer one is built."""
    assert manifest()["version"] in versions()
    for version, path in versions().items():
        given = door.get(f"/widget/{version}/cyswllt.js")
        assert given.content == path.read_bytes()
        assert hashlib.sha256(given.content).hexdigest().startswith(version)
    listed = ["git", "ls-files", "--", str(LOADERS)]
    kept = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"widget/loaders/{manifest()['version']}.js" in kept.split(), "add it to Git"


def test_only_the_line_of_one_version_has_a_hash(door: TestClient) -> None:
    lines = re.findall(r"<script async .*?></script>", unescape(door.get("/en/embed").text))
    newest = [line for line in lines if "/widget/v1/" in line]
    assert newest
    assert [line for line in newest if "integrity" in line] == []


@LANGUAGES
def test_the_look_that_was_chosen_stands_in_the_line(door: TestClient, language: Language) -> None:
    asked = {"colour": "#4b1d6b", "ink": "#ffe9a8", "font": "Georgia, serif", "position": "left"}
    page = unescape(door.get(f"/{language.value}/embed", params=asked).text)
    look = (
        'data-colour="#4b1d6b" data-text-colour="#ffe9a8" data-font="Georgia, serif"'
        ' data-position="left"'
    )
    assert page.count(look) == 3, "in the line, in the pinned one and in the preview"


@given(st.text())
def test_a_font_is_only_names(font: str) -> None:
    assert re.fullmatch(r"([A-Za-z][A-Za-z0-9 ,-]*)?", Wish.of({"font": font}).font)


@pytest.mark.parametrize(
    "path",
    [
        "v1/manifest.json",
        "v1/made-of",
        "v2/cyswllt.js",
        f"{manifest().get('version')}/frame.js",
        "v1/..%2f..%2fpyproject.toml",
        "v1/none.js",
    ],
)
def test_nothing_else_is_served(door: TestClient, path: str) -> None:
    assert door.get(f"/widget/{path}").status_code == 404


def test_only_the_widget_may_stand_in_a_frame(door: TestClient) -> None:
    assert (
        "frame-ancestors *" in door.get("/widget/v1/frame.html").headers["content-security-policy"]
    )
    for path in ("/cy", "/cy/embed", "/en/example"):
        assert "frame-ancestors 'none'" in door.get(path).headers["content-security-policy"]


@LANGUAGES
def test_the_page_has_its_twin(door: TestClient, language: Language) -> None:
    page = door.get(f"/{language.value}/embed").text
    assert f'lang="{language.value}"' in page
    assert f"/{language.other.value}/embed" in page


def test_a_browser_without_either_language_is_sent_on(door: TestClient) -> None:
    for asked, path in (("en-GB", "/en/embed"), ("cy", "/cy/embed"), ("pl", "/cy/embed")):
        told = door.get("/embed", headers={"Accept-Language": asked}, follow_redirects=False)
        assert told.headers["location"] == path


@given(st.dictionaries(st.sampled_from(["site", "spoken", "colour", "position"]), st.text()))
def test_whatever_is_asked_for_stays_within_its_attribute(query: dict[str, str]) -> None:
    line = str(script("/x.js", Wish.of(query).attributes()))
    assert re.fullmatch(
        r'<script async src="/x\.js"( data-[a-z]+="[A-Za-z0-9_.#-]*")*></script>', line
    )
