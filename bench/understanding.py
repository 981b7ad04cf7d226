"""How well each language is understood: `make bench-understanding`; docs/understanding.md keeps it.

Trains the classifier on `nlu/` as a release does and asks it the held-out messages, which nobody
trains on. With `--massive FOLDER` the same pipeline is retrained on MASSIVE 1.1, the yardstick.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.catalogue.near_copies import near_copies
from bot.classify import PARTS, TopicModel
from bot.examples import examples

ROOT = Path(__file__).parents[1]
HELD_OUT = ROOT / "tests" / "held_out"
PAGE = ROOT / "docs" / "understanding.md"
START, END = "<!-- measured: begin -->", "<!-- measured: end -->"
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
SURE = 0.5
"""Certainty from which an answer is given without a "did you mean"."""


@dataclass(frozen=True)
class Asked:
    """A held-out message and what the model made of it."""

    language: str
    text: str
    topics: tuple[str, ...]
    tags: tuple[str, ...]
    answer: str = ""
    sure: float = 0.0
    ahead: float = 0.0
    """How much surer of its answer than of the next."""
    milliseconds: float = 0.0

    @property
    def right(self) -> bool:
        return self.answer in self.topics

    @property
    def in_scope(self) -> bool:
        return "out_of_scope" not in self.topics

    def refused(self, threshold: float, ambiguous: float = 0.0) -> bool:
        """Say whether the person is told so, or asked "did you mean", instead of answered."""
        unsure = self.sure < threshold or self.ahead < ambiguous
        return unsure or self.answer == "out_of_scope"


def held_out(folder: Path = HELD_OUT, name: str = "{}.jsonl") -> Iterator[Asked]:
    """Yield the messages of both languages, Welsh first."""
    for language in ("cy", "en"):
        path = folder / name.format(language)
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            yield Asked(language, row["text"], tuple(row["topics"]), tuple(row.get("tags", ())))


def ask(model: TopicModel, messages: Sequence[Asked]) -> list[Asked]:
    """Have *model* read each message as the first of a talk, one at a time."""
    return [_answered(model, message) for message in messages]


def _answered(model: TopicModel, message: Asked) -> Asked:
    began = time.perf_counter()
    ranking = [one for one in model.rank(message.text) if one[0] != "follow_up"]
    spent = 1000 * (time.perf_counter() - began)
    (answer, sure), (_, next_sure) = ranking[:2]
    return Asked(
        message.language, message.text, message.topics, message.tags,
        answer, sure, sure - next_sure, spent,
    )  # fmt: skip


def share(answers: Sequence[bool]) -> float:
    """Return the percentage of *answers* that hold."""
    return 100 * sum(answers) / max(1, len(answers))


def macro_f1(asked: Sequence[Asked]) -> float:
    """Return the mean F1 over topics, each counting the same however often it is asked."""
    hit, meant, said = Counter[str](), Counter[str](), Counter[str]()
    for one in asked:
        topic = one.answer if one.right else one.topics[0]
        meant[topic] += 1
        said[one.answer] += 1
        hit[topic] += one.right
    return 100 * statistics.mean(2 * hit[t] / (meant[t] + said[t]) for t in meant)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Set *rows* as a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def summary(name: str, asked: Sequence[Asked]) -> list[list[object]]:
    """Make one row a language: messages, accuracy, macro-F1, median milliseconds."""
    rows: list[list[object]] = []
    for language in ("cy", "en"):
        mine = [one for one in asked if one.language == language]
        within = [one for one in mine if one.in_scope]
        rows.append([
            name, language, len(mine), share([one.right for one in mine]),
            share([one.right for one in within]), macro_f1(mine),
            statistics.median(one.milliseconds for one in mine),
        ])  # fmt: skip
    return rows


def trade_off(asked: Sequence[Asked], ambiguous: float) -> list[list[object]]:
    """Make one row a threshold and language: what is refused, caught and wrongly answered."""
    rows: list[list[object]] = []
    for threshold in THRESHOLDS:
        for language in ("cy", "en"):
            mine = [one for one in asked if one.language == language]
            inside = [one for one in mine if one.in_scope]
            outside = [one for one in mine if not one.in_scope]
            wrong = [not one.right and not one.refused(threshold, ambiguous) for one in inside]
            rows.append([
                threshold, language,
                share([one.refused(threshold, ambiguous) for one in inside]),
                share([one.answer == "out_of_scope" for one in inside]),
                share([one.refused(threshold, ambiguous) for one in outside]), share(wrong),
            ])  # fmt: skip
    return rows


def by_tag(asked: Sequence[Asked], least: int = 8) -> list[list[object]]:
    """Make one row a tag with the accuracy of each language."""
    groups: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for one in asked:
        for tag in one.tags:
            groups[tag][one.language].append(one.right)
    return [
        [tag, *(f"{share(found[lang]):.1f} ({len(found[lang])})" for lang in ("cy", "en"))]
        for tag, found in sorted(groups.items())
        if sum(map(len, found.values())) >= least
    ]


def confusions(asked: Sequence[Asked], most: int = 25) -> list[list[object]]:
    """List the pairs of topics taken for each other most often."""
    pairs = Counter((one.topics[0], one.answer, one.language) for one in asked if not one.right)
    both = Counter((meant, said) for meant, said, _ in pairs.elements())
    return [
        [meant, said, *(pairs[meant, said, language] for language in ("cy", "en"))]
        for (meant, said), _ in both.most_common(most)
    ]


def ablation(texts: list[str], topics: list[str], messages: list[Asked]) -> list[list[object]]:
    """Train without each part in turn, and with each alone."""
    rows: list[list[object]] = []
    choices = [PARTS, *(tuple(p for p in PARTS if p != part) for part in PARTS)]
    for parts in [*choices, *((part,) for part in PARTS)]:
        print("ablation:", ", ".join(parts), flush=True)
        began = time.monotonic()
        asked = ask(TopicModel.train(texts, topics, parts=parts), messages)
        spent = time.monotonic() - began
        found = [share([o.right for o in asked if o.language == lang]) for lang in ("cy", "en")]
        rows.append([" + ".join(parts), *found, f"{spent:.0f}"])
    return rows


def massive(folder: Path) -> list[list[object]]:
    """Retrain the pipeline on MASSIVE's train and dev parts; ask its test part."""
    files = [folder / f"massive11_cy_en_{part}.jsonl.gz" for part in ("train_dev", "test")]
    training, test = ([json.loads(row) for row in gzip.open(path, "rt")] for path in files)
    print(f"MASSIVE: training on {len(training)} messages", flush=True)
    began = time.monotonic()
    model = TopicModel.train([row["utt"] for row in training], [row["intent"] for row in training])
    messages = [Asked(row["locale"][:2], row["utt"], (row["intent"],), ()) for row in test]
    rows = summary("MASSIVE 1.1 test", ask(model, messages))
    print(f"MASSIVE: {time.monotonic() - began:.0f} s", flush=True)
    return rows


