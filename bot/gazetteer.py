"""Finds prisons, places and postcodes in what people type, in either language.

Names are known mutated, without accents, without hyphens, with or without "HMP" or "carchar", and
with one slip of the finger. A full postcode is reduced to its outward half. Pure: no database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from rapidfuzz.distance import OSA

from bot.prison_or_place import (
    ARTICLES,
    PRISON_TITLES,
    TRIGGERS,
    is_parc,
    is_prison,
    is_written_as_place,
)
from bot.words import fold, mutations, straighten

Kind = Literal["prison", "place", "postcode"]

_PIECE = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_FULL_POSTCODE = re.compile(
    r"(?<!\w)([A-Z]{1,2}\d[A-Z\d]?)[ ]{0,2}(\d[A-Z]{2})(?!\w)", re.IGNORECASE
)
_OUTWARD = re.compile(r"(?<!\w)([A-Z]{1,2}\d[A-Z\d]?)(?!\w)", re.IGNORECASE)
_SAID_POSTCODE = re.compile(r"post ?code|cod ?post")
_AREAS = frozenset(
    [
        "AB",
        "AL",
        "B",
        "BA",
        "BB",
        "BD",
        "BH",
        "BL",
        "BN",
        "BR",
        "BS",
        "BT",
        "CA",
        "CB",
        "CF",
        "CH",
        "CM",
        "CO",
        "CR",
        "CT",
        "CV",
        "CW",
        "DA",
        "DD",
        "DE",
        "DG",
        "DH",
        "DL",
        "DN",
        "DT",
        "DY",
        "E",
        "EC",
        "EH",
        "EN",
        "EX",
        "FK",
        "FY",
        "G",
        "GL",
        "GU",
        "HA",
        "HD",
        "HG",
        "HP",
        "HR",
        "HS",
        "HU",
        "HX",
        "IG",
        "IP",
        "IV",
        "KA",
        "KT",
        "KW",
        "KY",
        "L",
        "LA",
        "LD",
        "LE",
        "LL",
        "LN",
        "LS",
        "LU",
        "M",
        "ME",
        "MK",
        "ML",
        "N",
        "NE",
        "NG",
        "NN",
        "NP",
        "NR",
        "NW",
        "OL",
        "OX",
        "PA",
        "PE",
        "PH",
        "PL",
        "PO",
        "PR",
        "RG",
        "RH",
        "RM",
        "S",
        "SA",
        "SE",
        "SG",
        "SK",
        "SL",
        "SM",
        "SN",
        "SO",
        "SP",
        "SR",
        "SS",
        "ST",
        "SW",
        "SY",
        "TA",
        "TD",
        "TF",
        "TN",
        "TQ",
        "TR",
        "TS",
        "TW",
        "UB",
        "W",
        "WA",
        "WC",
        "WD",
        "WF",
        "WN",
        "WR",
        "WS",
        "WV",
        "YO",
        "ZE",
    ]
)
_LONGEST_NAME = (
    7  # pieces: "Llanfair Dyffryn Clwyd", "Newport (Pembrokeshire)", "Carchar EM y Parc"
)
_SHORTEST_TYPO, _SHORTEST_MUTATED_TYPO = 5, 7  # letters: below this a slip makes another word
_FREE_MUTATION = 6  # letters: shorter mutated forms must follow a word that mutates
_PARC = "parc"


@dataclass(frozen=True)
class Mention:
    """A name found in a text, at *start* up to *end*.

    *prison* is the prison that bears the name of this place too; *also* are other places of that
    name which nothing in the text rules out. *exact* is false where a slip was mended.
    """

    kind: Kind
    id: str
    surface: str
    start: int
    end: int
    exact: bool
    prison: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    folded: str
    start: int
    end: int


@dataclass(frozen=True)
class _Entry:
    """One form of one name. *sure* forms need no support from the words round them."""

    kind: Kind
    id: str
    pieces: int
    radical: bool
    sure: bool
    main: bool
    # How many pieces at the front and the back are only "HMP", "carchar" and the like.
    title: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class _Match:
    first: int
    last: int
    entries: tuple[_Entry, ...]
    exact: bool
    length: int


@dataclass
class Gazetteer:
    """All names of prisons and places, ready to be found."""

    forms: dict[str, list[_Entry]] = field(default_factory=dict)
    slips: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ordinary: frozenset[str] = frozenset()

    @classmethod
    def load(cls, prisons_yml: Path, places_yml: Path) -> Gazetteer:
        """Read the names from the two data files."""
        prisons, places = _read(prisons_yml), _read(places_yml)
        found = cls(ordinary=frozenset(map(str, places.get("ordinary", ()))))
        weak = frozenset(map(str, places.get("weak", ())))
        for place in places["places"]:
            found._add_place(place, weak)
        for prison in prisons["prisons"]:
            found._add_prison(prison, weak)
        found._index_slips()
        return found

    def find(self, text: str) -> list[Mention]:
        """Return every name in *text*, in order, none overlapping another."""
        plain = straighten(text)
        postcodes = _postcodes(plain)
        pieces = [piece for piece in _pieces(plain) if not _covered(piece, postcodes)]
        chosen = _longest_first(self._matches(pieces))
        reading = _Reading(text, pieces)
        names = [mention for match in chosen if (mention := reading.mention(match))]
        return sorted([*postcodes, *names], key=lambda mention: mention.start)

    def _add_place(self, place: Mapping[str, Any], weak: frozenset[str]) -> None:
        """Learn the names of one place."""
        main, region = bool(place.get("main")), place.get("kind") in ("region", "country")
        for name in _all_names(place, "name_cy", "name_en", "also"):
            pieces = _folded_pieces(name)
            bare = _without_article(pieces)
            sure = "".join(bare) not in weak
            self._learn(bare, _Entry("place", place["id"], len(bare), True, sure, main))
            for article in ("y", "yr", "the"):
                with_article = [article, *bare]
                certain = sure or region or article == "the"
                entry = _Entry("place", place["id"], len(bare) + 1, True, certain, main, (1, 0))
                self._keep("".join(with_article), entry)

    def _add_prison(self, prison: Mapping[str, Any], weak: frozenset[str]) -> None:
        """Learn the names of one prison; "Carchar Wrecsam" only as a whole."""
        proper = _all_names(prison, "name_cy", "name_en", "short_cy", "short_en")
        cores = {tuple(_core(_folded_pieces(name))) for name in proper}
        for core in cores:
            sure = "".join(core) not in weak
            self._learn(list(core), _Entry("prison", prison["id"], len(core), True, sure, True))
        for name in _all_names(prison, "also_known_as"):
            pieces = _folded_pieces(name)
            if tuple(_core(pieces)) not in cores:
                entry = _Entry(
                    "prison", prison["id"], len(pieces), True, True, True, _title(pieces)
                )
                self._learn(pieces, entry)
        if _PARC in {"".join(core) for core in cores}:
            self._keep("park", _Entry("prison", prison["id"], 1, True, False, True))

    def _learn(self, pieces: Sequence[str], entry: _Entry) -> None:
        """Keep a name under its own form and under every mutated one."""
        self._keep("".join(pieces), entry)
        for form in mutations(pieces[0]):
            mutated = "".join([form, *pieces[1:]])
            self._keep(mutated, _Entry(**{**vars(entry), "radical": False}))

    def _keep(self, form: str, entry: _Entry) -> None:
        """Add *entry* under *form*, once."""
        held = self.forms.setdefault(form, [])
        if not any((same.kind, same.id) == (entry.kind, entry.id) for same in held):
            held.append(entry)

    def _index_slips(self) -> None:
        """Index every form with one letter left out: two forms one slip apart share one of these."""
        for form, entries in self.forms.items():
            shortest = _SHORTEST_TYPO if any(e.radical for e in entries) else _SHORTEST_MUTATED_TYPO
            if len(form) >= shortest and any(entry.sure for entry in entries):
                alone = (form,)  # shared by all its keys: most of them lead to it and nowhere else
                for key in _with_one_left_out(form):
                    self.slips[key] = (*held, form) if (held := self.slips.get(key)) else alone

    def _matches(self, pieces: Sequence[_Piece]) -> Iterator[_Match]:
        """Yield every run of pieces that is a name."""
        for first in range(len(pieces)):
            for last in range(first + 1, min(first + _LONGEST_NAME, len(pieces)) + 1):
                words = [piece.folded for piece in pieces[first:last]]
                joined = "".join(words)
                if entries := self._exactly(words, joined):
                    yield _Match(first, last, entries, True, len(joined))
                elif entries := self._nearly(words, joined):
                    yield _Match(first, last, entries, False, len(joined))

    def _exactly(self, words: Sequence[str], joined: str) -> tuple[_Entry, ...]:
        """Return the names spelt as *joined*, however they are cut into words."""
        found = [entry for entry in self.forms.get(joined, ()) if _cut_well(words, entry)]
        radical = [entry for entry in found if entry.radical]
        return tuple(radical or found)

    def _nearly(self, words: Sequence[str], joined: str) -> tuple[_Entry, ...]:
        """Return the names one slip away from *joined*, never from an ordinary word."""
        if len(joined) < _SHORTEST_TYPO or joined in self.ordinary or joined.isdigit():
            return ()
        near = {form for key in _with_one_left_out(joined) for form in self.slips.get(key, ())}
        found: list[_Entry] = []
        for form in sorted(form for form in near if _one_slip(form, joined)):
            found.extend(e for e in self.forms[form] if e.sure and _same_shape(words, e))
        return tuple({(entry.kind, entry.id): entry for entry in found}.values())


@dataclass(frozen=True)
class _Reading:
    """One text under way: turns matches into mentions by the words round them."""

    text: str
    pieces: Sequence[_Piece]

    def mention(self, match: _Match) -> Mention | None:
        """Decide what a match means here; None where it is only an ordinary word."""
        entries = [entry for entry in match.entries if self._meant(match, entry)]
        prison = next((entry for entry in entries if entry.kind == "prison"), None)
        places = sorted((e for e in entries if e.kind == "place"), key=lambda e: not e.main)
        if prison and (not places or prison.title != (0, 0) or self._is_prison(match)):
            return self._mention(match, prison, None, ())
        if not places:
            return None
        rivals = [entry.id for entry in places[1:] if entry.main == places[0].main]
        return self._mention(match, places[0], prison.id if prison else None, tuple(rivals))

    def _mention(
        self, match: _Match, entry: _Entry, prison: str | None, also: tuple[str, ...]
    ) -> Mention:
        """Build the mention, leaving out "HMP", "carchar" and the article."""
        front, back = entry.title if match.last - match.first == entry.pieces else (0, 0)
        start = self.pieces[match.first + front].start
        end = self.pieces[match.last - 1 - back].end
        surface = self.text[start:end]
        return Mention(entry.kind, entry.id, surface, start, end, match.exact, prison, also)

    def _meant(self, match: _Match, entry: _Entry) -> bool:
        """Say whether the words round a match let it be this name."""
        before, after = self._round(match)
        written = self.text[self.pieces[match.first].start : self.pieces[match.last - 1].end]
        if entry.kind == "prison" and entry.pieces == 1 and fold(written) in _PARC_FORMS:
            if not entry.radical and not set(before[-1:]) & TRIGGERS:
                return False
            return is_parc(before, after, self._whole(), written)
        if not entry.radical and match.length < _FREE_MUTATION and not set(before[-1:]) & TRIGGERS:
            return False
        joined_up = match.last - match.first > entry.pieces
        if entry.sure and not joined_up:
            return True
        if entry.kind == "prison" and is_prison(before, after, self._whole()):
            return True
        return is_written_as_place(before, written, self._alone(match))

    def _is_prison(self, match: _Match) -> bool:
        before, after = self._round(match)
        return is_prison(before, after, self._whole())

    def _round(self, match: _Match) -> tuple[list[str], list[str]]:
        """Return the folded words before and after a match."""
        before = [piece.folded for piece in self.pieces[max(0, match.first - 8) : match.first]]
        after = [piece.folded for piece in self.pieces[match.last : match.last + 2]]
        return before, after

    def _whole(self) -> str:
        return " ".join(piece.folded for piece in self.pieces)

    def _alone(self, match: _Match) -> bool:
        """Say whether there is nothing else in the text but little words."""
        rest = [*self.pieces[: match.first], *self.pieces[match.last :]]
        return all(piece.folded in TRIGGERS | ARTICLES | {"in", "at", "near"} for piece in rest)


_PARC_FORMS = mutations(_PARC) | {_PARC, "park"}


def _read(path: Path) -> dict[str, Any]:
    """Read a YAML mapping, with the fast reader where it is installed."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        content: dict[str, Any] = yaml.load(file, Loader=loader)
    return content


