"""The small language in which editors write what danger sounds like, and its compiler.

It is described at the head of `patterns/en.yml`. A message is read as plain words: small letters,
no accents, no apostrophes, texting spelt out, one slip forgiven in the words that matter most. Every
pattern becomes one regular expression whose gaps are bounded, so no message can make it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.catalogue.load import ContentError, read
from bot.words import fold, mutations, straighten

PATTERNS = Path(__file__).parent / "patterns"
KINDS = ("emergency", "crisis_self", "crisis_child", "domestic_abuse", "worried_about_prisoner")
"""What a message can be an alarm about, the most urgent first."""
LONGEST = 6000
"""Characters of a message that are read: its first and its last half of them."""

Level = Literal["explicit", "indirect"]
_PIECES = re.compile(r"\w+|[.?!;:\n]+")
_DROPPED = re.compile(r"(?<=\w)['*](?=\w)|['\"*_~]")
_CLITIC = re.compile(r"(?<=[aeiouwy])'(?=(?:r|n|w|u|i|ch|th)\b)")
"""Before a Welsh word that leans on the one before it: curo'r, dwi'n, i'w, a'u."""
_ITEM = re.compile(r"\s*(\.\.\d*|[()|\[\]^$!]|<\w+>|~?\w+\*?)")
_SHORTEST_ALMOST = 6  # letters: a slip in a shorter word makes another word
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_END = r"(?![^ ])"


class BadPattern(ContentError):
    """A pattern that cannot be read; the message says which and why."""


@dataclass(frozen=True)
class Rule:
    """Patterns that mean the same, with the examples that prove them."""

    kind: str
    level: Level
    regex: re.Pattern[str]
    needs: tuple[frozenset[str], ...]
    """One set of words per pattern: where a message has none of any, nothing can match."""
    why: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]

    def possible(self, seen: frozenset[str]) -> bool:
        """Say whether a message with the words *seen* could match at all."""
        return any(not needed or not needed.isdisjoint(seen) for needed in self.needs)


@dataclass(frozen=True)
class Lexicon:
    """How words are spelt out before patterns are tried."""

    spelled: Mapping[str, str]

    def readings(self, text: str) -> tuple[str, ...]:
        """Return *text* as `plain` reads it and, where that differs, with Welsh clitics apart."""
        apart = _CLITIC.sub(" ", straighten(_shortened(text)).casefold())
        return tuple(dict.fromkeys((self.plain(text), self.plain(apart))))

    def plain(self, text: str) -> str:
        """Return *text* as words between single spaces; a lone full stop ends a sentence."""
        words: list[str] = []
        for piece in _PIECES.findall(_DROPPED.sub("", fold(_shortened(text)))):
            words.append(self.spelled.get(piece, piece) if piece[0].isalnum() else ".")
        return f" {' '.join(words)}"


@dataclass(frozen=True)
class Patterns:
    """All patterns of both languages."""

    lexicon: Lexicon
    rules: tuple[Rule, ...]
    harmless: tuple[Rule, ...]
    child: tuple[Rule, ...]
    """What shows that a child is writing."""

    @classmethod
    def load(cls, folder: Path = PATTERNS) -> Patterns:
        """Read every language's patterns below *folder*; BadPattern names the one that is wrong."""
        files = [read(path) for path in sorted(folder.glob("*.yml"))]
        lists = _lists(files)
        rules = {
            name: tuple(_rules(files, name, lists))
            for name in (*KINDS, "harmless", "writer_is_child")
        }
        return cls(
            lexicon=Lexicon(_spelled(files)),
            rules=tuple(rule for kind in KINDS for rule in rules[kind]),
            harmless=rules["harmless"],
            child=rules["writer_is_child"],
        )

    def without_harmless(self, plain: str) -> str:
        """Return *plain* with a blank in place of everything that only sounds like danger."""
        seen = words_of(plain)
        for rule in self.harmless:
            if rule.possible(seen):
                plain = rule.regex.sub(" _", plain)
        return plain

    def found(self, plain: str) -> Iterator[Rule]:
        """Yield the rules that *plain* matches."""
        seen = words_of(plain)
        for rule in self.rules:
            if rule.possible(seen) and rule.regex.search(plain):
                yield rule

    def by_child(self, plain: str) -> bool:
        """Say whether a child seems to be writing."""
        seen = words_of(plain)
        return any(rule.possible(seen) and rule.regex.search(plain) for rule in self.child)


def words_of(plain: str) -> frozenset[str]:
    """Return the words of *plain* and every beginning of one, marked with a star."""
    words = set(plain.split())
    starts = {f"{word[:length]}*" for word in words for length in range(2, min(len(word), 14) + 1)}
    return frozenset(words | starts)


def compile_pattern(pattern: str, lists: Mapping[str, list[str]]) -> tuple[str, frozenset[str]]:
    """Translate one pattern; return its regular expression and the words it cannot do without."""
    try:
        tree, rest = _sequence(_items(pattern), lists)
    except (KeyError, IndexError) as error:
        raise BadPattern(f"{pattern!r}: {error}") from error
    if rest:
        raise BadPattern(f"{pattern!r}: nothing opens {rest[0]!r}")
    return tree.regex + _END, tree.needs


@dataclass(frozen=True)
class _Tree:
    regex: str
    needs: frozenset[str]
    """Empty: can do without any."""


def _items(pattern: str) -> list[str]:
    items, at = [], 0
    for match in _ITEM.finditer(pattern):
        if match.start() != at:
            break
        items.append(match[1])
        at = match.end()
    if pattern[at:].strip():
        raise BadPattern(f"{pattern!r}: cannot read {pattern[at:].strip()!r}")
    return items


