"""Takes personal details out of a message before the engine or any log sees it.

What is taken out leaves nothing behind, because a gap disturbs understanding less than a placeholder:
"my son Rhys Davies A1234BC is in Cardiff" becomes "my son is in Cardiff". A full postcode becomes its
outward half. Prisons, places, organisations, ages, prices, times and ordinary dates stay.
Why our own rules: docs/decisions/0006-redaction.md. Pure: no network, no engine, no database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from bot.catalogue.load import read
from bot.words import fold, straighten

NOTHING_LEFT = "…"
"""What is passed on where a message was nothing but personal details."""
_NAMES = Path(__file__).parent / "wordlists" / "names.yml"
_READINGS = 12
"""How often a message is read again at most; a real one is clean after one reading."""
_LONGEST_RUN = 8
_LONG_RUN = re.compile(rf"(\W)\1{{{_LONGEST_RUN},}}")
"""A sign repeated more often than any detail has it: thousands would cost every rule their square."""
_I = re.IGNORECASE


@dataclass(frozen=True)
class Redacted:
    """A message without personal details."""

    text: str
    found: frozenset[str]
    """The kinds of details that were taken out."""


@dataclass(frozen=True)
class Rule:
    """One kind of detail and what it looks like."""

    kind: str
    pattern: re.Pattern[str]
    stays: Callable[[re.Match[str]], str | None] = lambda match: ""
    """What stays in place of a match; None where the match is no such detail after all."""


def redact(text: str) -> Redacted:
    """Return *text* without personal details, and which kinds it had.

    What closes a gap may read as a detail of its own, so what is left is read again.
    """
    found: set[str] = set()
    clean, left = text, _once(text, found)
    for _ in range(_READINGS):
        if left == clean:
            break
        clean, left = left, _once(left, found)
    return Redacted(clean, frozenset(found))


def _once(text: str, found: set[str]) -> str:
    """Take out what one reading finds; *text* itself where that is nothing."""
    kinds: set[str] = set()
    clean = _plain(text)
    for rule in RULES:
        clean = _apply(rule, clean, kinds)
    clean = _without_names(clean, kinds)
    found |= kinds
    return (_tidy(clean) or NOTHING_LEFT) if kinds else text


def _plain(text: str) -> str:
    """Undo what can hide a detail: wide digits, invisible signs, typographic dashes and spaces."""
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return _LONG_RUN.sub(r"\1" * _LONGEST_RUN, straighten(unicodedata.normalize("NFKC", seen)))


def _apply(rule: Rule, text: str, found: set[str]) -> str:
    def swap(match: re.Match[str]) -> str:
        kept = rule.stays(match)
        if kept is None:
            return match.group()
        found.add(rule.kind)
        return f"{kept} " if match.group()[-1:].isspace() else kept

    return rule.pattern.sub(swap, text)


def _tidy(text: str) -> str:
    """Close the gaps that details leave."""
    text = re.sub(r"\(\s*\)|\[\s*\]|\"\s*\"", "", text)
    text = re.sub(r"\s*([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[ \t]+([,.;:?!])", r"\1", text)
    text = re.sub(r"[ \t]{2,}", " ", text).strip(" \t\n,;:-")
    return text if re.search(r"\w", text) else ""


# --- numbers, codes and addresses ---------------------------------------------------------------

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|ionawr|[cg]?h?wefror|[mf]awrth|ebrill|[mf]ai"
    r"|[mf]ehefin|g?orffennaf|awst|[mf]edi|hydref|[dt]h?achwedd|rh?agfyr)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|af|ain|fed|eg|ydd)?"
_NUMERIC_DATE = r"(?:0?[1-9]|[12]\d|3[01])[ ]?[/.\-][ ]?(?:0?[1-9]|1[0-2])[ ]?[/.\-][ ]?"
_WORDED_DATE = rf"(?:{_DAY}\s+(?:of\s+|o\s+)?{_MONTH}|{_MONTH}\s+{_DAY}),?\s+"
_BEFORE_2020 = r"(?:19\d\d|20[01]\d)"
_BORN = (
    r"(?:born|d\.?\s?o\.?\s?b\.?|date\s+of\s+birth|birth\s?da(?:y|te)|[gn]?h?anwyd|[gn]h?eni"
    r"|eni|ganed|anwyd|pen-?blwydd|phen-?blwydd|dyddiad\s+geni)"
)
_ANY_DATE = (
    rf"(?:{_NUMERIC_DATE}(?:\d{{4}}|\d\d)|{_WORDED_DATE}(?:\d{{4}}|'?\d\d)|{_DAY}\s+{_MONTH}"
    r"|\d{4}-\d\d-\d\d|\d{1,2} \d{1,2} (?:\d{4}|\d\d)|\d{6}|\d{8})"
)
_SEPARATOR = r"[ \-.()]{0,3}"
_NI = r"[A-CEGHJ-PR-TW-Z][ ]?[A-CEGHJ-NPR-TW-Z][ \-]?\d\d[ \-]?\d\d[ \-]?\d\d[ \-]?[A-D]"
_PRISON_NUMBER = r"[A-Z][ \-]?(?:\d[ \-]?){3}\d[ \-]?[A-Z][ ]?[A-Z]"
_REFERENCE = (
    r"(?:booking|visit|order|case|crime|payment|application|claim|customer|incident"
    r"|archeb\w*|ymweliad|achos|trosedd)?\s*"
    r"(?:reference|ref\.?|refs|urn|cyfeirnod|gyfeirnod|chyfeirnod|rhif\s+(?:archebu|cyfeirnod|achos|archeb)"
    r"|(?:booking|case|crime|order|visitor|claim)\s+(?:number|no\.?|id))"
    r"\s*(?:number|no\.?|is|was|yw|ydi|ydy|oedd|:|=|#|-)*\s*"
)
_STREET_EN = (
    r"street|st|road|rd|avenue|ave|lane|close|crescent|cres|drive|terrace|place|way|gardens|grove"
    r"|court|row|hill|square|view|rise|walk|green|parade|mews|park|villas|buildings"
)
_STREET_CY = (
    r"stryd|heol|hewl|ffordd|l[oô]n|rhodfa|rhes|maes|clos|cwrt|bryn|llys|teras|parc|gerddi|rhiw|"
    r"tan[ -]y[ -]\w+|pen[ -]y[ -]\w+|pant|dol|erw|trem|trem\s+y|cae|gwaun|waun"
)
_HOUSE = (
    r"(?:(?:flat|fflat|apartment|unit|room)\s+\w{1,4},?\s+)?(?:no\.?\s?|rhif\s)?\d{1,4}[a-z]?,?\s+"
)
_NAMED = r"(?-i:[A-ZÂÊÎÔÛŴŶ][\w'-]*)"


def _outward(match: re.Match[str]) -> str:
    return match[1].upper()


def _unless_years(match: re.Match[str]) -> str | None:
    """Leave "o 2019 yn" and "a 2024 to" alone: words round a year are no prison number."""
    spaced = re.fullmatch(r"[a-z] (?:19|20)\d\d [a-z]{2}", match.group())
    return None if spaced else ""


def _unless_date(match: re.Match[str]) -> str | None:
    """Leave 12-05-26 alone: only a sort code if no day can be so written."""
    return None if re.fullmatch(rf"{_NUMERIC_DATE}\d\d", match.group()) else ""


def _unless_dated(match: re.Match[str]) -> str | None:
    """Leave a day and an hour alone: 01-02-2026 10."""
    dated = re.match(rf"{_NUMERIC_DATE}\d{{4}}\b", match.group())
    return None if dated or not 9 <= len(re.sub(r"\D", "", match.group())) <= 15 else ""


def _unless_words(match: re.Match[str]) -> str | None:
    """Leave "CF10 and" alone: a postcode before a small word is no car plate."""
    letters = match.group()[-3:]
    shouting = match.string.isupper() and " " in match.group()
    return None if fold(letters) in _words().small or (shouting and len(match.string) > 20) else ""


def _unless_prison(match: re.Match[str]) -> str | None:
    """Leave the road of a prison's own name and "HMP" addresses alone."""
    held = fold(match.group())
    named = re.search(r"\b(hmp|hmyoi|prison|carchar|eastwood park|o ffyrdd|m4|a55|a470)\b", held)
    return None if named else ""


