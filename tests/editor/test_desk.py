"""Signing in, saving, two editors at once, and what must not be possible."""

from __future__ import annotations

import html
import re

import pytest
from fastapi.testclient import TestClient

from editor.accounts import Refused
from tests.editor.conftest import PASSWORD, forms, git

TOPIC = "/editor/topics/book_visit"


def fields(page):
    """Return what the form of the answer carries, as a browser would send it."""
    return forms(page.text)["book_visit"]


def test_nobody_reads_without_signing_in(desk):
    stranger = TestClient(desk, base_url="http://desk", follow_redirects=False)

    assert stranger.get("/editor").headers["location"] == "/editor/sign-in?lang=cy"
    assert stranger.post(TOPIC, data={"csrf": "x", "version": "y"}).status_code == 401


def test_a_link_is_good_once_and_needs_a_long_password(desk):
    accounts = desk.state.accounts
    token = accounts.invite("mair@example.org", "Mair", "editor")
    with pytest.raises(Refused, match="short"):
        accounts.accept(token, "short")
    accounts.accept(token, PASSWORD)
    with pytest.raises(Refused, match="link"):
        accounts.accept(token, "another password")

    assert accounts.who(accounts.sign_in("Mair@example.org", PASSWORD)).name == "Mair"


def test_passwords_and_tokens_are_not_in_the_database(desk, sign_in, tmp_path):
    mair = sign_in()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("desk.db*"))

    assert PASSWORD.encode() not in kept
    assert mair.cookies["cyswllt_editor"].encode() not in kept


def test_guessing_is_slowed_down(desk):
    stranger = TestClient(desk, base_url="http://desk")
    guess = {"email": "mair@example.org", "password": "x"}
    seen = [stranger.post("/editor/sign-in", data=guess).status_code for _ in range(9)]

    assert [403] * 8 + [429] == seen


def test_one_word_is_saved_as_one_line_by_its_editor(sign_in, root):
    mair = sign_in()
    form = fields(mair.get(TOPIC))
    form["cy.title"] = "Trefnu eich ymweliad"
    done = mair.post(TOPIC, data={**form, "why": "cliriach"})

    assert "Wedi&#39;i gadw" in done.text
    assert "Mair <mair@example.org>" in git(root, "log", "-1", "--format=%an <%ae>")
    assert (
        "1\t1\tbot/content/cy/visiting.yml" == git(root, "show", "--numstat", "--format=").strip()
    )
    assert "book_visit: cliriach" in done.text


def test_the_second_of_two_editors_is_shown_both(sign_in, root):
    mair, ifan = sign_in("Mair"), sign_in("Ifan")
    first, second = fields(mair.get(TOPIC)), fields(ifan.get(TOPIC))
    mair.post(TOPIC, data={**first, "cy.title": "Teitl Mair"})
    late = ifan.post(TOPIC, data={**second, "cy.title": "Teitl Ifan"})

    assert late.status_code == 409
    assert "Teitl Mair" in late.text and "Teitl Ifan" in late.text
    assert "Teitl Ifan" not in (root / "bot/content/cy/visiting.yml").read_text()
    # Having seen both, they may save.
    assert ifan.post(TOPIC, data={**fields(late)}).status_code == 200
    assert "Teitl Ifan" in (root / "bot/content/cy/visiting.yml").read_text()


@pytest.mark.parametrize("change", [{"csrf": "made up"}, {"csrf": "é"}])
def test_a_form_of_another_session_is_refused(sign_in, root, change):
    mair = sign_in()
    form = {**fields(mair.get(TOPIC)), "cy.title": "x", **change}

    assert mair.post(TOPIC, data=form).status_code == 403
    assert "content" == git(root, "log", "--format=%s").strip()


def test_a_form_from_another_site_is_refused(sign_in):
    mair = sign_in()
    form = fields(mair.get(TOPIC))

    assert mair.post(TOPIC, data=form, headers={"Origin": "https://evil"}).status_code == 403


def test_a_reader_may_not_save(sign_in, root):
    reader = sign_in("Sioned", "reader")
    form = {**fields(reader.get(TOPIC)), "cy.title": "x"}

    assert reader.post(TOPIC, data=form).status_code == 403
    assert "content" == git(root, "log", "--format=%s").strip()


def test_what_is_written_is_text_and_never_markup(sign_in):
    mair = sign_in()
    attack = "</textarea><script>alert(1)</script>[x](javascript:alert(1))"
    saved = mair.post(TOPIC, data={**fields(mair.get(TOPIC)), "en.text": attack})

    assert saved.status_code == 200
    assert "<script>" not in saved.text and 'href="javascript:' not in saved.text
    assert "script-src 'self';" in saved.headers["content-security-policy"]


