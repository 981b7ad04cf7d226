"""The rulebook of content: each check is one sentence editors can act on, the tuple is the book."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.catalogue.load import CONTENT, Answer, Catalogue
from bot.examples import Example
from bot.language import Language
from bot.mutations import unmutated
from bot.reading_age import HARDEST, reading_age
from bot.spelling import accepted, unknown, words
from bot.wording import placeholders, say
from bot.words import fold

FEWEST_EXAMPLES = {"conversation": 40}
"""Examples a topic needs in each language, by group; others need `USUAL_FEWEST`."""
USUAL_FEWEST = 80
NOT_PLAIN = ("editor.", "accessibility.")
"""Where words stand that families never see, or whose form is set: the statement follows the model of the
Public Sector Bodies Accessibility Regulations 2018."""
LONGEST_SENTENCE = 30
"""Words a sentence may have before it is hard to read on a phone."""
PARTS = frozenset({"text", "more", "simpler", "again", "child"})
_LINK = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<target>[^)]+)\)")
_DIALLED = re.compile(r"tel:\+?\d+")
_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")
_VAGUE = {"click here", "here", "this link", "cliciwch yma", "yma", "y ddolen hon"}
_SCHEMES = ("https://", "tel:", "mailto:")
_UNFINISHED = re.compile(r"\b(TODO|TBC|XXX|lorem)\b")


@dataclass(frozen=True)
class Problem:
    """One thing an editor has to put right, and where."""

    where: str
    kind: str
    """Names the sentence that says what is wrong: `editor.check` in the interface texts."""
    values: Mapping[str, object] = field(default_factory=dict)
    warning: bool = False
    """True if it should be looked at but does not stop a release."""

    def told(self, language: Language, catalogue: Catalogue | None = None) -> str:
        """Say where it is and what is wrong, as editors of *language* read it; *catalogue* has the titles."""
        what = say(f"editor.check.{self.kind}", language, **self.values)
        line = "look_at" if self.warning else "mend"
        where = self._place(catalogue, language) if catalogue else self.where
        return say(f"editor.check_line.{line}", language, where=where, what=what)

    @property
    def topic(self) -> str:
        """Return the name at which it is: a topic's, or that of another text."""
        return self.where.rpartition(" ")[2].partition(".")[0]

    def _place(self, catalogue: Catalogue, language: Language) -> str:
        """Name a topic by its title, and its part or list by what editors call it."""
        if self.topic not in catalogue.answers[language]:
            return self.where
        part = self.where.rpartition(".")[2] if "." in self.where else ""
        spoken = next((la.own_name for la in Language if f"/{la.value}:" in self.where), "")
        more = say(f"editor.part.{part}", language) if part in PARTS else part or spoken
        return (
            f"{catalogue.title(self.topic, language)} ({more})"
            if more
            else catalogue.title(self.topic, language)
        )

    def __str__(self) -> str:
        return self.told(Language.ENGLISH)


@dataclass(frozen=True)
class Books:
    """All that the checks judge."""

    catalogue: Catalogue
    texts: Mapping[Language, Mapping[str, str]]
    """Interface texts by dotted key."""
    examples: tuple[Example, ...]
    held_out: tuple[str, ...] = ()
    phones: frozenset[str] = frozenset()
    """Digits of every number that the facts hold."""
    today: date = field(default_factory=date.today)
    folder: Path = CONTENT


Check = Callable[[Books], Iterator[Problem]]


def missing_twin(books: Books) -> Iterator[Problem]:
    """Every answer, part and text stands in both languages, in the same order."""
    welsh, english = (books.catalogue.answers[language] for language in Language)
    for topic in sorted(welsh.keys() ^ english.keys()):
        yield Problem(topic, "one_language")
    for topic in welsh.keys() & english.keys():
        if list(welsh[topic].parts) != list(english[topic].parts):
            yield Problem(topic, "parts")
    cy, en = (books.texts[language] for language in Language)
    for key in sorted(_without_plurals(cy) ^ _without_plurals(en)):
        yield Problem(key, "text_in_one_language")


def plural_forms(books: Books) -> Iterator[Problem]:
    """A counted text has all six Welsh plural forms and both English ones."""
    wanted = {
        Language.WELSH: {"zero", "one", "two", "few", "many", "other"},
        Language.ENGLISH: {"one", "other"},
    }
    for language in Language:
        families: dict[str, set[str]] = defaultdict(set)
        for key in books.texts[language]:
            family, _, form = key.rpartition(".")
            if form in wanted[Language.WELSH]:
                families[family].add(form)
        for family, found in families.items():
            if {"one", "other"} <= found and found != wanted[language]:
                forms = ", ".join(sorted(found))
                yield Problem(f"{language.value}:{family}", "plurals", {"forms": forms})