def _all_names(record: Mapping[str, Any], *fields: str) -> list[str]:
    """Return the names that *record* has in *fields*, lists of names included."""
    found: list[str] = []
    for name in fields:
        value = record.get(name) or []
        found.extend([value] if isinstance(value, str) else map(str, value))
    return list(dict.fromkeys(found))


def _pieces(plain: str) -> Iterator[_Piece]:
    """Split at spaces, hyphens and apostrophes, so that every way of writing a name is alike."""
    for match in _PIECE.finditer(plain):
        yield _Piece(fold(match.group()), match.start(), match.end())


def _folded_pieces(name: str) -> list[str]:
    return [piece.folded for piece in _pieces(straighten(name))]


def _without_article(pieces: list[str]) -> list[str]:
    return pieces[1:] if pieces[0] in ARTICLES and len(pieces) > 1 else pieces


def _core(pieces: Sequence[str]) -> list[str]:
    """Leave out "HMP & YOI", "Carchar y" and the like."""
    front, back = _title(pieces)
    return list(pieces[front : len(pieces) - back])


def _title(pieces: Sequence[str]) -> tuple[int, int]:
    """Count the pieces at the front and the back that are no part of the name itself."""
    front = 0
    while front < len(pieces) - 1 and pieces[front] in PRISON_TITLES | ARTICLES:
        front += 1
    back = 0
    while back < len(pieces) - front - 1 and pieces[-1 - back] in PRISON_TITLES:
        back += 1
    return front, back