def _unless_ways(match: re.Match[str]) -> str | None:
    """Leave "2 ffordd o dalu" (two ways) and "3 maes parcio" (car parks) alone."""
    words = fold(match.group()).split()
    rest = set(words[-2:])
    if rest & {"o", "i", "arall", "wahanol", "parcio", "mae", "sydd", "ac", "neu", "haws", "gwely"}:
        return None
    return _unless_prison(match)


def _kept_front(match: re.Match[str]) -> str | None:
    """Keep the words that say a detail follows."""
    return None if _unless_prison(match) is None else match[1].rstrip()


RULES = (
    Rule(
        "email",
        re.compile(r"(?<![\w.+'-])[\w.+'-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?\.\s?[\w-]+)*", _I),
    ),
    Rule(
        "email",
        re.compile(
            r"(?<![\w.+-])[\w.+-]+ at [\w-]+(?: dot [\w-]+|\.(?:com|co|org|net|cymru|wales|uk))+\b",
            _I,
        ),
    ),
    Rule("national_insurance", re.compile(rf"(?<!\w){_NI}(?!\w)", _I)),
    Rule("prison_number", re.compile(rf"(?<!\w){_PRISON_NUMBER}(?!\w)", _I), _unless_years),
    Rule("prison_number", re.compile(r"(?<!\w)[A-Z]{2}[ -]?\d{4}(?!\w)")),
    Rule(
        "prison_number",
        re.compile(
            r"\b((?:prison(?:er)?s?|nomis|noms|inmate|carchar(?:or)?|garchar(?:or)?)\s+"
            r"(?:number|no\.?|id|rhif)\s*(?:is|yw|ydi|ydy|:|=)?|rhif\s+(?:carchar(?:or)?|prisoner)\s*"
            r"(?:yw|ydi|ydy|:|=)?)\s*(?=\w*\d)[A-Za-z\d]{4,9}\b",
            _I,
        ),
        _kept_front,
    ),
    Rule(
        "birth_date",
        re.compile(rf"\b({_BORN}\b[^\n.?!]{{0,18}}?)(?<![\d£]){_ANY_DATE}(?!\d)", _I),
        _kept_front,
    ),
    Rule(
        "birth_date",
        re.compile(rf"(?<![\d£])(?:{_NUMERIC_DATE}|{_WORDED_DATE}){_BEFORE_2020}(?!\d)", _I),
    ),
    Rule("birth_date", re.compile(rf"(?<!\d){_BEFORE_2020}-\d\d-\d\d(?!\d)")),
    Rule("card", re.compile(r"(?<![\d£.])(?:\d[ -]?){12,18}\d(?!\d)")),
    Rule("phone", re.compile(rf"(?<![\w£])(?:\+|00)\d{{1,3}}(?:{_SEPARATOR}\d){{7,12}}(?!\w)")),
    Rule(
        "phone",
        re.compile(rf"(?<![\w£])\(?0(?:{_SEPARATOR}\d){{8,10}}(?!\w)"),
        _unless_dated,
    ),
    Rule("phone", re.compile(r"(?<![\w£])7\d{3}[ -]?\d{3}[ -]?\d{3}(?!\w)")),
    Rule("nhs_number", re.compile(r"(?<![\w£])\d{3}[ -]\d{3}[ -]\d{4}(?!\w)")),
    Rule("bank", re.compile(r"(?<![\w£])\d\d[ -]\d\d[ -]\d\d(?!\w)(?![ -]\d)"), _unless_date),
    Rule("number", re.compile(r"(?<![\w£$€.,])\d{6,}(?!\w)")),
    Rule(
        "number",
        re.compile(
            r"\b((?:my|his|her|our|their)\s+(?:phone\s+|mobile\s+|home\s+)?(?:number|no)\s+is"
            r"|(?:rhif|ffôn)\s+(?:i|fi|ffon|ffôn|fo|e|hi)?\s*(?:yw|ydi|ydy))\s*\d[\d ]{3,}",
            _I,
        ),
        _kept_front,
    ),
    Rule(
        "reference",
        re.compile(rf"\b({_REFERENCE})(?=[\w/-]*\d)[A-Z\d][\w/-]{{3,20}}", _I),
        _kept_front,
    ),
    Rule(
        "postcode",
        re.compile(r"(?<!\w)([A-Z]{1,2}\d[A-Z\d]?)[ ,-]{0,3}\d[ ]?(?!pm|am|km)[A-Z]{2}(?!\w)", _I),
        _outward,
    ),
    Rule("plate", re.compile(r"(?<!\w)[A-Z]{2}\d\d[ -]?[A-Z]{3}(?!\w)", _I), _unless_words),
    Rule("plate", re.compile(r"(?<!\w)[A-Z]\d{2,3} ?[A-Z]{3}(?!\w)"), _unless_words),
    Rule(
        "plate",
        re.compile(
            r"\b((?:car\s+)?reg(?:istration)?(?:\s+(?:number|plate|no\.?))?\s*(?:is|yw|ydi|:)?"
            r"|number\s?plate\s*(?:is|:)?|rhif\s+(?:cofrestru|y\s+car)\s*(?:yw|ydi|:)?|pl[aâ]t\s*(?:yw|ydi|:)?)"
            r"\s*(?=[A-Z ]*\d)[A-Z\d]{1,4}[ -]?[A-Z\d]{2,4}\b",
            _I,
        ),
        _kept_front,
    ),
    Rule(
        "address",
        re.compile(
            rf"(?<![\w£]){_HOUSE}(?:[\w'-]+\s+)?(?:{_NAMED}\s+){{1,3}}(?:{_STREET_EN})\b\.?", _I
        ),
        _unless_prison,
    ),
    Rule(
        "address",
        re.compile(
            rf"(?<![\w£]){_HOUSE}(?!(?:people|visits?|min\w*|hours?|years?|miles?|of|on|at|in|to)\b)"
            r"[\w'-]+\s+(?:[\w'-]+\s+)?(?:street|road|rd|avenue|crescent|terrace|lane|drive|gardens)\b",
            _I,
        ),
        _unless_prison,
    ),
    Rule(
        "address",
        re.compile(
            rf"(?<![\w£]){_HOUSE}(?:{_STREET_CY})\s+(?:(?:y|yr|r|'r|i'r|uchaf|isaf)\s+)?[\w'-]+"
            rf"(?:\s+{_NAMED})?",
            _I,
        ),
        _unless_ways,
    ),
    Rule(
        "address",
        re.compile(
            r"\b((?:live|lives|living|stay|staying|byw|aros)\s+(?:at|on|in|yn|ar|am)\s+)"
            rf"(?:(?:{_NAMED}\s+){{1,3}}(?:{_STREET_EN})\b"
            rf"|(?-i:Stryd|Heol|Hewl|Ffordd|Lôn|Rhodfa|Rhes|Teras)\s+(?:y\s+|yr\s+)?{_NAMED})",
            _I,
        ),
        _kept_front,
    ),
    Rule(
        "address",
        re.compile(
            r"\b((?:my|our|his|her|home)\s+address\s+is|(?:fy|ei|ein)\s+(?:ng?h?yfeiriad|chyfeiriad"
            r"|gyfeiriad)\s*(?:i|e|o|hi|ni)?\s*(?:yw|ydi|ydy)|(?:c|g)yfeiriad\s+(?:i|fi)\s+(?:yw|ydi|ydy))"
            r"\s+(?!(?:not|on|the|wrong|right|private|safe|anghywir|ar)\b)[^.?!\n]{3,60}",
            _I,
        ),
        _kept_front,
    ),
)
"""In the order in which they are tried: what is longest and surest first."""


