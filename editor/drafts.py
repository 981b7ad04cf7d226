"""The answers as editors change them: both languages of a topic, saved together, or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import yaml

from bot.catalogue.load import Catalogue, load
from bot.language import Language
from bot.release import MADE_OF
from editor.splice import splice

Side = dict[str, str]
"""The texts of one language by part: `title`, `text`, `more` …"""
LONGEST_PART = 8000
_CONTENT = "bot/content"
_TOLD = "%h%x1f%an%x1f%as%x1f%s"
_SIGNS = {" ": "same", "-": "gone", "+": "new"}
_SAVING = Lock()


class Conflict(Exception):
    """Somebody else has saved since this page was opened; carries what stands there now."""

    def __init__(self, now: Pair | None) -> None:
        super().__init__("changed meanwhile")
        self.now = now


class CannotSave(Exception):
    """Saving failed and nothing was changed; `kind` names the sentence that says why."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Pair:
    """Both languages of one answer."""

    topic: str
    group: str
    sides: Mapping[Language, Side]

    @property
    def version(self) -> str:
        """Name what stands there: another text, another version."""
        return _digest({language.value: self.sides[language] for language in Language})


@dataclass(frozen=True)
class Change:
    """One commit of an editor."""

    id: str
    who: str
    when: str
    why: str
    files: tuple[str, ...] = ()

    @property
    def of_words(self) -> bool:
        """Say whether an answer was changed, and not only its examples, buttons or sources."""
        sides = tuple(f"{_CONTENT}/{language.value}/" for language in Language)
        return any(name.startswith(sides) for name in self.files)


Words = tuple[tuple[str, str], ...]
"""A line as it was changed: stretches of `same`, `gone` and `new`."""