def _cut_well(words: Sequence[str], entry: _Entry) -> bool:
    """Allow "Cwm bran" for Cwmbrân, but not "bed was" for Bedwas."""
    if len(words) <= entry.pieces:
        return True
    return len(words) == entry.pieces + 1 and min(map(len, words)) >= 3 and len("".join(words)) > 6


def _same_shape(words: Sequence[str], entry: _Entry) -> bool:
    """Mend slips only in names cut as they should be, or run together."""
    return len(words) in (1, entry.pieces) and (len(words) == 1 or entry.title == (0, 0))


def _with_one_left_out(form: str) -> Iterable[str]:
    """Return *form* and every form one letter shorter."""
    return {form, *(form[:at] + form[at + 1 :] for at in range(len(form)))}


def _one_slip(form: str, typed: str) -> bool:
    """Say whether one letter was changed, missed, doubled or swapped, the first one rarely."""
    if form[0] != typed[0] and len(form) < 8:
        return False
    return OSA.distance(form, typed, score_cutoff=1) == 1


def _longest_first(matches: Iterable[_Match]) -> list[_Match]:
    """Keep the longest of overlapping matches; an exact one before a mended one as long."""
    chosen: list[_Match] = []
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (-m.length, not m.exact, m.first)):
        span = range(match.first, match.last)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(match)
    return chosen