# --- names --------------------------------------------------------------------------------------

_TOKEN = re.compile(r"[^\W\d_](?:[^\W\d_]|\.(?=\w)|['-](?=[^\W\d_]))*")
_KIN = (
    r"(?:step)?(?:son|daughter|brother|sister|dad|father|mum|mam|mother|uncle|cousin|nephew|niece)"
    r"|(?:ex[ -]?)?(?:husband|wife|partner|boyfriend|girlfriend|fianc[eé]e?|bf|gf|hubby|fella|missus)"
    r"|grand(?:son|daughter|ad|father|mother|child)|friend|mate|lad|boy|girl|kid|child|baby|nan|aunt(?:ie|y)?"
    r"|[mf]ab|merch|ferch|[bmf]h?rawd|chwaer|[gn]*g?[wŵ]r|ngŵr|ŵr|gwraig|ngwraig|wraig|(?:ng?h|g|c)ariad|[pb]artner"
    r"|mhartner|[tdn]h?ad|[fm]am|ewyrth|ewythr|modryb|fodryb|ffrind|hogyn|crwt|groten|hogan"
    r"|ŵyr|wyr|wyres|nith|nai|[cgk]?h?efnder|(?:ng?h|g|c)?yfnither|nghefnder|plentyn|mhlentyn|taid|nain|tad-cu|mam-gu"
)
_SAID_NAME = (
    r"(?:(?:my|his|her|their|our|the|whose)?\s*(?:\w+'?s\s+)?(?:full\s+|first\s+|sur|last\s+|middle\s+)?names?"
    r"(?:'s|\s+is|\s+was|\s*[:=]|s|\s+are)"
    r"|\b(?:i'?m|i\s+am|he'?s|he\s+is|she'?s|she\s+is|is|who'?s|is|we|they)\s+(?:called|named)|\bnamed|\bcalled"
    r"|\bthis\s+is(?=\s+[A-Z][a-z]+\s+(?:[A-Z]|here|speaking))"
    r"|(?:fy\s+|f'|ei\s+|'i\s+|eu\s+)?h?enw(?:'r\s+\w+|\s+(?:fy\s+\w+|y\s+\w+))?(?:\s+(?:i|fi|e|fe|o|fo|hi|nhw|llawn))*"
    r"\s*(?:yw|ydi|ydy|ydi'r|oedd|'di|:|=)|\bo'?r\s+enw|\bo\s+r\s+enw|\bg?elwir\s+(?:yn|fi\s+yn)?)"
)
_INTRODUCED = re.compile(rf"(?:{_SAID_NAME})\s+", _I)
_AFTER_KIN = re.compile(rf"\b(?:{_KIN})(?:'s)?,?\s+", _I)
_AFTER_TITLE = re.compile(
    r"\b(?:mr|mrs|ms|dr|officer|swyddog|governor|miss(?=\s+[A-Z][a-z])|po(?=\s+[A-Z][a-z])"
    r"|so(?=\s+[A-Z][a-z]+\s*$)|cm(?=\s+[A-Z][a-z]))\.?\s+",
    _I,
)
_I_AM = re.compile(
    r"(?:\bi'?m|\bi\s+am|\bit'?s|\bhi,?|\bhello,?|\bhelo,?|\bregards,?|\bthanks,?|\bdiolch,?)\s+",
    _I,
)
_AM_I = re.compile(r"(?=\s+(?:(?:yd|d)w\s+i\b|dwi\b|sy\s|sydd\s|here\b))", _I)


