"""`make bench-understanding`: how well held-out messages are understood, in each language.

Runs in Rasa's environment: the topic model is trained on `nlu/` as for a release and tried on
`tests/held_out/`, which is never trained on. The table goes to docs/understanding.md.
MASSIVE=FOLDER adds Amazon MASSIVE 1.1 (two files of JSON lines, as its notes there say): our model,
taught its 60 intents in both languages, on its test messages.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.classify import TopicModel, classifier, features, reader
from bot.context import ANSWERED, CONVERSATIONAL, DANGER, Reading, Talk, danger, resolve
from bot.encoder import Meaning
from bot.examples import Example, examples
from bot.gazetteer import Gazetteer
from bot.language import Language
from bot.language_id import lean, train
from bot.neighbours import VOICE
from bot.settings import ROOT

HELD_OUT = ROOT / "tests" / "held_out"
FOLLOW_UPS = ROOT / "tests" / "conversations" / "follow_ups.yml"
DATA = ROOT / "directory" / "data"
REPORT = ROOT / "docs" / "understanding.md"
C = 0.3
"""As in config.yml."""


def main() -> None:
    said = list(examples())
    print(f"training on {len(said)} examples …", flush=True)
    started = time.monotonic()
    texts, intents = [each.text for each in said], [each.intent for each in said]
    meaning = reader().fit(texts)
    model = TopicModel.train(texts, intents, C, meaning)
    print(f"trained in {time.monotonic() - started:.0f} s; trying held-out messages …", flush=True)
    figures = {language: _measure(model, _rows(language)) for language in Language}
    print("following talks …", flush=True)
    report = [_report(len(said), figures), *_languages(said), *_follow_ups(model)]
    if folder := os.environ.get("MASSIVE"):
        print("learning MASSIVE …", flush=True)
        report += _massive(Path(folder))
    print("trying it without each of its parts …", flush=True)
    for line in _ablation(texts, intents, meaning):
        report.append(line)
        REPORT.write_text("\n".join(report), "utf-8")  # half an hour's work is not lost to its end
    print(REPORT.read_text())


def _languages(said: list[Example]) -> Iterator[str]:
    """Yield a table: whose language is named rightly, by length, for first messages."""
    model = train((each.language, each.text) for each in said)
    yield from ("", "Language of a first message right, by words (nothing said before):", "")
    yield from ("| words | Welsh | English |", "|---|---|---|")
    for least, most in ((1, 2), (3, 4), (5, 9), (10, 999)):
        cells = []
        for language in Language:
            texts = [
                row["text"] for row in _rows(language) if "code_switch" not in row.get("tags", ())
            ]
            fit = [text for text in texts if least <= len(text.split()) <= most]
            hits = sum(lean(model, text) is language for text in fit)
            cells.append(f"{hits / max(len(fit), 1):.1%} ({hits}/{len(fit)})")
        named = f"{least} or more" if most == 999 else f"{least} to {most}"
        yield f"| {named} | {' | '.join(cells)} |"
    yield ""


def _follow_ups(model: TopicModel) -> Iterator[str]:
    """Yield what the talk before a message is worth, and what it costs where the topic changes."""
    gazetteer = Gazetteer.load(DATA / "prisons.yml", DATA / "places.yml")
    yield (
        "Messages that go on with a talk (`tests/conversations/follow_ups.yml`), and held-out messages of "
        "up to 12 words asked right after another topic:"
    )
    yield ""
    yield from ("| topic right | Welsh | English |", "|---|---|---|")
    for named, read in (("by its words alone", _alone), ("in the light of the talk", _in_talk)):
        cells = (_share_followed(model, gazetteer, language, read) for language in Language)
        yield f"| going on, {named} | {' | '.join(cells)} |"
    for named, read in (("by its words alone", _alone), ("in the light of the talk", _in_talk)):
        cells = (_share_changed(model, gazetteer, language, read) for language in Language)
        yield f"| another topic, {named} | {' | '.join(cells)} |"
    yield ""


Read = Callable[[TopicModel, Gazetteer, str, str], str]


def _alone(model: TopicModel, gazetteer: Gazetteer, text: str, topic: str) -> str:
    return model.rank(text)[0][0]


def _in_talk(model: TopicModel, gazetteer: Gazetteer, text: str, topic: str) -> str:
    mentions = gazetteer.find(text)
    kinds = {mention.kind for mention in mentions} | {"namesake" for m in mentions if m.prison}
    ranking = [Reading(name, chance) for name, chance in model.rank(text)]
    intent = resolve(text, ranking, frozenset(kinds), Talk(topic=topic))[0].intent
    return topic if intent == "more" else intent


def _share_followed(model: TopicModel, gazetteer: Gazetteer, language: Language, read: Read) -> str:
    hits = []
    for row in yaml.safe_load(FOLLOW_UPS.read_text("utf-8")):
        topic = None
        for turn in row[language.value]:
            wanted = turn["topic"] if isinstance(turn["topic"], list) else [turn["topic"]]
            if topic:
                hits.append(read(model, gazetteer, turn["person"], topic) in wanted)
            topic = wanted[0] if wanted[0] not in CONVERSATIONAL else topic
    return f"{sum(hits) / len(hits):.0%} ({sum(hits)}/{len(hits)})"


def _share_changed(model: TopicModel, gazetteer: Gazetteer, language: Language, read: Read) -> str:
    dice, hits = random.Random(1), []
    rows = [row for row in _rows(language) if len(row["text"].split()) <= 12]
    asked = sorted({row["topics"][0] for row in rows} - CONVERSATIONAL)
    for row in rows:
        if row["topics"][0] in asked:
            before = dice.choice([topic for topic in asked if topic not in row["topics"]])
            hits.append(read(model, gazetteer, row["text"], before) in row["topics"])
    return f"{sum(hits) / len(hits):.0%} ({sum(hits)}/{len(hits)})"


def _massive(folder: Path) -> Iterator[str]:
    """Yield what our model makes of MASSIVE 1.1, taught on its train and dev partitions."""
    learned = _lines(folder / "massive11_cy_en_train_dev.jsonl.gz")
    tried = _lines(folder / "massive11_cy_en_test.jsonl.gz")
    texts, intents = [row["utt"] for row in learned], [row["intent"] for row in learned]
    meaning = reader().fit([*texts, *(row["utt"] for row in tried)])
    model = classifier(features(meaning), C).fit(texts, intents)
    found = model.predict([row["utt"] for row in tried])
    yield from (
        "Amazon MASSIVE 1.1, 60 intents, test partition, intent accuracy (fine-tuned XLM-R base: 82.6 / 88.3):",
        "",
    )
    yield from ("| | Welsh | English |", "|---|---|---|")
    cells = []
    for locale in ("cy-GB", "en-US"):
        hits = [
            name == row["intent"]
            for name, row in zip(found, tried, strict=True)
            if row["locale"] == locale
        ]
        cells.append(f"{sum(hits) / len(hits):.1%} ({sum(hits)}/{len(hits)})")
    yield from (f"| our model, taught both languages together | {' | '.join(cells)} |", "")


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _ablation(texts: list[str], intents: list[str], meaning: Meaning) -> Iterator[str]:
    """Yield a table: what each part of the model is worth, and what it does alone."""
    names = [name for name, _ in features(meaning)]
    yield from ("", "What each part is worth (topic right; the rest left as it is):", "")
    yield from ("| parts | Welsh | English |", "|---|---|---|")
    choices = [names, *([name for name in names if name != out] for out in names), ["meaning"]]
    for chosen, voice in [(names, 0.0), *((chosen, VOICE) for chosen in choices)]:
        parts = [part for part in features(meaning) if part[0] in chosen]
        model = classifier(parts, C, voice).fit(texts, intents)
        shares = (f"{_share_right(model, _rows(language)):.1%}" for language in Language)
        named = ", ".join(chosen) + ("" if voice else ", without the nearest examples")
        print(f"  {named}", flush=True)
        yield f"| {named} | {' | '.join(shares)} |"
    yield ""


def _share_right(model: Any, rows: list[dict[str, Any]]) -> float:
    """Return the share of in-scope messages whose likeliest topic is right."""
    inside = [row for row in rows if row["topics"] != ["out_of_scope"]]
    found = model.predict([row["text"] for row in inside])
    hits = [name in row["topics"] for name, row in zip(found, inside, strict=True)]
    return sum(hits) / len(hits)


def _rows(language: Language) -> list[dict[str, Any]]:
    lines = (HELD_OUT / f"{language.value}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _measure(model: TopicModel, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Count what was right, offered, wrong though sure, and how out-of-scope messages fared."""
    counts: Counter[str] = Counter()
    by_tag: dict[str, list[bool]] = defaultdict(list)
    confused: Counter[tuple[str, str]] = Counter()
    taken = []
    for row in rows:
        started = time.perf_counter()
        ranked = model.rank(row["text"])
        taken.append(time.perf_counter() - started)
        _judge(row, ranked, counts, by_tag, confused)
    tags = {tag: sum(hits) / len(hits) for tag, hits in by_tag.items() if len(hits) >= 15}
    median = sorted(taken)[len(taken) // 2] * 1e3
    return {"counts": counts, "tags": tags, "confused": confused, "ms": median}


def _judge(
    row: dict[str, Any],
    ranked: list[tuple[str, float]],
    counts: Counter[str],
    by_tag: dict[str, list[bool]],
    confused: Counter[tuple[str, str]],
) -> None:
    best, sure = ranked[0]
    if row["topics"] == ["out_of_scope"]:
        counts["outside"] += 1
        counts["caught"] += best == "out_of_scope" or sure < ANSWERED
        return
    right = best in row["topics"]
    counts["messages"] += 1
    counts["right"] += right
    counts["in three"] += any(name in row["topics"] for name, _ in ranked[:3])
    counts["wrong and sure"] += not right and sure >= ANSWERED and best != "out_of_scope"
    counts["refused"] += best == "out_of_scope" and sure >= ANSWERED
    if not DANGER.intersection(row["topics"]):
        counts["ordinary"] += 1
        counts["feared"] += danger([Reading(*each) for each in ranked]) is not None
    for tag in row.get("tags", ()):
        by_tag[tag].append(right)
    if not right:
        confused[row["topics"][0], best] += 1


def _report(trained: int, figures: dict[Language, dict[str, Any]]) -> str:
    lines = [
        "# Understanding",
        "",
        f"Made by `make bench-understanding`: trained on the {trained} examples of `nlu/`, tried on the "
        "messages of `tests/held_out/`, written by others. Single messages, without a talk before them.",
        "",
        "| what | Welsh | English |",
        "|---|---|---|",
    ]
    for what, of in (
        ("right", "messages"),
        ("in three", "messages"),
        ("wrong and sure", "messages"),
        ("refused", "messages"),
        ("caught", "outside"),
        ("feared", "ordinary"),
    ):
        cells = [_share(figures[language]["counts"], what, of) for language in Language]
        lines.append(f"| {_NAMES[what]} | {' | '.join(cells)} |")
    times = [f"{figures[language]['ms']:.1f} ms" for language in Language]
    lines.append(f"| median time of the topic model | {' | '.join(times)} |")
    for language in Language:
        pairs = figures[language]["confused"].most_common(12)
        told = ", ".join(f"{want} → {got} ({count})" for (want, got), count in pairs)
        tags = sorted(figures[language]["tags"].items(), key=lambda pair: pair[1])
        lines += ["", f"**{language.own_name}**, most confused: {told}."]
        lines += ["", "By kind: " + ", ".join(f"{tag} {share:.0%}" for tag, share in tags) + "."]
    return "\n".join([*lines, ""])


_NAMES = {
    "right": "topic right",
    "in three": "topic among the first three",
    "wrong and sure": "wrong, and sure enough to answer",
    "refused": "in scope, but taken as out of scope",
    "caught": "out of scope, and not answered as something else",
    "feared": "not about danger, and yet its numbers came first",
}


def _share(counts: Counter[str], what: str, of: str) -> str:
    return f"{counts[what] / max(counts[of], 1):.1%} ({counts[what]}/{counts[of]})"


if __name__ == "__main__":
    main()