def _covered(piece: _Piece, mentions: Sequence[Mention]) -> bool:
    return any(piece.start < mention.end and mention.start < piece.end for mention in mentions)


def _postcodes(plain: str) -> list[Mention]:
    """Find postcodes; only the outward half is kept as id, whatever was typed."""
    found = [match for match in _FULL_POSTCODE.finditer(plain) if _area(match[1]) in _AREAS]
    taken = [match.span() for match in found]
    lone = _SAID_POSTCODE.search(fold(plain)) is not None
    for match in _OUTWARD.finditer(plain):
        inside = any(start <= match.start() < end for start, end in taken)
        if not inside and _stands_alone(match[1], lone or match[0] == plain.strip()):
            found.append(match)
    return [
        Mention("postcode", match[1].upper(), match[0], match.start(), match.end(), True)
        for match in found
    ]


def _area(outward: str) -> str:
    """Return the letters a postcode begins with."""
    return outward.rstrip("0123456789").upper() if outward[-1].isdigit() else _letters(outward)


def _letters(outward: str) -> str:
    return outward[:1].upper() if outward[1:2].isdigit() else outward[:2].upper()


def _stands_alone(outward: str, expected: bool) -> bool:
    """Tell an outward postcode from a road (M4), a size (A4) or a room (B12)."""
    area = _area(outward)
    return area in _AREAS and (len(area) == 2 or expected)
