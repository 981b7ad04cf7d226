"""The workbook: what goes out comes back the same, and only what was changed is saved."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.catalogue.load import load
from bot.wording import texts
from editor.translators import (
    HEAD,
    BadBook,
    Line,
    bring_in,
    interface_lines,
    lines,
    proposals,
    read_back,
    workbook,
)
from tests.editor.conftest import git
from tests.editor.test_desk import TOPIC, fields

ADDRESS = "/editor/translators"
WRITABLE = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=60
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(WRITABLE, WRITABLE), max_size=5))
def test_a_workbook_comes_back_as_it_went(texts):
    """Whatever the texts hold, formulas and markup too."""
    went = [
        Line(f"topic.part{at}", "0", cy, en, "?", "x", "{a}", "b = c")
        for at, (cy, en) in enumerate(texts)
    ]

    assert went == read_back(workbook(went))


def test_every_text_of_ours_goes_out_and_comes_back_without_a_change(desk):
    drafts = desk.state.drafts
    went = list(lines(drafts, dict.fromkeys(load(drafts.content).topics, "")))

    assert len(went) > 200
    assert went == read_back(workbook(went))
    assert [] == proposals(drafts, read_back(workbook(went)))


def test_every_word_of_the_interface_goes_out_and_comes_back_without_a_change(desk):
    drafts = desk.state.drafts
    went = list(interface_lines(drafts))
    keys = {line.key.removeprefix("text:") for line in went}

    assert set(dict(texts(drafts.content / "cy"))) == keys
    assert {"widget.close", "editor.save", "services.found.few", "problem.busy.title"} <= keys
    assert all(line.where.partition(" / ")[0] and line.length for line in went)
    assert went == read_back(workbook(went))
    assert [] == proposals(drafts, read_back(workbook(went)))


LINE = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="{}"), min_size=1, max_size=60
).filter(lambda text: text.strip() == text and text.split())


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cy=LINE, en=LINE, key=st.sampled_from(["widget.close", "problem.busy.title", "page.day"]))
def test_a_word_of_the_interface_is_saved_as_written_through_the_workbook_and_back(
    desk, cy, en, key
):
    """Whatever a translator writes, in a text on a line of its own or in a mapping on one line."""
    drafts = desk.state.drafts
    key = "services.day.mo" if key == "page.day" else key
    (line,) = (each for each in interface_lines(drafts) if each.key == f"text:{key}")
    bring_in(drafts, read_back(workbook([replace(line, cy=cy, en=en)])), "Mair <m@example.org>")

    assert (cy, en) == tuple(dict(texts(drafts.content / la))[key] for la in ("cy", "en"))


def test_a_changed_button_is_one_line_in_each_language(sign_in, root):
    mair = sign_in()
    packed = mair.get(f"{ADDRESS}/cyswllt.xlsx?which=interface").content
    shown, form = upload(
        mair, changed(packed, "text:widget.close", Cymraeg="Cau hwn", English="Close this")
    )
    assert "Cau hwn" in shown.text and "Texts that would change: 1" in shown.text
    assert "Saved as a draft: 1" in mair.post(f"{ADDRESS}/save?lang=en", data=form).text

    diff = git(root, "show", "--format=%an", "--unified=0").splitlines()
    assert "Mair" == diff[0]
    assert ['+    close: "Cau hwn"', '+    close: "Close this"'] == [
        line for line in diff if line.startswith("+ ")
    ]


@pytest.mark.parametrize(
    ("of", "columns", "told"),
    [
        ("prison.about", {"Cymraeg": "Carchar:", "English": "Prison:"}, "curly brackets"),
        (
            "services.more",
            {"English": "More {number}", "Cymraeg": "Mwy {number}"},
            "curly brackets",
        ),
        ("services.more", {"English": ""}, "empty or too long"),
        ("services.more", {"English": "Show\nmore"}, "empty or too long"),
        ("services.more", {"version": "0", "English": "Other"}, "has changed since"),
        ("services.found.few", {"English": "Here are {number} {where}:"}, "no form of its own"),
        ("services.more", {"key": "text:no.such"}, "no text of this name"),
        ("services.more", {"key": "text:../../x"}, "no text of this name"),
    ],
)
def test_a_word_of_the_interface_that_would_do_harm_is_told_and_left(
    sign_in, root, of, columns, told
):
    mair = sign_in()
    packed = mair.get(f"{ADDRESS}/cyswllt.xlsx?which=interface").content
    shown, form = upload(mair, changed(packed, f"text:{of}", **columns))
    assert told in shown.text
    assert "Saved as a draft: 0" in mair.post(f"{ADDRESS}/save?lang=en", data=form).text

    assert "content" == git(root, "log", "--format=%s").strip()


def changed(packed: bytes, of: str, **columns: str) -> bytes:
    """Change a workbook as a translator would, in a spreadsheet."""
    book = load_workbook(io.BytesIO(packed))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == of:
            for name, text in columns.items():
                row[HEAD.index(name)].value = text
    packed_again = io.BytesIO()
    book.save(packed_again)
    return packed_again.getvalue()


def upload(editor, packed: bytes):
    csrf = re.findall(r'name="csrf" value="([^"]+)"', editor.get(f"{ADDRESS}?lang=en").text)[0]
    shown = editor.post(
        f"{ADDRESS}?lang=en", data={"csrf": csrf}, files={"book": ("a.xlsx", packed)}
    )
    kept = re.findall(r'name="packed" value="([^"]+)"', shown.text)
    return shown, {"csrf": csrf, "packed": kept[0] if kept else ""}


def test_a_changed_text_is_shown_and_then_saved_as_one_line(sign_in, root):
    mair = sign_in()
    packed = mair.get(f"{ADDRESS}/cyswllt.xlsx?which=all").content
    shown, form = upload(
        mair, changed(packed, "book_visit.title", Cymraeg="Trefnu ymweliad heddiw")
    )

    assert "Trefnu ymweliad heddiw" in shown.text and "Texts that would change: 1" in shown.text
    assert "content" == git(root, "log", "--format=%s").strip()
    saved = mair.post(f"{ADDRESS}/save?lang=en", data=form)
    assert "Saved as a draft: 1" in saved.text
    diff = git(root, "show", "--format=%an", "--unified=0").splitlines()
    assert "Mair" == diff[0]
    assert 1 == sum(line.startswith("+ ") for line in diff)


def test_the_texts_of_which_one_side_is_behind_say_what_is_wanted(sign_in):
    mair = sign_in()
    form = fields(mair.get(TOPIC))
    mair.post(TOPIC, data={**form, "en.text": form["en.text"] + "\n\nMore."})
    wanted = read_back(mair.get(f"{ADDRESS}/cyswllt.xlsx").content)

    assert {"book_visit"} == {line.key.partition(".")[0] for line in wanted}
    for told in ("Edrychwch ar y Gymraeg.", "Look at the Welsh."):
        assert all(told in line.wanted for line in wanted)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"English": ""}, "empty or too long"),
        ({"English": "Hello {name}"}, "curly brackets"),
        ({"version": "0", "English": "Other"}, "has changed since"),
        ({"key": "no_such.title"}, "no text of this name"),
        ({"key": "../../x"}, "no text of this name"),
    ],
)
def test_what_cannot_be_saved_is_told_and_left(sign_in, root, columns, told):
    mair = sign_in()
    packed = mair.get(f"{ADDRESS}/cyswllt.xlsx?which=all").content
    shown, form = upload(mair, changed(packed, "book_visit.title", **columns))
    assert told in shown.text
    assert "Saved as a draft: 0" in mair.post(f"{ADDRESS}/save?lang=en", data=form).text

    assert "content" == git(root, "log", "--format=%s").strip()


def test_what_is_no_workbook_is_refused(sign_in):
    mair = sign_in()
    for packed in (b"", b"PK\x03\x04 not really", b"a" * 5_000_000):
        shown, _ = upload(mair, packed)
        assert shown.status_code == 422
    with pytest.raises(BadBook):
        read_back(b"x")


def test_a_text_that_looks_like_a_formula_is_a_text():
    line = Line("a.title", "0", "=1+1", '=HYPERLINK("https://evil")')
    sheet = load_workbook(io.BytesIO(workbook([line]))).worksheets[0]

    assert ["s", "s"] == [sheet["G2"].data_type, sheet["H2"].data_type]