def report(asked: list[Asked], rows: list[list[object]], copies: int, seconds: float) -> str:
    """Write the measured part of the page."""
    heads = ["messages", "language", "number", "right %", "in scope right %", "macro-F1", "ms"]
    trade = ["threshold", "language", "in scope not answered %", "of it as out of scope %",
             "out of scope caught %", "wrong answer %"]  # fmt: skip
    parts = [
        f"Trained in {seconds:.0f} s; {copies} held-out messages have a near copy in training.",
        table(heads, rows),
        "## By tag (accuracy %, number)", table(["tag", "cy", "en"], by_tag(asked)),
        "## Thresholds (ambiguity 0.05)", table(trade, trade_off(asked, 0.05)),
        "## Most confused", table(["meant", "taken for", "cy", "en"], confusions(asked)),
    ]  # fmt: skip
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--massive", type=Path, help="folder or file of MASSIVE 1.1")
    parser.add_argument("--sample", type=Path, help="folder with cy and en of further messages")
    parser.add_argument("--ablation", action="store_true", help="train without each part in turn")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/")
    chosen = parser.parse_args()
    training, messages = list(examples()), list(held_out())
    texts, topics = [one.text for one in training], [one.intent for one in training]
    copies = len(list(near_copies(texts, [one.text for one in messages])))
    print(f"training on {len(texts)} examples", flush=True)
    began = time.monotonic()
    model = TopicModel.train(texts, topics)
    seconds = time.monotonic() - began
    asked = ask(model, messages)
    rows = summary("held out", asked)
    if chosen.sample:
        for name in ("questions", "out_of_scope", "crisis"):
            more = ask(model, list(held_out(chosen.sample, "{}/" + name + ".jsonl")))
            rows += summary(f"sample: {name}", more)
    if chosen.massive:
        folder = chosen.massive if chosen.massive.is_dir() else chosen.massive.parent
        rows += massive(folder)
    text = report(asked, rows, copies, seconds)
    if chosen.ablation:
        heads = ["parts", "cy", "en", "seconds"]
        text += "\n\n## Ablation\n\n" + table(heads, ablation(texts, topics, messages))
    print(text)
    if chosen.write:
        _write(text)


def _write(text: str) -> None:
    """Replace what stands between the marks of the page, or begin the page."""
    page = PAGE.read_text("utf-8") if PAGE.exists() else f"# Understanding\n\n{START}\n{END}\n"
    before, _, rest = page.partition(START)
    PAGE.write_text(f"{before}{START}\n{text}\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