@dataclass(frozen=True)
class _Words:
    """The word lists of `wordlists/names.yml`."""

    given: frozenset[str]
    sometimes: frozenset[str]
    surnames: frozenset[str]
    never: frozenset[str]
    small: frozenset[str]


@cache
def _words() -> _Words:
    held = read(_NAMES)

    def listed(name: str) -> frozenset[str]:
        return frozenset(str(held[name]).split())

    return _Words(
        listed("given"),
        listed("given_or_word"),
        listed("surnames"),
        listed("never"),
        listed("ends_name"),
    )


def _without_names(text: str, found: set[str]) -> str:
    """Take out what is given as somebody's name."""
    spans = sorted({span for span in _names(text) if span[0] < span[1]})
    if not spans:
        return text
    found.add("name")
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at : max(at, start)])
        at = max(at, end)
    return "".join([*kept, text[at:]])


def _names(text: str) -> Iterator[tuple[int, int]]:
    for match in _INTRODUCED.finditer(text):
        yield _run(text, match.end(), _may_be_name)
    for match in _AFTER_TITLE.finditer(text):
        yield _run(text, match.end(), _may_be_surname)
    for match in _AFTER_KIN.finditer(text):
        yield _run(text, match.end(), _is_named)
    for match in _I_AM.finditer(text):
        yield _run(text, match.end(), _is_known)
    for match in _AM_I.finditer(text):
        yield _before(text, match.start())
    yield from _known(text)


