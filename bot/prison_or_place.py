"""Tells whether "Cardiff" means the prison or the town, from the words round it.

Also whether "parc" is HMP Parc or a park. Pure; word lists are folded (see `bot.words.fold`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

ARTICLES = frozenset({"y", "yr", "r", "the"})
# Words of the proper name of a prison that say no more than that it is one.
PRISON_TITLES = frozenset(
    [
        "hmp",
        "yoi",
        "hmyoi",
        "hm",
        "cem",
        "cef",
        "carchar",
        "garchar",
        "ngharchar",
        "charchar",
        "prison",
        "jail",
        "gaol",
        "ef",
        "em",
    ]
)
# Words after which Welsh names mutate.
TRIGGERS = frozenset(
    [
        "i",
        "o",
        "yn",
        "ym",
        "yng",
        "am",
        "ar",
        "at",
        "gan",
        "heb",
        "dan",
        "tan",
        "dros",
        "drwy",
        "trwy",
        "wrth",
        "hyd",
        "a",
        "neu",
        "y",
        "yr",
        "r",
        "n",
        "fy",
    ]
)
_BEFORE_PLACE = frozenset(
    ["in", "near", "from", "around", "yn", "ym", "yng", "ger", "o", "outside"]
)

_PRISON_BESIDE = frozenset(
    [
        "prison",
        "jail",
        "gaol",
        "nick",
        "hmp",
        "cem",
        "cef",
        "carchar",
        "garchar",
        "ngharchar",
        "charchar",
        "visits",
        "visiting",
        "visitors",
        "inmates",
        "wing",
        "governor",
        "switchboard",
        "ymweliadau",
        "ymwelwyr",
        "safer",
        "custody",
    ]
)
_HOUSE = [
    "prison",
    "jail",
    "gaol",
    "hmp",
    "cem",
    "cef",
    "carchar",
    "garchar",
    "ngharchar",
    "charchar",
]

_LIVES = re.compile(
    r"\b(?:(?:live|lives|living|lived|based|born|stay|staying|work|works|move|moving|home|house|flat"
    r"|area|town|school|am|we re|we are|i m|im|i am|family|mam|mum|nan|kids|children|anyone|someone"
    r"|somewhere|anything|people|groups?|services?|support|help|helps|help me|office|centre|college"
    r") (?:in|at|near|to|around|from|round)|near|nr|come from|from|outside|around"
    r"|(?:byw|fyw|aros|gweithio|symud|dod|teulu|plant|unrhyw un|rhywun|pobl|grwp|grwpiau|cymorth"
    r"|help|gwasanaeth|gwasanaethau|gefnogaeth|cefnogaeth|dre|tref|ysgol|cartref|dw i|dwi|rydyn ni"
    r"|ni|fan hyn)(?: n)? (?:yn|ym|yng|i|o|ger|at)|ger|ardal|yn ardal|o|sir|tref|dref)$"
)
_KEPT = re.compile(
    r"\b(?:(?:(?:he|she|they|hes|shes|him|her|son|lad|boy|dad|father|brother|partner|husband|fella|man"
    r"|boyfriend|ex|uncle|grandson|nephew|mate|friend|cousin|mum|mam|mother|sister|daughter|wife|kid"
    r"|one)(?: (?:s|is|are|was|been|being|has|have|had|got|just|now|still|currently|held|sent|moved"
    r"|transferred|taken|put|inside|banged|up|doing|time|on|remand|remanded|back|gone|went|over"
    r"|down|serving))*"
    r"|held|sent|moved|transferred|shipped|remanded|inside|banged up|serving|visit|visits|visiting"
    r"|visited|locked up|see (?:him|her|them|my (?!kid|child|grand|little)\w+)|ring|phone|call|rung|email|write|letter|parcel"
    r"|money) (?:in|at|to|into|over to)"
    r"|(?:visit|visiting|visited|ymweld a|ymweliad a|ymweliad ag|ymweld ag|ffonio|ffonia|ringio)"
    r"|(?:fe|fo|hi|nhw|ef|o|e|mab|fab|dad|tad|nhad|brawd|mrawd|gwr|ngwr|partner|mhartner|cariad"
    r"|nghariad|merch|ferch|mam|chwaer|wncwl|ewythr|ffrind|taid|wyr|un|boi)"
    r"(?: (?:n|yn|nawr|rwan|wedi|cael|ei|symud|anfon|hanfon|dal|gadw|garcharu|mewn|bod|ar|remand))*"
    r" (?:yn|ym|yng|i|n)"
    r"|(?:symud|symudwyd|anfon|anfonwyd|cadw|dal|carcharu|garcharu|ymweliad|ymweliadau|ymweld"
    r"|gweld|weld|llythyr|arian|pres|galwad|parsel)(?: (?!plant|blant|mhlant|wyrion)\w+)? (?:yn|ym|yng|i|at))$"
)
_ABOUT_PRISON = re.compile(
    r"\b(?:visit|visits|visiting|visitors?|visited|vo|visiting order|prison|jail|gaol|hmp|cem|cef"
    r"|carchar|garchar|ngharchar|charchar|ymweld|ymweliad|ymweliadau|hymweld|inmate|inside|cell|wing"
    r"|remand|sentenced|screw|screws|governor|canteen|dress code|parcel|family days?|diwrnod teulu"
    r"|video call|galwad fideo|safer custody|knox road|oystermouth|visits? hall|booking line)\b"
)
_ABOUT_HELP = re.compile(
    r"\b(?:help|helps|helping|support|supports|service|services|group|groups|counselling|counsellor"
    r"|charity|charities|someone to talk|anyone|near me|nearby|local|advice|drop in|food ?bank"
    r"|cymorth|gymorth|nghymorth|help|gwasanaeth|gwasanaethau|wasanaeth|wasanaethau|cefnogaeth"
    r"|gefnogaeth|grwp|grwpiau|cwnsela|gwnsela|cyngor|gyngor|elusen|elusennau|unrhyw un|rhywun"
    r"|agos|lleol)\b"
)
_PARK_BEFORE = frozenset(
    [
        "car",
        "water",
        "theme",
        "caravan",
        "retail",
        "business",
        "skate",
        "play",
        "national",
        "country",
        "holiday",
        "bike",
        "science",
        "trailer",
        "amusement",
        "industrial",
        "maes",
        "double",
        "free",
        "parks",
        "lle",
        "parcio",
        "man",
    ]
)
_PARK_VERB_AFTER = frozenset(["can", "to", "not", "we", "i", "you"])
_PARK_AFTER = frozenset(
    [
        "the",
        "my",
        "our",
        "a",
        "and",
        "chwarae",
        "parcio",
        "cenedlaethol",
        "gwledig",
        "busnes",
        "manwerthu",
        "busnesau",
        "sglefrio",
        "lle",
        "near",
        "nearby",
        "outside",
        "there",
        "here",
        "for",
        "free",
        "up",
        "on",
        "ranger",
        "run",
        "gwyliau",
        "dwr",
    ]
)


def is_prison(before: Sequence[str], after: Sequence[str], whole: str) -> bool:
    """Say whether a name that is a town's and a prison's means the prison.

    *before* and *after* are the folded words on either side, *whole* the folded message.
    """
    if _beside(before, after):
        return True
    lead_in = " ".join(word for word in before if word not in ARTICLES)
    if _KEPT.search(lead_in) and not _ABOUT_HELP.search(whole):
        return True
    if _LIVES.search(lead_in):
        return False
    if _KEPT.search(lead_in):
        return True
    return bool(_ABOUT_PRISON.search(whole)) and not _ABOUT_HELP.search(whole)


def _beside(before: Sequence[str], after: Sequence[str]) -> bool:
    """Say whether a word for a prison stands right beside the name."""
    near = [word for word in before if word not in ARTICLES]
    return (near[-1:] != [] and near[-1] in _HOUSE) or (
        after[:1] != [] and after[0] in _PRISON_BESIDE
    )


def is_parc(before: Sequence[str], after: Sequence[str], whole: str, written: str) -> bool:
    """Say whether *written*, some form of "parc" or "park", means HMP Parc and not a park."""
    if _beside(before, after):
        return True
    if (before[-1:] and before[-1] in _PARK_BEFORE) or (after[:1] and after[0] in _PARK_AFTER):
        return False
    lead_in = " ".join(word for word in before if word not in ARTICLES)
    kept = _KEPT.search(lead_in) is not None and before[-1:] != ["i"]
    about_prison = kept or _ABOUT_PRISON.search(whole) is not None
    if written.casefold() == "park":
        if before[-1:] and before[-1] in _PARK_VERB_AFTER:
            return False
        return about_prison and before[-1:] != [] and before[-1] in {"in", "at", "visit"}
    if before[-1:] and before[-1] in ARTICLES:
        return about_prison or written[:1].isupper()
    return True


def is_written_as_place(before: Sequence[str], written: str, alone: bool) -> bool:
    """Say whether an ordinary word stands here as a name: capital letter, "in …", or *alone*."""
    if alone or (written[:1].isupper() and not written.isupper() and before):
        return True
    return bool(before) and before[-1] in _BEFORE_PLACE
