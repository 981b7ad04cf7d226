"""A one-word edit is a one-word diff, and what would break a file is refused."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue.load import CONTENT
from editor.splice import BrokenEdit, splice

FILE = """# A comment.
answers:
  # welsh-review: one
  one:
    title: Un
    text: |
      Y llinell gyntaf.

      - yr ail
  two:   {title: "Dau: 2", text: 'Byr'}
"""
FILES = [
    pytest.param(path, id=f"{path.parent.name}/{path.stem}")
    for language in ("cy", "en")
    for path in sorted((CONTENT / language).glob("*.yml"))
]


@pytest.mark.parametrize("path", FILES)
def test_a_text_written_again_changes_nothing(path):
    source = path.read_text("utf-8")
    answers = list((yaml.safe_load(source).get("answers") or {}).items())
    for topic, parts in (*answers[:1], *answers[-1:]):
        for part in parts.keys() - {"register"}:
            assert source == splice(source, ("answers", topic, part), parts[part].strip())


def test_one_word_is_one_line():
    changed = splice(FILE, ("answers", "one", "text"), "Y llinell olaf.\n\n- yr ail")

    assert FILE.replace("gyntaf", "olaf") == changed


@pytest.mark.parametrize("title", ["a: b", "# x", "- x", "null", "yes", "1", '"', "{x", "tŷ ŵyl"])
def test_a_title_comes_back_as_it_was_written(title):
    changed = splice(FILE, ("answers", "one", "title"), title)

    assert title == yaml.safe_load(changed)["answers"]["one"]["title"]
    assert FILE.splitlines()[5:] == changed.splitlines()[5:]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["one", "two"]))
def test_it_is_saved_as_written_or_refused(text, topic):
    text = text.strip()
    try:
        changed = splice(FILE, ("answers", topic, "text"), text)
    except BrokenEdit:
        return
    said = yaml.safe_load(changed)["answers"]

    assert text == said[topic]["text"].strip()
    assert yaml.safe_load(FILE)["answers"]["one"]["title"] == said["one"]["title"]


def test_a_text_that_is_not_there_is_refused():
    with pytest.raises(BrokenEdit):
        splice(FILE, ("answers", "one", "more"), "x")
