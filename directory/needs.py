"""From people's words to kinds of help: "pres", "gyffuriau", "counselling for my lad"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.words import fold, mutations, spans, unmutated
from directory.files import DATA, read
from directory.records import Need

# Tenths that the first, second … need counts that is said; one only hinted at; one that is broader.
_SAID = (10, 7, 5, 4)
_HINTED, _BROADER = 4, 2
_ANY, _GAP = "…", 5
_SHORTEST_SLIP = 6  # letters: below this a slip makes another word
_LONGEST_TEXT = 2000  # characters: nobody needs more to say what is wanted
_CLITICS = frozenset({"r", "n", "w", "i", "s", "m", "ch", "th", "u", "re", "ve", "ll", "d"})


@dataclass(frozen=True)
class _Phrase:
    words: tuple[str, ...]
    need: str
    hint: bool


@dataclass(frozen=True)
class _Hit:
    need: str
    hint: bool
    first: int
    length: int


@dataclass(frozen=True)
class Words:
    """The words of all needs, ready to be found."""

    phrases: Mapping[str, Sequence[_Phrase]]
    long_words: Mapping[str, Sequence[str]]
    """By first letter: words long enough to be mended."""
    broader: Mapping[str, Sequence[str]]

    def find(self, text: str) -> dict[str, int]:
        """Return the needs that *text* speaks of with their weights, the clearest first."""
        words = _words(text[:_LONGEST_TEXT])
        hits = _outermost(list(self._hits(words)))
        surest = sorted(hits, key=lambda hit: (hit.hint, -hit.length, hit.first))
        said = list(dict.fromkeys(hit.need for hit in surest if not hit.hint))
        hinted = [need for need in dict.fromkeys(hit.need for hit in surest) if need not in said]
        wider = [wide for need in said for wide in self.broader.get(need, ())]
        found = {need: _SAID[min(at, len(_SAID) - 1)] for at, need in enumerate(said)}
        for at, need in enumerate(hinted):
            found[need] = _HINTED if said else _SAID[min(at, len(_SAID) - 1)]
        return {**dict.fromkeys([*found, *wider], _BROADER), **found}

    def _hits(self, words: Sequence[str]) -> Iterator[_Hit]:
        """Yield every phrase found, wherever it begins."""
        for first, word in enumerate(words):
            for form in self._forms(word):
                for phrase in self.phrases.get(form, ()):
                    if _goes_on(phrase.words, words[first:]):
                        yield _Hit(phrase.need, phrase.hint, first, len(phrase.words))

    def _forms(self, word: str) -> set[str]:
        """Return what a word may be a form of: itself, its radicals, or a word one slip away."""
        forms = {word, *unmutated(word)}
        if len(word) < _SHORTEST_SLIP or not forms.isdisjoint(self.phrases):
            return forms
        near = (_one_slip(form, self.long_words.get(form[:1], ())) for form in forms)
        return forms.union(*near)


def need_of(text: str) -> list[str]:
    """Return the ids of the needs that *text* speaks of in either language, the clearest first."""
    return list(weighed(text))


def weighed(text: str) -> dict[str, int]:
    """Return the needs that *text* speaks of, with how much each counts in tenths."""
    return _known().find(text)


@lru_cache(maxsize=1)
def _known(path: Path = DATA / "needs.yml") -> Words:
    """Read the words of the needs, once."""
    records = [one.record for one in read(path).records["need"]]
    return learn([record for record in records if isinstance(record, Need)])


def learn(needs: Sequence[Need]) -> Words:
    """Prepare the words of *needs* for finding."""
    phrases: dict[str, list[_Phrase]] = {}
    for need in needs:
        said = [(text, False) for text in (*need.words_cy, *need.words_en)]
        said += [(text, True) for text in (*need.hints_cy, *need.hints_en)]
        for text, hint in said:
            words = _phrase(text)
            phrases.setdefault(words[0], []).append(_Phrase(words, need.id, hint))
    long_words: dict[str, list[str]] = {}
    for word in phrases:
        if len(word) >= _SHORTEST_SLIP:
            long_words.setdefault(word[0], []).append(word)
    return Words(phrases, long_words, {need.id: need.broader for need in needs})


def _phrase(text: str) -> tuple[str, ...]:
    """Return the words of a phrase, "…" among them."""
    parts = text.split(_ANY)
    gaps = ([_ANY, *_words(part)] for part in parts[1:])
    return (*_words(parts[0]), *(word for gap in gaps for word in gap))


def _words(text: str) -> list[str]:
    """Return the folded words of *text*, without clitics and hyphens."""
    folded = (fold(token.text).strip("'") for token in spans(text))
    apart = (part for word in folded for part in word.split("-"))
    return [part for part in apart if part and part not in _CLITICS]


def _goes_on(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether *words* begin with *phrase*; its later words may be mutated."""
    return _follows(phrase[1:], words[1:])


def _follows(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether *words* begin with *phrase*, in which "…" is any few words."""
    if not phrase:
        return True
    if phrase[0] == _ANY:
        return any(_follows(phrase[1:], words[skipped:]) for skipped in range(_GAP + 1))
    if not words or (words[0] != phrase[0] and words[0] not in mutations(phrase[0])):
        return False
    return _follows(phrase[1:], words[1:])


def _one_slip(form: str, known: Sequence[str]) -> set[str]:
    """Return the *known* words one letter away from *form*; their first letter is the same."""
    near = process.extract(form, known, scorer=OSA.distance, score_cutoff=1, limit=None)
    return {word for word, _, _ in near}


def _outermost(hits: Sequence[_Hit]) -> list[_Hit]:
    """Leave out a hit that lies within a longer one: "debt" in "debt collector"."""
    return [hit for hit in hits if not any(_within(hit, other) for other in hits)]


def _within(hit: _Hit, other: _Hit) -> bool:
    last, other_last = hit.first + hit.length, other.first + other.length
    inside = other.first <= hit.first and last <= other_last and hit.length < other.length
    # A hint inside a longer phrase may still say who it is for.
    return inside and (hit.hint or not other.hint)
