"""A topic that was not there: its answer in both languages, its examples, and its place, in one commit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.language import Language
from editor.drafts import LONGEST_PART, CannotSave, Drafts
from editor.phrases import BadExamples, Phrases, tidy
from editor.splice import BrokenEdit

NAME = re.compile(r"[a-z]+(?:_[a-z]+){0,5}")
"""What a topic may be called: English words in small letters, as in the taxonomy."""
LONGEST_NAME = 40
LOOK_AGAIN_AFTER = timedelta(days=180)
RESERVED = frozenset({"new", "did_you_mean", "follow_up", "nlu_fallback", "send_question"})
"""Names that mean something else already."""


@dataclass(frozen=True)
class NewTopic:
    """What an editor writes of a new topic."""

    name: str
    group: str
    titles: Mapping[Language, str]
    texts: Mapping[Language, str]
    examples: Mapping[Language, Sequence[str]]


def groups(drafts: Drafts) -> list[str]:
    """Name the groups a topic can be added to: those that people ask about, in both languages."""
    folders = [drafts.root / "nlu" / language.value for language in Language]
    return sorted(
        path.stem
        for path in (drafts.content / "topics").glob("*.yml")
        if path.stem != "crisis" and all((folder / path.name).exists() for folder in folders)
    )


def add(drafts: Drafts, phrases: Phrases, topic: NewTopic, who: str) -> None:
    """Write a new topic; CannotSave, BadExamples or BrokenEdit leave everything as it was."""
    with drafts.saving():
        _refuse(drafts, topic)
        lines = {language: tidy(topic.examples[language]) for language in Language}
        if found := list(phrases.objections(topic.name, lines)):
            raise BadExamples(found)
        if not all(lines.values()):
            raise CannotSave("bad_text")
        drafts.commit(_files(drafts, topic, lines), who, f"{topic.name}: new topic")


def _refuse(drafts: Drafts, topic: NewTopic) -> None:
    if not NAME.fullmatch(topic.name) or len(topic.name) > LONGEST_NAME or topic.name in RESERVED:
        raise CannotSave("topic_name")
    if topic.name in drafts.catalogue().topics:
        raise CannotSave("topic_there")
    if topic.group not in groups(drafts):
        raise CannotSave("choose_topic")
    written = [*topic.titles.values(), *topic.texts.values()]
    if any(not text.strip() or len(text) > LONGEST_PART for text in written):
        raise CannotSave("bad_text")
    if any("\n" in title.strip() for title in topic.titles.values()):
        raise CannotSave("bad_text")


def _files(drafts: Drafts, topic: NewTopic, lines: Mapping[Language, list[str]]) -> dict[Path, str]:
    about = drafts.content / "topics" / f"{topic.group}.yml"
    review_by = (date.today() + LOOK_AGAIN_AFTER).isoformat()
    body: dict[str, Any] = {
        "follow_ups": [],
        "sources": [],
        "provenance": [],
        "checked_on": None,
        "review_by": review_by,
        "confidence": "low",
    }
    told = "".join(f"    {key}: {_value(value)}\n" for key, value in body.items())
    files = {about: _appended(about, "topics", topic.name, f"  {topic.name}:\n{told}", body)}
    for language in Language:
        path = drafts.content / language.value / f"{topic.group}.yml"
        title, text = topic.titles[language].strip(), _clean(topic.texts[language])
        block = f"  {topic.name}:\n    title: {_value(title)}\n    text: |\n{_indented(text)}"
        said = {"title": title, "text": f"{text}\n"}
        files[path] = _appended(path, "answers", topic.name, block, said)
        nlu = drafts.root / "nlu" / language.value / f"{topic.group}.yml"
        files[nlu] = _with_intent(nlu.read_text("utf-8"), topic.name, lines[language])
    return files


def _clean(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def _indented(text: str) -> str:
    return "".join(f"      {line}\n" if line else "\n" for line in text.split("\n"))


def _value(value: object) -> str:
    if value is None:
        return "null"
    if value == []:
        return "[]"
    return str(yaml.dump(value, default_style='"', allow_unicode=True, width=10**6)).strip()


def _appended(path: Path, section: str, name: str, block: str, body: Mapping[str, Any]) -> str:
    """Return the file with *block* at the end of a section; BrokenEdit if it would say otherwise."""
    source = path.read_text("utf-8")
    wanted = yaml.load(source, yaml.CSafeLoader)
    wanted[section][name] = dict(body)
    start = source.index(f"{section}:\n")
    after = re.compile(r"^[^\s#]", re.M).search(source, start + len(section) + 2)
    end = after.start() if after else len(source)
    head = source[:end] if source[:end].endswith("\n") else f"{source[:end]}\n"
    return _proved(head + block + source[end:], wanted)


def _with_intent(source: str, name: str, lines: Sequence[str]) -> str:
    wanted = yaml.load(source, yaml.CSafeLoader)
    said = "".join(f"- {line}\n" for line in lines)
    wanted["nlu"].append({"intent": name, "examples": said})
    body = "".join(f"    - {line}\n" for line in lines)
    return _proved(f"{source.rstrip()}\n- intent: {name}\n  examples: |\n{body}", wanted)


def _proved(changed: str, wanted: object) -> str:
    try:
        found = yaml.load(changed, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise BrokenEdit("the file could not be read any more") from error
    if found != wanted:
        raise BrokenEdit("the file would say something else than was written")
    return changed
