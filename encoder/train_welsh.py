"""Make the Welsh side anew: `python -m encoder.train_welsh --massive FILE --out FOLDER`.

A small network over words and letters learns to put a Welsh message where the English encoder puts
its meaning. PyTorch is needed here and nowhere else; what is installed for it, the data and their
licences: encoder/README.md. A few minutes on two cores.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from zlib import crc32

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from bot.encoder import MODEL, WIDTH, English, buckets
from encoder.lessons import Pair, distance, massive_pairs

BUCKETS, BREADTH, WITHIN = 32_768, 192, 512
"""Rows of the table, numbers in a row, and numbers in the middle layer."""
ROUNDS, BATCH = 6, 256
PAIRS = Path(__file__).parent / "pairs.tsv"
"""Welsh examples of `nlu/cy`, each with its meaning in English."""
_ONE_IN = 16
"""One in so many of our own pairs is held back: only the figures at the end see it."""
_LEFT_OUT = 0.15
"""Share of a message's pieces that is left out in a round, so that none is relied on."""
_TABLE_RATE, _RATE = 4e-3, 1e-3


class Pupil(nn.Module):
    """The mean of the pieces' rows, and two layers with a way past them."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(BUCKETS, BREADTH, mode="mean", sparse=True)
        nn.init.normal_(self.table.weight, 0, 0.1)
        self.inward, self.outward = nn.Linear(BREADTH, WITHIN), nn.Linear(WITHIN, WIDTH)
        self.across = nn.Linear(BREADTH, WIDTH, bias=False)

    def forward(self, places: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
        """Return a row of numbers for each message."""
        mean = self.table(places, starts)
        out = self.outward(functional.gelu(self.inward(mean))) + self.across(mean)
        return functional.normalize(out, dim=1)


def own_pairs() -> tuple[list[Pair], list[Pair]]:
    """Return our own Welsh with its English: what is learned from, and what is held back."""
    learned: list[Pair] = []
    held: list[Pair] = []
    for line in PAIRS.read_text("utf-8").splitlines():
        welsh, english = line.split("\t")
        (learned if crc32(welsh.encode()) % _ONE_IN else held).append((welsh, english))
    return learned, held


def taught(pairs: list[Pair]) -> torch.Tensor:
    """Return where the English encoder puts the meaning of each pair."""
    found = torch.tensor(English().encode([english for _, english in pairs]))
    return functional.normalize(found, dim=1)


def packed(rows: list[list[int]], left_out: float = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the pieces of all messages in one line, and where each message starts in it."""
    kept = [[at for at in row if random.random() >= left_out] or row for row in rows]
    starts = np.cumsum([0, *map(len, kept[:-1])])
    return torch.tensor([at for row in kept for at in row]), torch.tensor(starts)


def learn(pupil: Pupil, read: list[list[int]], targets: torch.Tensor) -> None:
    """Move what the pupil reads to *targets*, away from the rest of its batch."""
    rest = [weights for name, weights in pupil.named_parameters() if "table" not in name]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.SparseAdam([pupil.table.weight], lr=_TABLE_RATE),
        torch.optim.AdamW(rest, lr=_RATE),
    ]
    paces = [
        torch.optim.lr_scheduler.LinearLR(each, 1, 0.02, ROUNDS * (len(read) // BATCH + 1))
        for each in optimizers
    ]
    started = time.monotonic()
    for done in range(ROUNDS):
        order = random.sample(range(len(read)), len(read))
        for chosen in (order[at : at + BATCH] for at in range(0, len(order), BATCH)):
            loss = distance(pupil(*packed([read[at] for at in chosen], _LEFT_OUT)), targets[chosen])
            pupil.zero_grad()
            loss.backward()
            for each in (*optimizers, *paces):
                each.step()
        took = time.monotonic() - started
        print(f"  round {done + 1} of {ROUNDS}, loss {loss.item():.3f}, {took:.0f} s", flush=True)


def save(pupil: Pupil, path: Path) -> None:
    """Write the network: the table in eight-bit whole numbers, the rest in sixteen bits."""
    rows = pupil.table.weight.detach().numpy()
    scale = np.abs(rows).max(axis=1) / 127 + 1e-12
    half = {
        "inward": pupil.inward.weight, "inward_bias": pupil.inward.bias,
        "outward": pupil.outward.weight, "outward_bias": pupil.outward.bias,
        "across": pupil.across.weight,
    }  # fmt: skip
    np.savez_compressed(
        path,
        table=np.round(rows / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
        **{name: weights.detach().numpy().astype(np.float16) for name, weights in half.items()},
    )


def main() -> None:
    """Read the arguments, learn, say how well, and write the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--massive", type=Path, required=True, help="MASSIVE, train and dev, .jsonl.gz"
    )
    parser.add_argument("--out", type=Path, default=MODEL)
    given = parser.parse_args()
    torch.manual_seed(0)
    random.seed(0)
    ours, held = own_pairs()
    learned = ours + massive_pairs(given.massive)
    print(f"{len(learned)} pairs, {len(held)} held back; asking the teacher …", flush=True)
    targets, wanted = taught(learned), taught(held)
    pupil = Pupil()
    learn(pupil, [buckets(welsh, BUCKETS) for welsh, _ in learned], targets)
    with torch.no_grad():
        found = pupil(*packed([buckets(welsh, BUCKETS) for welsh, _ in held]))
    near = ((found @ wanted.T).argmax(1) == torch.arange(len(held))).float().mean().item()
    alike = (found * wanted).sum(1).mean().item()
    print(f"held back: cosine {alike:.3f}; {near:.1%} lie nearest to their own English")
    save(pupil, given.out / "welsh.npz")


if __name__ == "__main__":
    main()