def unanswered_topic(books: Books) -> Iterator[Problem]:
    """Every topic has an answer, and every answer a topic."""
    for topic in sorted(
        books.catalogue.topics.keys() ^ books.catalogue.answers[Language.WELSH].keys()
    ):
        yield Problem(topic, "half_a_topic")


def different_placeholders(books: Books) -> Iterator[Problem]:
    """Both languages show the person the same values."""
    for where, (cy, en) in _pairs(books):
        if placeholders(cy) != placeholders(en):
            differing = ", ".join(sorted(placeholders(cy) ^ placeholders(en)))
            yield Problem(where, "placeholders", {"names": differing})


def different_numbers(books: Books) -> Iterator[Problem]:
    """Both languages give the same phone numbers."""
    for where, (cy, en) in _pairs(books):
        if sorted(set(_DIALLED.findall(cy))) != sorted(set(_DIALLED.findall(en))):
            yield Problem(where, "numbers")


def wrong_number(books: Books) -> Iterator[Problem]:
    """A number that is shown is the number that is dialled, and one that the facts hold."""
    for where, texts in _pairs(books):
        for text in texts:
            for link in _LINK.finditer(text):
                yield from _judge_number(where, link, books.phones)


def _judge_number(where: str, link: re.Match[str], phones: frozenset[str]) -> Iterator[Problem]:
    if not link["target"].startswith("tel:") or "{" in link["target"]:
        return
    digits = re.sub(r"\D", "", link["target"])
    if re.sub(r"\D", "", link["label"]) != digits:
        values = {"shown": link["label"], "dialled": link["target"]}
        yield Problem(where, "dials_another", values)
    if phones and digits not in phones:
        yield Problem(where, "no_fact", {"number": link["label"]})


def bad_link(books: Books) -> Iterator[Problem]:
    """A link is https, tel or mailto, and its label says where it goes."""
    for where, texts in _pairs(books):
        for text in texts:
            for link in _LINK.finditer(text):
                if not link["target"].startswith(_SCHEMES) and "{" not in link["target"]:
                    yield Problem(where, "bad_link", {"target": link["target"][:40]})
                if fold(link["label"]) in _VAGUE:
                    yield Problem(where, "vague_link", {"label": link["label"]})


def same_in_both(books: Books) -> Iterator[Problem]:
    """The Welsh is not the English."""
    for where, (cy, en) in _pairs(books):
        if cy == en and len(cy.split()) > 3:
            yield Problem(where, "same_in_both")


def unfinished(books: Books) -> Iterator[Problem]:
    """Nothing is left to do in a text."""
    for where, texts in _pairs(books):
        if any(_UNFINISHED.search(text) for text in texts):
            yield Problem(where, "unfinished")


def long_sentence(books: Books) -> Iterator[Problem]:
    """Sentences are short enough to read on a phone, worried."""
    for where, texts in _pairs(books):
        for text in texts:
            longest = max(_SENTENCE.split(text), key=lambda sentence: len(sentence.split()))
            if (number := len(longest.split())) > LONGEST_SENTENCE:
                values = {"number": number, "words": longest[:60]}
                yield Problem(where, "long_sentence", values, warning=True)


def hard_to_read(books: Books) -> Iterator[Problem]:
    """English that families read asks no more of a reader than GOV.UK does: a reading age of nine."""
    for where, text in _texts(books, Language.ENGLISH, parted=True):
        age = None if where.startswith(NOT_PLAIN) else reading_age(text)
        if age and age > HARDEST:
            yield Problem(where, "reading_age", {"age": age, "hardest": HARDEST}, warning=True)


def missing_mutation(books: Books) -> Iterator[Problem]:
    """Welsh words are mutated after prepositions and after *a*."""
    for where, (welsh, _) in _pairs(books):
        for found, wanted in unmutated(welsh):
            yield Problem(where, "mutation", {"found": found, "wanted": wanted}, warning=True)


def no_source(books: Books) -> Iterator[Problem]:
    """An answer that states facts names where they are from and when to look again."""
    for topic in books.catalogue.topics.values():
        if topic.group == "conversation":
            continue
        if not topic.sources:
            yield Problem(topic.name, "no_source")
        if not topic.review_by:
            yield Problem(topic.name, "no_review_by")


def past_review(books: Books) -> Iterator[Problem]:
    """Facts are looked at again by their review date."""
    for topic in books.catalogue.topics.values():
        if topic.review_by and topic.review_by < books.today.isoformat():
            yield Problem(topic.name, "past_review", {"day": topic.review_by}, warning=True)


