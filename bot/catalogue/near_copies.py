"""Find training examples that are near copies of a held-out message; pure.

What we measure ourselves on must be unseen: a held-out message that is nearly a training example
measures memory, not understanding.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.words import fold

SHARED_LETTERS = 0.8
"""Share of common four-letter pieces (Jaccard) above which two messages are near copies."""
SAME_ORDER = 0.9
"""Share of letters in the same order above which two messages are near copies."""
TELLING = 3
"""Words from which on a message says enough to be copied: anybody writes "cancel visit"."""
_WORTH_A_LOOK = 0.5


@dataclass(frozen=True)
class NearCopy:
    """A training example that says a held-out message again."""

    training: str
    held_out: str


def near_copies(training: Sequence[str], held_out: Iterable[str]) -> Iterator[NearCopy]:
    """Yield each held-out message that has a near copy in *training*, with the nearest."""
    plain = [_plain(text) for text in training]
    pieces = [_pieces(text) for text in plain]
    places: dict[str, list[int]] = defaultdict(list)
    for at, found in enumerate(pieces):
        for piece in found:
            places[piece].append(at)
    for text in held_out:
        said = _plain(text)
        if len(said.split()) >= TELLING:
            at = _nearest(said, plain, pieces, places)
            if at is not None:
                yield NearCopy(training[at], text)


def _nearest(
    said: str, plain: list[str], pieces: list[frozenset[str]], places: dict[str, list[int]]
) -> int | None:
    """Return the place of the first near copy of *said*, those with most in common first."""
    wanted = _pieces(said)
    shared = Counter(at for piece in wanted for at in places.get(piece, ()))
    for at, common in shared.most_common(20):
        alike = common / (len(wanted) + len(pieces[at]) - common)
        if alike > SHARED_LETTERS or (alike > _WORTH_A_LOOK and _same_order(said, plain[at])):
            return at
    return None


def _same_order(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() > SAME_ORDER


def _plain(text: str) -> str:
    kept = "".join(sign if sign.isalnum() else " " for sign in fold(text))
    return " ".join(kept.split())


def _pieces(plain: str) -> frozenset[str]:
    padded = f" {plain} "
    return frozenset(padded[at : at + 4] for at in range(max(1, len(padded) - 3)))