def _sequence(items: list[str], lists: Mapping[str, list[str]]) -> tuple[_Tree, list[str]]:
    """Read items up to the end, a bar or a closing bracket."""
    parts: list[_Tree] = []
    while items and items[0] not in ("|", ")", "]"):
        part, items = _one(items, lists)
        parts.append(part)
    needs = max((part.needs for part in parts), key=_selective, default=frozenset())
    return _Tree("".join(part.regex for part in parts), needs), items


def _selective(needs: frozenset[str]) -> float:
    """Prefer few and long words: they are seldom in a message that means something else."""
    return min(map(len, needs)) - len(needs) / 20 if needs else -99.0


def _one(items: list[str], lists: Mapping[str, list[str]]) -> tuple[_Tree, list[str]]:
    """Read one item, or one bracketed group."""
    first, rest = items[0], items[1:]
    if first in ("(", "["):
        return _group(rest, lists, optional=first == "[")
    if first == "!":
        if rest[0].startswith(".."):
            raise KeyError("a gap after ! is no word at all: put it and what follows in brackets")
        tree, rest = _one(rest, lists)
        return _Tree(f"(?!{tree.regex}{_END})", frozenset()), rest
    return _simple(first, lists), rest


def _simple(item: str, lists: Mapping[str, list[str]]) -> _Tree:
    if item == "^":
        return _Tree("^", frozenset())
    if item == "$":
        return _Tree(r"(?: \.)*$", frozenset())
    if item.startswith(".."):
        return _Tree(rf"(?: \w+){{0,{int(item[2:] or 2)}}}", frozenset())
    if item.startswith("<"):
        entries = [_sequence(_items(entry), lists)[0] for entry in lists[item[1:-1]]]
        return _either(entries)
    return _word(item)


def _word(item: str) -> _Tree:
    """Read a word: as it is, any mutation of it with ~, any ending of it with *."""
    star = item.endswith("*")
    bare = item.strip("~*")
    forms = sorted({bare, *(mutations(bare) if item[0] == "~" else ())})
    ending = r"\w*" if star else ""
    regex = "|".join(f" {form}{ending}" for form in forms)
    needs = frozenset(f"{form[:14]}*" if star else form for form in forms)
    return _Tree(f"(?:{regex})" if len(forms) > 1 else regex, needs)


def _group(
    items: list[str], lists: Mapping[str, list[str]], *, optional: bool
) -> tuple[_Tree, list[str]]:
    close = "]" if optional else ")"
    found: list[_Tree] = []
    while True:
        tree, items = _sequence(items, lists)
        found.append(tree)
        if items[0] == "|":
            items = items[1:]
        elif items[0] == close:
            break
        else:
            raise KeyError(f"expected {close!r}, found {items[0]!r}")
    either = _either(found)
    return (_Tree(f"{either.regex}?", frozenset()) if optional else either), items[1:]


def _either(trees: Iterable[_Tree]) -> _Tree:
    trees = list(trees)
    can_miss = any(not tree.needs for tree in trees)
    needs = frozenset() if can_miss else frozenset().union(*(tree.needs for tree in trees))
    # Longer words first would not help: each alternative ends before a space.
    return _Tree(f"(?:{'|'.join(tree.regex + _END for tree in trees)})", needs)


def _rules(
    files: Iterable[Mapping[str, Any]], kind: str, lists: Mapping[str, list[str]]
) -> Iterator[Rule]:
    for file in files:
        for body in file.get(kind) or ():
            yield _rule(kind, body, lists)


def _rule(kind: str, body: Mapping[str, Any], lists: Mapping[str, list[str]]) -> Rule:
    match = body["match"]
    compiled = [
        compile_pattern(one, lists) for one in ([match] if isinstance(match, str) else match)
    ]
    examples = body["examples"]
    return Rule(
        kind=kind,
        level=body.get("level", "explicit"),
        regex=re.compile("|".join(f"(?:{regex})" for regex, _ in compiled)),
        needs=tuple(needs for _, needs in compiled),
        why=str(body.get("why", "")),
        must=tuple(map(str, examples["must"])),
        must_not=tuple(map(str, examples["must_not"])),
    )


def _lists(files: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Gather the named lists of words; a list of the same name in two files is one list."""
    found: dict[str, list[str]] = {}
    for file in files:
        for name, entries in (file.get("words") or {}).items():
            found.setdefault(name, []).extend(map(str, entries))
    return found


def _spelled(files: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Map every variant and every slip to the word that patterns use."""
    exact: dict[str, str] = {}
    slips: dict[str, str] = {}
    for file in files:
        for word, variants in (file.get("spelled") or {}).items():
            exact.update({str(variant): str(word) for variant in variants})
        for word in file.get("almost") or ():
            slips.update(dict.fromkeys(_slips(word), word))
    words = {word for file in files for word in file.get("almost") or ()}
    ordinary = {str(word) for file in files for word in file.get("not_almost") or ()}
    kept = {slip: word for slip, word in slips.items() if slip not in ordinary | words}
    return {**kept, **exact}


def _slips(word: str) -> Iterator[str]:
    """Yield *word* with one letter missing, doubled, swapped or wrong, the first one kept."""
    if len(word) < _SHORTEST_ALMOST:
        raise BadPattern(f"{word!r} is too short to forgive a slip in")
    for at in range(1, len(word)):
        before, after = word[:at], word[at:]
        yield before + after[1:]
        yield from (before + letter + after[1:] for letter in _ALPHABET)
        yield from (before + letter + after for letter in _ALPHABET)
        yield before[:-1] + after[0] + before[-1] + after[1:] if at > 1 else before + after


def _shortened(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} . {text[-half:]}"
