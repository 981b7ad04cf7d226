"""What goes wrong while somebody saves: it is said plainly, and no word is lost."""

from __future__ import annotations

import html
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from bot.language import Language
from bot.settings import ROOT
from bot.wording import say
from editor.phrases import MOST_EXAMPLES
from tests.editor.conftest import forms, git
from tests.editor.test_desk import TOPIC, fields

LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=lambda one: one.value)
SAVED_BY = """
import sys
from pathlib import Path
from bot.language import Language
from editor.drafts import Conflict, Drafts
drafts = Drafts(Path(sys.argv[1]))
pair = drafts.pair("book_visit")
sides = {each: dict(pair.sides[each]) for each in Language}
sides[Language.WELSH]["title"] = f"Teitl {sys.argv[2]}"
print("ready", flush=True)
sys.stdin.readline()
try:
    drafts.save("book_visit", pair.version, sides, f"{sys.argv[2]} <x@example.org>", "")
    print("saved")
except Conflict as conflict:
    print(conflict.now.sides[Language.WELSH]["title"])
"""
BREAKING = (
    "a: b\n- c\n\t- d",
    "\"quoted\" and 'single' # not a comment",
    "{{ x }} &a *b !tag %d @e `f`",
    "|\n  block\n\n\n      deep",
    "---\n...\n---",
    "null",
    "line\u2028separator\u0085next",
    "\x00nul",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process, or of those it starts, grow above *size*: as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def content(root: Path) -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


@LANGUAGES
@pytest.mark.parametrize("first", [True, False], ids=["at once", "between the languages"])
def test_a_full_disk_is_said_and_both_files_stay(sign_in, root, language, first):
    mair = sign_in()
    form = fields(mair.get(TOPIC))
    long = "Mwy.\n\n" + "gair " * 1500
    sides = [root / f"bot/content/{each}/visiting.yml" for each in ("cy", "en")]
    welsh, english = (path.stat().st_size for path in sides)
    short, other = ("cy", "en") if welsh < english else ("en", "cy")
    size = 9_000 if first else max(welsh, english) + 100
    before = content(root / "bot")
    typed = {**form, f"{short}.title": "Teitl newydd", f"{other}.text": long}
    with room_for(size):
        refused = mair.post(TOPIC, data=typed, params={"lang": language.value})

    assert refused.status_code == 422
    assert say("editor.problem.disk", language) in html.unescape(refused.text)
    assert long.strip() in html.unescape(refused.text), "the words are still in the boxes"
    assert before == content(root / "bot")
    assert "" == git(root, "status", "--porcelain")
    assert mair.post(TOPIC, data=typed).status_code == 200, "with room again, it is saved"


@LANGUAGES
def test_no_room_for_the_history_puts_the_files_back(sign_in, root, language):
    """The files can be written, and Git cannot write what it has to."""
    mair = sign_in()
    form = {**fields(mair.get(TOPIC)), "cy.title": "Teitl newydd"}
    hook = root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexec dd if=/dev/zero of=.git/filled bs=1M count=9\n")
    hook.chmod(0o755)
    before = content(root / "bot")
    with room_for(1_000_000):
        refused = mair.post(TOPIC, data=form, params={"lang": language.value})

    assert refused.status_code == 422
    assert say("editor.problem.git", language) in html.unescape(refused.text)
    assert before == content(root / "bot")


def test_of_two_processes_that_save_at_once_one_is_shown_what_the_other_wrote(root):
    """Two desks over one tree, each with a page opened before either has saved."""
    command = [sys.executable, "-c", SAVED_BY, str(root)]
    desks = [
        subprocess.Popen(
            [*command, who], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for who in ("Mair", "Ifan", "Non")
    ]
    for desk in desks:
        assert "ready\n" == desk.stdout.readline()
    for desk in desks:
        desk.stdin.write("\n")
        desk.stdin.flush()
    told = sorted(desk.communicate(timeout=60)[0].strip() for desk in desks)
    (title,) = {line for line in told if line != "saved"}

    assert 1 == told.count("saved") and 2 == told.count(title)
    assert f"title: {title}" in (root / "bot/content/cy/visiting.yml").read_text()
    assert f"Teitl {git(root, 'log', '-1', '--format=%an').strip()}" == title
    assert 2 == len(git(root, "log", "--format=%s").splitlines())


@pytest.mark.parametrize("text", BREAKING, ids=range(len(BREAKING)))
def test_no_text_breaks_the_file(sign_in, root, text):
    """It is kept as it was written, or refused and still in the box."""
    mair = sign_in()
    form = {**fields(mair.get(TOPIC)), "cy.text": f"Un.\n{text}", "en.title": text.split("\n")[0]}
    answer = mair.post(TOPIC, data=form)
    said = yaml.safe_load((root / "bot/content/cy/visiting.yml").read_text("utf-8"))["answers"]

    if answer.status_code == 200:
        assert said["book_visit"]["text"].strip() == f"Un.\n{text}".strip()
    else:
        assert answer.status_code == 422
        assert "content" == git(root, "log", "--format=%s").strip()
    assert "" == git(root, "status", "--porcelain")


FORMS = {
    "topics/book_visit": {"cy.text": "fy nhestun", "en.text": "my text", "why": "fy rheswm"},
    "topics/book_visit/examples": {"cy": "fy nghwestiwn", "en": "my question"},
    "topics/book_visit/about": {"source.0.title_cy": "fy nheitl", "review_by": "2027-01-02"},
    "new-topic": {"name": "my_topic", "cy.title": "fy nheitl", "en.examples": "my line"},
    "inbox": {"lines": "ei gwestiwn", "twin": "its twin", "topic": "letters"},
    "directory/service/x": {"name_cy": "fy enw", "phones.0.number": "0800 000 0001", "why": "ie"},
    "try/row": {"name": "my row", "cy": "fy nhro", "en": "my turn"},
}


@LANGUAGES
@pytest.mark.parametrize("form", FORMS)
def test_a_session_that_ends_gives_every_word_back(sign_in, language, form):
    mair = sign_in()
    csrf = fields(mair.get(TOPIC))["csrf"]
    mair.cookies.clear()
    typed = {"csrf": csrf, "version": "0123456789", **FORMS[form]}
    over = mair.post(f"/editor/{form}", data=typed, params={"lang": language.value})

    assert over.status_code == 401
    assert html.escape(say("editor.over_kept", language)) in over.text.replace("&#39;", "&#x27;")
    for name, words in FORMS[form].items():
        assert f">{name}</label>" in over.text and f"\n{words}</textarea>" in over.text
    assert csrf not in over.text


@LANGUAGES
def test_a_paste_that_is_too_large_says_so(sign_in, root, language):
    mair = sign_in()
    asked = {"lang": language.value}
    form = forms(mair.get(TOPIC).text)["examples"]
    many = "\n".join(f"oes modd gofyn {at}" for at in range(MOST_EXAMPLES + 1))
    refused = mair.post(f"{TOPIC}/examples", data={**form, "cy": many}, params=asked)
    assert refused.status_code == 422 and f"oes modd gofyn {MOST_EXAMPLES}" in refused.text
    assert say("editor.problem.too_many_examples", language) in html.unescape(refused.text)
    huge = mair.post(f"{TOPIC}/examples", data={**form, "cy": "a" * 600_000}, params=asked)

    assert huge.status_code == 413
    assert say("editor.failed.large", language) in html.unescape(huge.text)
    assert "content" == git(root, "log", "--format=%s").strip()
