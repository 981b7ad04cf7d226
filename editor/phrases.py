"""What people ask, as editors change it: the examples of a topic in `nlu/`, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from rapidfuzz import fuzz, process

from bot.examples import Example, examples, plain
from bot.language import Language
from bot.words import fold
from editor.drafts import CannotSave, Conflict, Drafts, stamps
from editor.splice import BrokenEdit

LONGEST_EXAMPLE = 400
"""Characters of one example: longer than the longest story that the topics are learned from."""
MOST_EXAMPLES = 6000
"""Examples of one topic in one language: a form must stay small enough to send."""
TOO_NEAR = 92.0
"""Likeness (0–100, rapidfuzz's ratio) from which two phrases count as one with a slip of the pen."""
SHORTEST_LIKENESS = 13
"""Letters from which likeness says something: "visit" and "visits" are simply short."""
KINDS = ("prison", "place", "postcode", "need", "age", "service", "language")
"""What may be marked in an example: the entities of bot/domain that stand in people's words."""
_MARKED = re.compile(r"\[([^\[\]]+)\](?:\((\w+)\)|\{([^{}]*)\})")

Lines = Mapping[Language, Sequence[str]]


@dataclass(frozen=True)
class Objection:
    """Why an example cannot be saved; `kind` names the sentence that says so."""

    language: Language
    line: str
    kind: str
    topic: str = ""
    """The other topic, where the objection is about one."""


class BadExamples(Exception):
    """Examples that would do harm; nothing was saved."""

    def __init__(self, objections: list[Objection]) -> None:
        super().__init__("bad examples")
        self.objections = objections


class Phrases:
    """The examples below *drafts*' tree. Blocking: call in a thread."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def of(self, topic: str) -> dict[Language, list[str]]:
        """Return the examples of *topic*, entities marked, as they stand in the files."""
        own = self.examples(topic)
        return {
            language: [each.marked for each in own if each.language == language]
            for language in Language
        }

    def examples(self, topic: str) -> list[Example]:
        """Return the examples of *topic* in both languages."""
        return [each for each in self._all() if each.intent == topic]

    def _all(self) -> tuple[Example, ...]:
        nlu = self._drafts.root / "nlu"
        return _read(nlu, stamps(nlu))

    def version(self, topic: str) -> str:
        """Name what stands there: other examples, another version."""
        return self._drafts.digest({k.value: v for k, v in self.of(topic).items()})

    def save(self, topic: str, version: str, lines: Lines, who: str, why: str) -> bool:
        """Replace the examples of *topic*; False if nothing changed.

        Conflict if another saved first, BadExamples if some would do harm.
        """
        with self._drafts.saving():
            if self.version(topic) != version:
                raise Conflict(None)
            wanted = {language: tidy(lines[language]) for language in Language}
            self._refuse(topic, lines)
            if any(not wanted[language] for language in Language):
                raise CannotSave("bad_text")
            return self._commit(topic, wanted, who, why)

    def add(self, topic: str, lines: Lines, who: str, why: str) -> bool:
        """Add examples to *topic*; those that stand there already change nothing."""
        with self._drafts.saving():
            self._refuse(topic, lines)
            before, new = self.of(topic), self._new(topic, lines)
            wanted = {la: [*before[la], *new[la]] for la in Language}
            return self._commit(topic, wanted, who, why)

    def _commit(self, topic: str, wanted: Lines, who: str, why: str) -> bool:
        written: dict[Path, str] = {}
        for language in Language:
            path = self._file(topic, language)
            source = path.read_text("utf-8")
            changed = with_examples(source, topic, wanted[language])
            if changed != source:
                written[path] = changed
        if written:
            self._drafts.commit(written, who, f"{topic}: {' '.join(why.split()) or 'examples'}")
        return bool(written)

    def _file(self, topic: str, language: Language) -> Path:
        for path in sorted((self._drafts.root / "nlu" / language.value).glob("*.yml")):
            if f"\n- intent: {topic}\n" in path.read_text("utf-8"):
                return path
        raise KeyError(topic)

    def _refuse(self, topic: str, lines: Lines) -> None:
        if found := self.looked_at(topic, lines):
            raise BadExamples(found)

    def looked_at(self, topic: str, lines: Lines) -> list[Objection]:
        """Return what speaks against those of *lines* that are not examples of *topic* yet."""
        return list(self.objections(topic, self._new(topic, lines)))

    def _new(self, topic: str, lines: Lines) -> dict[Language, list[str]]:
        before = self.of(topic)
        return {la: [x for x in tidy(lines[la]) if x not in before[la]] for la in Language}

    def objections(self, topic: str, new: Mapping[Language, Iterable[str]]) -> Iterator[Objection]:
        """Yield what speaks against new examples: form, another topic's phrase, a held-out one."""
        owners = {e.folded: e.intent for e in self._all() if e.intent != topic}
        held = self._held_out()
        for language in Language:
            for line in new[language]:
                if kind := _malformed(line):
                    yield Objection(language, line, kind)
                    continue
                said = fold(plain(line))
                if other := _owner(said, owners):
                    yield Objection(language, line, "other_topic", other)
                elif said in held or process.extractOne(
                    said, held, scorer=fuzz.ratio, score_cutoff=TOO_NEAR
                ):
                    yield Objection(language, line, "held_out")

    def _held_out(self) -> list[str]:
        folder = self._drafts.root / "tests" / "held_out"
        return [
            fold(json.loads(line)["text"])
            for path in sorted(folder.glob("*.jsonl"))
            for line in path.read_text("utf-8").splitlines()
            if line.strip()
        ]


@lru_cache(maxsize=2)
def _read(nlu: Path, written: tuple[int, ...]) -> tuple[Example, ...]:
    return tuple(examples(nlu))


def tidy(lines: Iterable[str]) -> list[str]:
    """Make one line of each example, without list marks, each once; CannotSave where they are too many."""
    clean = (" ".join(line.strip().removeprefix("- ").split()) for line in lines)
    found = list(dict.fromkeys(line for line in clean if line))
    if len(found) > MOST_EXAMPLES:
        raise CannotSave("too_many_examples")
    return found


def _owner(said: str, owners: Mapping[str, str]) -> str | None:
    """Return the topic that has this phrase, or one that differs by a slip of the pen."""
    if said in owners or len(said) < SHORTEST_LIKENESS:
        return owners.get(said)
    near = process.extractOne(said, owners.keys(), scorer=fuzz.ratio, score_cutoff=TOO_NEAR)
    return owners[near[0]] if near else None


def _malformed(line: str) -> str | None:
    if len(line) > LONGEST_EXAMPLE or not any(sign.isalnum() for sign in line):
        return "bad_text"
    marked = _MARKED.findall(line)
    rest = _MARKED.sub("", line)
    if any(sign in rest for sign in "[]{}") or any(
        kind and kind not in KINDS for _, kind, _ in marked
    ):
        return "bad_mark"
    return "command" if line.startswith("/") else None


def with_examples(source: str, topic: str, lines: Sequence[str]) -> str:
    """Return *source*, an nlu file, with other examples of *topic*: no other line is touched.

    BrokenEdit where the file would not say what was meant.
    """
    head = f"- intent: {topic}\n  examples: |\n"
    start = source.index(head) + len(head)
    block = re.compile(r"(?: {4,}[^\n]*\n?|[ \t]*\n(?= {4}))*").match(source, start)
    assert block is not None
    body = "".join(f"    - {line}\n" for line in lines)
    changed = source[:start] + body + source[block.end() :]
    _verify(source, changed, topic, lines)
    return changed


def _verify(source: str, changed: str, topic: str, lines: Sequence[str]) -> None:
    wanted = _blocks(source)
    wanted[topic] = list(lines)
    try:
        found = _blocks(changed)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise BrokenEdit("the file could not be read any more") from error
    if found != wanted:
        raise BrokenEdit("the file would say something else than was written")


def _blocks(source: str) -> dict[str, list[str]]:
    said = yaml.load(source, yaml.CSafeLoader)["nlu"]
    return {
        block.get("intent", str(block.get("lookup", block))): [
            line.strip().removeprefix("- ").strip()
            for line in str(block["examples"]).splitlines()
            if line.strip()
        ]
        for block in said
    }