def _before(text: str, end: int) -> tuple[int, int]:
    """Return the span of a name that ends at *end*: a known one, or two words with capitals."""
    tokens = list(_TOKEN.finditer(text, 0, end))[-2:]
    if not tokens or tokens[-1].end() != end:
        return end, end
    both = len(tokens) == 2 and all(_is_named(token.group(), text) for token in tokens)
    if both and text[tokens[0].end() : tokens[1].start()].isspace():
        return tokens[0].start(), end
    return (tokens[-1].start(), end) if _is_known(tokens[-1].group(), text) else (end, end)


def _run(text: str, at: int, first: Callable[[str, str], bool]) -> tuple[int, int]:
    """Return the span of a name that begins at *at*: one to four words."""
    token = _TOKEN.match(text, at)
    if not token or not first(token.group(), text):
        return at, at
    end = _bare_end(token)
    for _ in range(3):
        following = re.compile(r"[ \t]+").match(text, end)
        token = _TOKEN.match(text, following.end()) if following else None
        if not token or not _goes_on(token.group(), text):
            break
        end = _bare_end(token)
    return at, end


def _bare_end(token: re.Match[str]) -> int:
    """Leave a clitic standing: Rhys's, Siân'n."""
    clitic = re.search(r"'(?:s|n|r|w|i|ll|d)$", token.group())
    return token.end() - (len(clitic.group()) if clitic else 0)


