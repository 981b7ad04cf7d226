"""Examples, buttons, sources, confirmation, stale sides and restoring, through the pages."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import ROOT
from editor.phrases import with_examples
from editor.sources import with_value
from editor.splice import BrokenEdit
from tests.editor.conftest import forms, git
from tests.editor.test_desk import TOPIC, fields


def added(root) -> list[str]:
    changed = git(root, "show", "--format=", "--unified=0").splitlines()
    return [line for line in changed if re.match(r"[+-](?![+-]{2} )", line)]


def test_an_example_is_one_line_and_keeps_its_marks(sign_in, root):
    mair = sign_in()
    form = forms(mair.get(TOPIC).text)["examples"]
    line = "oes modd bwcio slot yn [Abertawe](prison) drwy lythyr"
    saved = mair.post(f"{TOPIC}/examples", data={**form, "cy": form["cy"] + "\n" + line})

    assert saved.status_code == 200 and line in saved.text
    assert [f"+    - {line}"] == added(root)


def test_pages_saved_as_they_are_change_nothing(sign_in, root):
    mair = sign_in()
    found = forms(mair.get(TOPIC).text)
    for name in ("examples", "about"):
        assert mair.post(f"{TOPIC}/{name}", data=found[name]).status_code == 200, name

    assert "content" == git(root, "log", "--format=%s").strip()


@pytest.mark.parametrize(
    "line",
    ["/restart", "[Berwyn](prison", "[Berwyn](dragon)", "x" * 401, "??"],
)
def test_a_bad_example_is_not_saved_and_stays_in_the_box(sign_in, root, line):
    mair = sign_in()
    form = forms(mair.get(TOPIC).text)["examples"]
    refused = mair.post(f"{TOPIC}/examples", data={**form, "en": form["en"] + "\n" + line})

    assert refused.status_code == 422
    assert html.escape(line) in refused.text
    assert "content" == git(root, "log", "--format=%s").strip()


def test_what_is_measured_with_is_not_learnt_from(sign_in, root):
    held = root / "tests" / "held_out"
    held.mkdir(parents=True)
    (held / "en.jsonl").write_text('{"text": "could a gran bring her knitting along"}\n')
    mair = sign_in()
    form = forms(mair.get(TOPIC).text)["examples"]
    line = "Could a gran bring her knitting alongg?"
    refused = mair.post(f"{TOPIC}/examples", data={**form, "en": form["en"] + "\n" + line})

    assert refused.status_code == 422 and "mesur" in refused.text


def test_the_second_of_two_is_shown_both_lists(sign_in, root):
    mair, ifan = sign_in(), sign_in("Ifan")
    first, second = (forms(who.get(TOPIC).text)["examples"] for who in (mair, ifan))
    mair.post(f"{TOPIC}/examples", data={**first, "cy": first["cy"] + "\nun newydd gan mair"})
    late = ifan.post(f"{TOPIC}/examples", data={**second, "cy": second["cy"] + "\ntro ifan yw hi"})

    assert late.status_code == 409
    assert "un newydd gan mair" in late.text and "tro ifan yw hi" in late.text
    assert ["+    - un newydd gan mair"] == added(root)


def test_a_source_is_changed_and_the_rest_is_left(sign_in, root):
    mair = sign_in()
    form = forms(mair.get(TOPIC).text)["about"]
    saved = mair.post(f"{TOPIC}/about", data={**form, "source.1.as_of": "2026-11-27"})
    lines = added(root)

    assert saved.status_code == 200
    assert any('as_of: "2026-11-27"' in line for line in lines)
    assert len(lines) == 2, lines


@pytest.mark.parametrize(
    "change",
    [
        {"source.0.url": "http://example.org"},
        {"source.0.url": "javascript:alert(1)"},
        {"source.0.title_cy": ""},
        {"source.0.as_of": "yesterday"},
        {"review_by": "2026-02-31"},
        {"follow_ups": ["no_such_topic"]},
    ],
    ids=lambda change: "-".join(change),
)
def test_a_bad_source_or_button_is_not_saved(sign_in, root, change):
    mair = sign_in()
    form = forms(mair.get(TOPIC).text)["about"]

    typed = {"source.0.title_en": "My own title", **change}
    refused = mair.post(f"{TOPIC}/about", data={**form, **typed})

    assert refused.status_code == 422
    assert "content" == git(root, "log", "--format=%s").strip()
    assert "My own title" == forms(refused.text)["about"]["source.0.title_en"]


def test_the_second_of_two_is_shown_both_lists_of_sources(sign_in, root):
    mair, ifan = sign_in(), sign_in("Ifan")
    first, second = (forms(who.get(TOPIC).text)["about"] for who in (mair, ifan))
    mair.post(f"{TOPIC}/about", data={**first, "source.0.title_en": "Mair's title"})
    late = ifan.post(f"{TOPIC}/about", data={**second, "source.0.title_en": "Ifan's title"})
    typed = forms(late.text)["about"]

    assert late.status_code == 409
    assert "Mair's title" in html.unescape(late.text)
    assert "Ifan's title" == typed["source.0.title_en"]
    assert "Ifan's title" not in (root / "bot/content/topics/visiting.yml").read_text()
    # Having seen both, he may save.
    assert 200 == ifan.post(f"{TOPIC}/about", data=typed).status_code
    assert "Ifan's title" in (root / "bot/content/topics/visiting.yml").read_text()


def test_only_the_button_sets_the_day_and_the_name(sign_in, root):
    mair = sign_in()
    form = forms(mair.get(TOPIC).text)["checked"]
    page = mair.post(f"{TOPIC}/checked", data=form).text
    about = yaml.safe_load((root / "bot/content/topics/visiting.yml").read_text())
    topic = about["topics"]["book_visit"]

    assert (date.today().isoformat(), "Mair") == (topic["checked_on"], topic["checked_by"])
    assert "gan Mair" in page
    # Somebody who saw an older page may not confirm what they have not seen.
    assert mair.post(f"{TOPIC}/checked", data=form).status_code == 409


@pytest.mark.parametrize(("days", "listed"), [(None, True), (181, True), (180, False), (0, False)])
def test_answers_that_nobody_has_checked_lately_are_listed(sign_in, root, days, listed):
    if days is not None:
        path = root / "bot/content/topics/visiting.yml"
        day = (date.today() - timedelta(days=days)).isoformat()
        path.write_text(with_value(path.read_text(), ("topics", "book_visit"), "checked_on", day))
    page = sign_in().get("/editor/checks?lang=en").text
    below = page[page.index("Answers not checked in the last six months") :]

    assert listed == ("topics/book_visit?lang=en#about" in below)


def test_no_form_sets_the_day_or_the_name(sign_in, root):
    mair = sign_in()
    form = forms(mair.get(TOPIC).text)["about"]
    sent = {**form, "checked_on": "2026-01-01", "checked_by": "Ifan", "source.0.checked_by": "Ifan"}
    mair.post(f"{TOPIC}/about", data=sent)
    mair.post(TOPIC, data={**fields(mair.get(TOPIC)), "cy.checked_on": "2026-01-01"})

    assert "content" == git(root, "log", "--format=%s").strip()


def test_a_side_left_behind_is_told_until_it_is_changed_or_confirmed(sign_in, root):
    mair = sign_in()
    form = fields(mair.get(TOPIC))
    changed = mair.post(TOPIC, data={**form, "en.text": form["en.text"] + "\n\nMore."})

    assert "Edrychwch ar y Gymraeg" in changed.text
    assert "newid heb y llall: 1" in mair.get("/editor/checks").text
    agreed = mair.post(f"{TOPIC}/agrees", data=forms(changed.text)["agrees"])
    assert "Edrychwch ar y Gymraeg" not in agreed.text
    assert "newid heb y llall: 0" in mair.get("/editor/checks").text


@pytest.mark.parametrize(
    ("side", "word", "told", "button"),
    [
        ("cy", "Bwmbwrth", "ai ‘Bwmbwrth’ yw'r sillafiad", "Mae ‘Bwmbwrth’ wedi'i sillafu'n gywir"),
        ("en", "Bumblewick", "is ‘Bumblewick’ spelt so?", "‘Bumblewick’ is spelt right"),
    ],
)
def test_a_word_that_no_dictionary_has_is_taught_with_one_press(
    sign_in, root, side, word, told, button
):
    mair, asked = sign_in(), {"lang": side}
    form = fields(mair.get(TOPIC))
    page = mair.post(
        TOPIC, data={**form, f"{side}.title": f"{form[f'{side}.title']} {word}"}, params=asked
    )
    assert told in html.unescape(page.text) and button in html.unescape(page.text)
    assert button in html.unescape(mair.get("/editor/checks", params=asked).text)
    taught = forms(page.text)["words"]
    after = mair.post("/editor/words", data={**taught, "word": word}, params=asked)

    assert after.url.path == TOPIC and told not in html.unescape(after.text)
    assert told not in html.unescape(mair.get("/editor/checks", params=asked).text)
    assert [f"+{word.lower()}"] == added(root)
    for bad in ("two words", "<b>", "", "x" * 41):
        assert 422 == mair.post("/editor/words", data={**taught, "word": bad}).status_code


def test_an_earlier_day_can_be_restored(sign_in, root):
    mair = sign_in()
    for words in ("Teitl un", "Teitl dau"):
        mair.post(TOPIC, data={**fields(mair.get(TOPIC)), "cy.title": words})
    page = mair.get(TOPIC).text
    (change,) = re.findall(r'name="change" value="(\w+)"', page)
    csrf = fields(mair.get(TOPIC))["csrf"]
    offered = mair.post(f"{TOPIC}/restore", data={"csrf": csrf, "change": change})

    assert "Teitl dau" in (root / "bot/content/cy/visiting.yml").read_text()
    assert fields(offered)["cy.title"] == "Teitl un"
    mair.post(TOPIC, data=fields(offered))
    assert "Teitl un" in (root / "bot/content/cy/visiting.yml").read_text()
    assert mair.post(f"{TOPIC}/restore", data={"csrf": csrf, "change": "HEAD~1"}).status_code == 404


@pytest.mark.parametrize(
    ("language", "answer", "examples"),
    [
        ("cy", "Ateb: English", "Enghreifftiau: Cymraeg"),
        ("en", "Answer: English", "Examples: Cymraeg"),
    ],
)
def test_each_change_is_shown_word_by_word_in_both_languages(sign_in, language, answer, examples):
    mair, asked = sign_in(), {"lang": language}
    changed = {"cy.title": "Trefnu eich ymweliad", "en.title": "Book your <b>visit</b>"}
    mair.post(TOPIC, data={**fields(mair.get(TOPIC)), **changed, "why": "kinder"})
    form = forms(mair.get(TOPIC).text)["examples"]
    mair.post(f"{TOPIC}/examples", data={**form, "cy": form["cy"] + "\nun newydd sbon i mi"})
    links = re.findall(r'href="([^"]+/changes/[^"]+)"', mair.get(TOPIC, params=asked).text)
    newest, first = (html.unescape(mair.get(link).text) for link in links)

    assert examples in newest and "<ins>- un newydd sbon i mi</ins>" in newest
    assert answer in first and "Mair, book_visit: kinder" in first
    assert "Trefnu <ins>eich</ins>" in first and "Book <del>a visit</del>" in first
    assert "<b>visit</b>" not in mair.get(links[1]).text, "what was written is text"
    assert 404 == mair.get(f"{TOPIC}/changes/HEAD").status_code


def test_only_words_are_restored(sign_in):
    """What changed examples or sources is in the history, and has no button to restore words."""
    mair = sign_in()
    mair.post(TOPIC, data={**fields(mair.get(TOPIC)), "cy.title": "Teitl un"})
    mair.post(f"{TOPIC}/checked", data=forms(mair.get(TOPIC).text)["checked"])
    page = mair.get(TOPIC).text

    assert 2 == page.count("/changes/") and 'name="change"' not in page


@pytest.mark.parametrize(
    "path", sorted((ROOT / "nlu").glob("*/*.yml")), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_examples_written_again_change_nothing(path):
    source = path.read_text("utf-8")
    for block in yaml.safe_load(source)["nlu"][:1]:
        if "intent" in block:
            lines = [line[2:] for line in block["examples"].splitlines() if line.strip()]
            assert source == with_examples(source, block["intent"], lines)


NLU = 'version: "3.1"\n# Why.\nnlu:\n- intent: one\n  examples: |\n    - a\n    - b\n- intent: two\n  examples: |\n    - c\n'


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=40).map(str.strip), max_size=4))
def test_examples_are_saved_as_written_or_refused(lines):
    try:
        changed = with_examples(NLU, "one", lines)
    except BrokenEdit:
        return
    first, second = yaml.safe_load(changed)["nlu"]

    assert [line[2:] for line in str(first["examples"] or "").splitlines()] == lines
    assert "- c\n" == second["examples"]


ABOUT = """# Why.
topics:
  first: {follow_ups: []}
  letters:
    follow_ups: [parcels]  # what comes next
    sources:
      # seen in August
      - {title_en: "A", title_cy: "B", url: "https://example.org"}
    review_by: "2027-05-22"
  # the last one
  last:
    sources: []
"""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["sources", "review_by", "checked_by", "new"]))
def test_a_value_is_saved_as_written_or_refused(text, key):
    source = ABOUT
    value = [{"title_en": text, "title_cy": text}] if key == "sources" else text
    try:
        changed = with_value(source, ("topics", "letters"), key, value)
    except BrokenEdit:
        return

    assert yaml.safe_load(changed)["topics"]["letters"][key] == value