class Drafts:
    """Content below *root*, a Git working tree. Blocking: call in a thread."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        """Return the top of the working tree."""
        return self._root

    @property
    def content(self) -> Path:
        """Return the folder of the content."""
        return self._root / _CONTENT

    def catalogue(self) -> Catalogue:
        """Return all topics and answers as they stand, read again only where a file has changed."""
        return _loaded(self.content, stamps(self.content))

    def pair(self, topic: str) -> Pair:
        """Return both languages of *topic*; KeyError if there is no such topic."""
        catalogue = self.catalogue()
        about = catalogue.topics[topic]
        sides: dict[Language, Side] = {}
        for language in Language:
            answer = catalogue.answer(topic, language)
            sides[language] = {"title": answer.title, **answer.parts}
        return Pair(topic, about.group, sides)

    def save(
        self, topic: str, version: str, sides: Mapping[Language, Side], who: str, why: str
    ) -> bool:
        """Save and commit in the editor's name; False if nothing was changed.

        Conflict if another saved first; BrokenEdit or CannotSave if it cannot be done: then both
        files are as they were.
        """
        with self.saving():
            now = self.pair(topic)
            if now.version != version:
                raise Conflict(now)
            written = self._written(now, sides)
            if not written:
                return False
            self.commit(written, who, f"{topic}: {' '.join(why.split()) or 'edited'}")
        return True

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Hold the working tree: one editor saves at a time, in this process and in others."""
        with _SAVING:
            tree = os.open(self._root, os.O_RDONLY)
            try:
                fcntl.flock(tree, fcntl.LOCK_EX)
                yield
            finally:
                os.close(tree)

    @staticmethod
    def digest(plain: object) -> str:
        """Name a value by what it holds."""
        return _digest(plain)

    def commit(self, files: Mapping[Path, str], who: str, message: str) -> None:
        """Write *files* and commit them as *who*; CannotSave leaves them as they were."""
        self._refuse_unclean(list(files))
        self._replace(files, who, message)

    def _written(self, now: Pair, sides: Mapping[Language, Side]) -> dict[Path, str]:
        files: dict[Path, str] = {}
        for language in Language:
            path = self.content / language.value / f"{now.group}.yml"
            old = source = path.read_text("utf-8")
            for part, text in sides[language].items():
                clean = text.replace("\r\n", "\n").strip()
                if not clean or len(clean) > LONGEST_PART or part not in now.sides[language]:
                    raise CannotSave("bad_text")
                if clean != now.sides[language][part]:
                    source = splice(source, ("answers", now.topic, part), clean)
            if source != old:
                files[path] = source
        return files

    def _refuse_unclean(self, paths: list[Path]) -> None:
        """Never put somebody else's unfinished change under this editor's name."""
        if self._git("status", "--porcelain", "--", *map(str, paths)).strip():
            raise CannotSave("unclean")

    def _replace(self, files: Mapping[Path, str], who: str, message: str) -> None:
        names = [str(path) for path in files]
        try:
            with _replaced(files):
                self._git("add", "--intent-to-add", "--", *names)
                self._git("commit", "-q", f"--author={who}", "-m", message, "--only", "--", *names)
        except OSError as error:
            raise CannotSave("disk") from error

    def history(self, pair: Pair, most: int = 50) -> list[Change]:
        """List the changes made to *pair* here, its examples and sources too, newest first."""
        of_it = f"--grep=^{pair.topic}:"
        told = self._git("log", f"-{most}", f"--format=%x1e{_TOLD}", "--name-only", of_it)
        blocks = (block.strip().split("\n") for block in told.split("\x1e")[1:])
        return [_change(head, *filter(None, names)) for head, *names in blocks]

    def difference(self, change: str) -> dict[str, list[Words]]:
        """Return what a change did, word by word, by file; *change* is one of a history."""
        told = self._git("show", "--format=", "--unified=0", "--word-diff=porcelain", change)
        files = (part.split("\n") for part in f"\n{told}".split("\ndiff --git ")[1:])
        return {lines[0].rpartition(" b/")[2]: _changed_lines(lines) for lines in files}

    def since(self, commit: str, most: int = 50) -> list[Change]:
        """List what has changed since *commit* in all that a release is made of, newest first."""
        told = self._git("log", f"-{most}", f"--format={_TOLD}", f"{commit}..HEAD", "--", *MADE_OF)
        return [_change(line) for line in told.splitlines()]

    def as_of(self, pair: Pair, change: str) -> dict[Language, Side]:
        """Return the texts of *pair* after an earlier change of its history; KeyError if not one."""
        if change not in {each.id for each in self.history(pair)}:
            raise KeyError(change)
        then: dict[Language, Side] = {}
        for language in Language:
            path = f"{_CONTENT}/{language.value}/{pair.group}.yml"
            said = yaml.load(self._git("show", f"{change}:{path}"), yaml.CSafeLoader)
            old = said["answers"].get(pair.topic, {})
            now = pair.sides[language]
            then[language] = {part: str(old.get(part, now[part])).strip() for part in now}
        return then

    def _git(self, *arguments: str) -> str:
        identity = {"GIT_COMMITTER_NAME": "Cyswllt", "GIT_COMMITTER_EMAIL": "editor@localhost"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self._root,
            env={**os.environ, **identity},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotSave("git")
        return done.stdout


def stamps(folder: Path) -> tuple[int, ...]:
    """Return when each YAML file below *folder* was last written."""
    return tuple(path.stat().st_mtime_ns for path in sorted(folder.rglob("*.yml")))


def _change(told: str, *files: str) -> Change:
    commit, who, when, why = told.split("\x1f")
    return Change(commit, who, when, why, files)


def _changed_lines(told: list[str]) -> list[Words]:
    """Read one file of Git's word diff; a line that stayed as it was says nothing."""
    lines: list[Words] = []
    line: list[tuple[str, str]] = []
    for at in told[next((i for i, one in enumerate(told) if one.startswith("@@")), len(told)) :]:
        if at.startswith("~"):
            lines.append(tuple(line))
            line = []
        elif at[:1] in _SIGNS:
            line.append((_SIGNS[at[0]], at[1:]))
    return [each for each in lines if any(kind != "same" for kind, _ in each)]


@lru_cache(maxsize=4)
def _loaded(content: Path, written: tuple[int, ...]) -> Catalogue:
    return load(content)


def _digest(plain: object) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


@contextmanager
def _replaced(files: Mapping[Path, str]) -> Iterator[None]:
    """Replace files, each in one step; where anything fails, even for want of room, all are as they were.

    All is written before the first file is replaced, and the old ones stand aside meanwhile: going back
    writes nothing.
    """
    new = {path: path.with_suffix(f"{path.suffix}.new") for path in files}
    old = {path: path.with_suffix(f"{path.suffix}.old") for path in files if path.exists()}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            new[path].write_text(text, "utf-8")
        try:
            for path, kept in old.items():
                kept.unlink(missing_ok=True)
                os.link(path, kept)
            for path, draft in new.items():
                os.replace(draft, path)
            yield
        except BaseException:
            _put_back(files, old)
            raise
    finally:
        for path in (*new.values(), *old.values()):
            path.unlink(missing_ok=True)


def _put_back(files: Mapping[Path, str], old: Mapping[Path, Path]) -> None:
    for path in files:
        if path not in old:
            path.unlink(missing_ok=True)
        elif old[path].exists():
            os.replace(old[path], path)