def _may_be_name(word: str, text: str) -> bool:
    """After "my name is": anything but a small word or a place where people are held."""
    return _folded(word) not in _words().small | (_words().never - _words().sometimes)


def _may_be_surname(word: str, text: str) -> bool:
    capital = word[:1].isupper() and not text.isupper()
    known = _folded(word) in _words().surnames | _words().given
    return known or (capital and _folded(word) not in _words().small | _words().never)


def _is_named(word: str, text: str) -> bool:
    """After "my son": a known name, or a word with a capital letter that is nothing else."""
    folded, words = _folded(word), _words()
    if folded in words.given or (folded in words.sometimes and folded not in words.never):
        return folded in words.given or word[:1].isupper()
    capital = word[:1].isupper() and len(word) > 1 and not word.isupper()
    return capital and folded not in words.never | words.small | _places()


def _is_known(word: str, text: str) -> bool:
    folded, words = _folded(word), _words()
    sometimes = folded in words.sometimes - words.never and word[:1].isupper()
    return (folded in words.given and folded not in words.never) or sometimes


def _goes_on(word: str, text: str) -> bool:
    """Say whether a word after a name is more of it."""
    folded, words = _folded(word), _words()
    if folded in words.surnames:
        return True
    if folded in words.never | words.small | (_places() - words.given):
        return folded in {"ap", "ab", "ferch"}
    return (
        folded in {"ap", "ab", "o'neill"}
        or (word[:1].isupper() and not text.isupper())
        or (folded in words.given)
    )


def _known(text: str) -> Iterator[tuple[int, int]]:
    """Yield known given names with a capital letter, and given name and surname in any letters."""
    words = _words()
    for token in _TOKEN.finditer(text):
        folded = _folded(token.group())
        given = folded in words.given and folded not in words.never
        if given and token.group()[:1].isupper():
            yield _run(text, token.start(), lambda word, _: True)
        elif given or folded in words.sometimes:
            after = re.compile(r"\s+([^\W\d_]+)").match(text, token.end())
            if after and fold(after[1]) in words.surnames:
                yield token.start(), after.end()


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return re.sub(r"'(?:s|n|r|w|i|ll|d)$", "", fold(word))


@cache
def _places() -> frozenset[str]:
    """Return the words of all names of places and prisons; none where the files are not there."""
    data = Path(__file__).parents[1] / "directory" / "data"
    found: set[str] = set()
    for file, key in (("places.yml", "places"), ("prisons.yml", "prisons")):
        try:
            records = read(data / file)[key]
        except (ValueError, KeyError):
            continue
        for record in records:
            for field in ("name_cy", "name_en", "short_cy", "short_en"):
                found |= set(re.findall(r"[^\W\d_]+", fold(str(record.get(field) or ""))))
    return frozenset(found)