def test_an_unfinished_change_of_others_is_not_swept_up(sign_in, root):
    mair = sign_in()
    form = {**fields(mair.get(TOPIC)), "cy.title": "x"}
    path = root / "bot/content/cy/visiting.yml"
    path.write_text(path.read_text() + "# half done\n")
    refused = mair.post(TOPIC, data=form)

    assert refused.status_code == 422 and "heb ei orffen" in refused.text
    assert path.read_text().endswith("# half done\n")


def test_a_commit_that_fails_leaves_the_files_as_they_were(sign_in, root):
    mair = sign_in()
    form = {**fields(mair.get(TOPIC)), "cy.title": "x"}
    (root / ".git/hooks").mkdir(exist_ok=True)
    hook = root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    refused = mair.post(TOPIC, data=form)

    assert refused.status_code == 422 and ">\nx</textarea>" in refused.text
    assert "" == git(root, "status", "--porcelain")


def test_a_session_that_ends_gives_the_words_back(sign_in):
    mair = sign_in()
    form = {**fields(mair.get(TOPIC)), "cy.title": "fy ngeiriau i"}
    mair.cookies.clear()
    over = mair.post(TOPIC, data=form)

    assert over.status_code == 401 and "fy ngeiriau i" in over.text


def test_a_large_paste_is_refused(sign_in):
    mair = sign_in()
    form = fields(mair.get(TOPIC))

    assert mair.post(TOPIC, data={**form, "cy.text": "a" * 600_000}).status_code == 413
    assert mair.post(TOPIC, data={**form, "cy.text": "a" * 9_000}).status_code == 422


@pytest.mark.parametrize(("q", "there"), [("restr ymwelwyr", True), ("zzzz", False)])
def test_search_reads_both_languages(sign_in, q, there):
    page = sign_in().get("/editor", params={"q": q, "lang": "en"})

    assert there == ("topics/book_visit" in page.text)


@pytest.mark.parametrize(
    ("language", "told", "counted"),
    [
        ("cy", "trwsiwch Trefnu ymweliad (ateb): nid yr un rhifau ffôn", "I'w drwsio: 0"),
        ("en", "mend Book a visit (answer): phone numbers differ", "To mend: 0"),
    ],
)
def test_a_number_that_differs_between_the_languages_is_told_in_the_editors(
    sign_in, language, told, counted
):
    mair = sign_in()
    form = fields(mair.get(TOPIC))
    changed = form["en.text"] + "\n\nRing [0800 000 0000](tel:08000000000)."
    asked = {"lang": language}
    saved = html.unescape(mair.post(TOPIC, data={**form, "en.text": changed}, params=asked).text)
    everything = html.unescape(mair.get("/editor/checks", params=asked).text)

    assert told in saved and told in everything
    assert counted not in everything
    other = "phone numbers" if language == "cy" else "rhifau ffôn"
    assert other not in everything


@pytest.mark.parametrize(
    "address", ["/editor?q=llythyr", "/editor/inbox?state=twin", "/editor/try"]
)
@pytest.mark.parametrize(("language", "other"), [("cy", "en"), ("en", "cy")])
def test_the_other_language_shows_the_same_page(sign_in, address, language, other):
    mair = sign_in()
    joined = "&" if "?" in address else "?"
    page = mair.get(f"{address}{joined}lang={language}")
    (there,) = re.findall(rf'<a href="([^"]+)" hreflang="{other}"', page.text)

    assert html.unescape(there) == f"{address}{joined}lang={other}"


@pytest.mark.parametrize("part", ["", "/examples", "/about"])
def test_a_refused_form_has_its_page_in_the_other_language_too(sign_in, part):
    mair = sign_in()
    form = forms(mair.get(TOPIC).text)[part.strip("/") or "book_visit"]
    late = mair.post(f"{TOPIC}{part}", data={**form, "version": "old"})
    (there,) = re.findall(r'<a href="([^"]+)" hreflang="en"', late.text)

    assert late.status_code == 409
    assert mair.get(there).status_code == 200


@pytest.mark.parametrize(
    ("language", "path", "named"),
    [
        ("cy", "", "Pynciau"),
        ("en", "", "Topics"),
        ("cy", "/checks", "Popeth sydd i'w wneud"),
        ("en", "/checks", "Everything there is to do"),
        ("cy", "/nowhere", "Nid oes tudalen yma"),
        ("en", "/nowhere", "There is no page here"),
    ],
)
def test_each_page_has_a_title_of_its_own(sign_in, language, path, named):
    page = sign_in().get(f"/editor{path}?lang={language}")
    (title,) = re.findall("<title>(.*?)</title>", page.text)

    assert html.unescape(title).startswith(f"{named} – ")
