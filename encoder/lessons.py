"""What both readers are taught with: pairs of one meaning, and how far a pupil is from its teacher."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import torch
from torch.nn import functional

Pair = tuple[str, str]
"""What the pupil reads, and what the teacher reads."""
_SOFTNESS = 0.07  # temperature of the contrast within a batch
_CONTRAST = 0.3


def massive_pairs(path: Path) -> list[Pair]:
    """Return the Welsh and English of MASSIVE, from a file of JSON lines."""
    both: dict[str, dict[str, str]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            both.setdefault(row["id"], {})[row["locale"][:2]] = row["utt"]
    return [(said["cy"], said["en"]) for said in both.values() if len(said) == 2]


def distance(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Return how far *found* is from *wanted*, and how near the rest of its batch."""
    contrast = functional.cross_entropy(found @ wanted.T / _SOFTNESS, torch.arange(len(found)))
    return (1 - (found * wanted).sum(1)).mean() + _CONTRAST * contrast