def unknown_follow_up(books: Books) -> Iterator[Problem]:
    """A follow-up leads to a topic that exists."""
    for topic in books.catalogue.topics.values():
        for name in topic.follow_ups:
            if name not in books.catalogue.topics:
                yield Problem(topic.name, "no_such_follow_up", {"name": name})


def few_examples(books: Books) -> Iterator[Problem]:
    """Every topic has enough examples of how people ask it, in both languages."""
    counts: dict[tuple[Language, str], int] = defaultdict(int)
    for example in books.examples:
        counts[example.language, example.intent] += 1
    for topic in books.catalogue.asked:
        fewest = FEWEST_EXAMPLES.get(topic.group, USUAL_FEWEST)
        for language in Language:
            if (found := counts[language, topic.name]) < fewest:
                where = f"nlu/{language.value}: {topic.name}"
                yield Problem(where, "few_examples", {"found": found, "fewest": fewest})


def unknown_intent(books: Books) -> Iterator[Problem]:
    """Examples belong to a topic that exists."""
    known = {*books.catalogue.topics, "follow_up"}
    for intent in sorted({example.intent for example in books.examples} - known):
        yield Problem(f"nlu: {intent}", "no_such_topic")


def example_twice(books: Books) -> Iterator[Problem]:
    """A phrase is an example of one topic only."""
    owners: dict[str, set[str]] = defaultdict(set)
    for example in books.examples:
        owners[example.folded].add(example.intent)
    for text, intents in owners.items():
        if len(intents) > 1:
            first, *rest = sorted(intents)
            values = {"first": first, "rest": ", ".join(rest)}
            yield Problem(f"nlu: {text[:60]}", "example_twice", values)


def held_out_in_training(books: Books) -> Iterator[Problem]:
    """What we measure with is never trained on."""
    trained = {example.folded for example in books.examples}
    for text in books.held_out:
        if fold(text) in trained:
            yield Problem(f"tests/held_out: {text[:60]}", "held_out")


def unknown_word(books: Books) -> Iterator[Problem]:
    """Every word is in aspell's dictionary or in our own list, `bot/content/words`."""
    for language in Language:
        known = accepted(language, books.folder)
        told: dict[str, str] = {}
        for where, text in _texts(books, language):
            for word in words(text):
                told.setdefault(word, where)
        for word in unknown(told, language, known):
            file = f"bot/content/words/{language.value}.txt"
            values = {"word": word, "file": file, "spoken": language.value}
            yield Problem(told[word], "spelling", values)


OF_A_TOPIC = (
    missing_twin,
    different_placeholders,
    different_numbers,
    wrong_number,
    bad_link,
    same_in_both,
    unfinished,
    long_sentence,
    hard_to_read,
    missing_mutation,
    unknown_word,
    no_source,
    past_review,
    unknown_follow_up,
    few_examples,
)
"""What can be judged of one topic alone: quick enough to be asked while somebody writes."""
CHECKS = (
    *OF_A_TOPIC,
    plural_forms,
    unanswered_topic,
    unknown_intent,
    example_twice,
    held_out_in_training,
)


def problems(books: Books, checks: Sequence[Check] = CHECKS) -> list[Problem]:
    """Run *checks* and collect all that was found, in their order."""
    return [problem for check in checks for problem in check(books)]


def _pairs(books: Books) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield every text that stands in both languages, with where it stands."""
    welsh, english = (books.catalogue.answers[language] for language in Language)
    for topic in welsh.keys() & english.keys():
        yield from _parts(topic, welsh[topic], english[topic])
    cy, en = (books.texts[language] for language in Language)
    for key in cy.keys() & en.keys():
        yield key, (cy[key], en[key])


def _parts(topic: str, cy: Answer, en: Answer) -> Iterator[tuple[str, tuple[str, str]]]:
    for part in cy.parts.keys() & en.parts.keys():
        yield f"{topic}.{part}", (cy.parts[part], en.parts[part])


def _without_plurals(keys: Iterable[str]) -> set[str]:
    forms = {"zero", "one", "two", "few", "many", "other"}
    return {key.rpartition(".")[0] if key.rpartition(".")[2] in forms else key for key in keys}


def _texts(books: Books, language: Language, *, parted: bool = False) -> Iterator[tuple[str, str]]:
    """Yield every text of one language that people are shown, with where it stands."""
    for topic, answer in books.catalogue.answers[language].items():
        yield topic, answer.title
        for part, text in answer.parts.items():
            yield (f"{topic}.{part}" if parted else topic), text
    yield from books.texts[language].items()
