"""Five hundred made-up personal details, in sentences of both languages, with what must never be found."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

FIRST = [
    "Gwenllïan",
    "Mabli",
    "Tudwal",
    "Cadi",
    "Iolo",
    "Shanice",
    "Mohammed",
    "Agnieszka",
    "Kayleigh",
    "Rhodri",
]
LAST = ["Pennarddgrug", "Thistlewhaite", "Okonjwanu", "Llwyd-Brynaf", "Vancraeybeck", "Ap Tudwalog"]
STREETS = [
    "Zebedee Terrace",
    "Quillfeather Road",
    "Stryd y Gigfran",
    "Heol Pwllgwrach",
    "Lôn Wernddofn",
]


@dataclass(frozen=True)
class Planted:
    """A message and the pieces of it that are nobody's business."""

    text: str
    secrets: tuple[str, ...]


def planted(count: int = 500, seed: int = 20261127) -> Iterator[Planted]:
    """Yield *count* messages, the same at every run with the same *seed*."""
    dice = random.Random(seed)
    for at in range(count):
        yield _KINDS[at % len(_KINDS)](dice)


def _said(
    dice: random.Random, secret: str, *sentences: str, pieces: tuple[str, ...] = ()
) -> Planted:
    return Planted(dice.choice(sentences).format(secret), pieces or (secret,))


def _digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choices("0123456789", k=count))


def _letters(dice: random.Random, count: int) -> str:
    return "".join(dice.choices("ABCEGHJKLMNPRSTWXYZ", k=count))


def _name(dice: random.Random) -> Planted:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    sentences = (
        "my name is {} and I want to book a visit",
        "My son {} is in Berwyn, how do I write to him",
        "fy enw i ydi {}, sut mae trefnu ymweliad",
        "mae fy mab {} yn y Parc ac mae isio dillad arno",
        "this is {}, can you help with the phone calls",
        "{} ydw i, faint mae galwad fideo yn gostio",
        "ma'r gŵr, {}, yng Nghaerdydd",
        "I'm called {} and my daughter is in Styal",
    )
    return _said(dice, f"{first} {last}", *sentences, pieces=(last,))


def _prison_number(dice: random.Random) -> Planted:
    number = f"{_letters(dice, 1)}{_digits(dice, 4)}{_letters(dice, 2)}"
    shown = dice.choice([number, number.lower()])
    return _said(
        dice,
        shown,
        "his number is {} can I send money",
        "rhif carcharor {}, sut ma gyrru llythyr",
        "{}",
    )


def _phone(dice: random.Random) -> Planted:
    mobile = f"07700 900{_digits(dice, 3)}"
    shown = dice.choice(
        [mobile, mobile.replace(" ", ""), f"+44 7700 900{mobile[-3:]}", "029 2018 0" + mobile[-3:]]
    )
    return _said(
        dice,
        shown,
        "ring me back on {} please",
        "ffoniwch fi ar {} ar ôl chwech",
        "call {} about the visit",
    )


def _email(dice: random.Random) -> Planted:
    mail = f"{dice.choice(['sian', 'ceri.w', 'mam_i'])}{_digits(dice, 3)}@example.{dice.choice(['org', 'cymru', 'co.uk'])}"
    return _said(
        dice,
        mail,
        "my email is {} so reply there",
        "gyrrwch ateb i {} os gwelwch yn dda",
        "{} is where to reach me",
    )


def _postcode(dice: random.Random) -> Planted:
    outward = dice.choice(["LL55", "SA31", "CF10", "NP20", "LD1"])
    ends = "".join(dice.choices("ABEGHJLNPRSTWXYZ", k=2))  # no postcode ends in C, K or M
    inward = f"{dice.choice('123456789')}{ends}"
    shown = dice.choice(
        [f"{outward} {inward}", f"{outward}{inward}", f"{outward} {inward}".lower()]
    )
    return _said(
        dice,
        shown,
        "is there anyone near {} for debt",
        "dwi'n byw yn {} oes help yma",
        pieces=(shown, f" {inward}"),
    )


def _address(dice: random.Random) -> Planted:
    street = dice.choice(STREETS)
    shown = f"{dice.randint(2, 198)} {street}"
    return _said(
        dice,
        shown,
        "I live at {} in Bangor, how do I get to Berwyn",
        "dwi'n byw yn {} Wrecsam, oes bws",
        pieces=(street,),
    )


def _birthday(dice: random.Random) -> Planted:
    day, month, year = dice.randint(1, 28), dice.randint(1, 12), dice.randint(1941, 2019)
    shown = dice.choice(
        [f"{day:02}/{month:02}/{year}", f"{day}.{month}.{year}", f"{year}-{month:02}-{day:02}"]
    )
    return _said(
        dice,
        shown,
        "his date of birth is {} do you need it",
        "dyddiad geni {} sydd ganddo",
        "born {}, is that old enough for ID",
    )


def _national_insurance(dice: random.Random) -> Planted:
    number = f"{_letters(dice, 2)} {_digits(dice, 2)} {_digits(dice, 2)} {_digits(dice, 2)} {dice.choice('ABCD')}"
    shown = dice.choice([number, number.replace(" ", "")])
    return _said(dice, shown, "my NI number is {}", "rhif yswiriant gwladol {} sydd gen i")


def _card(dice: random.Random) -> Planted:
    number = _luhn(f"4929{_digits(dice, 11)}")
    shown = dice.choice([number, " ".join(number[at : at + 4] for at in range(0, 16, 4))])
    return _said(dice, shown, "can I send money with card {}", "dyma rif y cerdyn {} i anfon arian")


def _luhn(digits: str) -> str:
    doubled = [int(d) * (2 - at % 2) for at, d in enumerate(reversed(digits), 1 - 1)]
    return digits + str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def _plate(dice: random.Random) -> Planted:
    shown = f"{_letters(dice, 2)}{dice.randint(51, 75)} {_letters(dice, 3)}"
    return _said(
        dice, shown, "my car reg is {} can I park there", "rhif y car ydi {}, oes lle parcio"
    )


_KINDS = (
    _name, _prison_number, _phone, _email, _postcode, _address, _birthday, _national_insurance, _card, _plate,
)  # fmt: skip
