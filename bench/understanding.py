"""`make bench-understanding`: how well held-out messages are understood, in each language.

Runs in Rasa's environment: the topic model is trained on `nlu/` as for a release and tried on
`tests/held_out/`, which is never trained on. The table goes to docs/understanding.md.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from bot.classify import TopicModel, features, linear
from bot.context import ANSWERED
from bot.encoder import Meaning
from bot.examples import examples
from bot.language import Language
from bot.settings import ROOT

HELD_OUT = ROOT / "tests" / "held_out"
REPORT = ROOT / "docs" / "understanding.md"
C = 0.3
"""As in config.yml."""


def main() -> None:
    said = list(examples())
    print(f"training on {len(said)} examples …", flush=True)
    started = time.monotonic()
    texts, intents = [each.text for each in said], [each.intent for each in said]
    meaning = Meaning().fit(texts)
    model = TopicModel.train(texts, intents, C, meaning)
    print(f"trained in {time.monotonic() - started:.0f} s; trying held-out messages …", flush=True)
    figures = {language: _measure(model, _rows(language)) for language in Language}
    print("trying it without each of its parts …", flush=True)
    REPORT.write_text(_report(len(said), figures) + "\n".join(_ablation(texts, intents, meaning)))
    print(REPORT.read_text())


def _ablation(texts: list[str], intents: list[str], meaning: Meaning) -> Iterator[str]:
    """Yield a table: what each part of the model is worth, and what it does alone."""
    names = [name for name, _ in features(meaning)]
    yield from ("", "What each part is worth (topic right; the rest left as it is):", "")
    yield from ("| parts | Welsh | English |", "|---|---|---|")
    choices = [names, *([name for name in names if name != out] for out in names), ["meaning"]]
    for chosen in choices:
        parts = [part for part in features(meaning) if part[0] in chosen]
        model = linear(parts, C).fit(texts, intents)
        shares = (f"{_share_right(model, _rows(language)):.1%}" for language in Language)
        print(f"  {', '.join(chosen)}", flush=True)
        yield f"| {', '.join(chosen)} | {' | '.join(shares)} |"
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
}


def _share(counts: Counter[str], what: str, of: str) -> str:
    return f"{counts[what] / max(counts[of], 1):.1%} ({counts[what]}/{counts[of]})"


if __name__ == "__main__":
    main()
