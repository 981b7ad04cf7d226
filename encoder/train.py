"""Make the encoder anew: `python -m encoder.train --base FOLDER --massive FILE --out FOLDER`.

An English sentence encoder (all-MiniLM-L6-v2) is taught to put a Welsh sentence where it puts the
English one of the same meaning. PyTorch is needed here and nowhere else; what is installed for it,
the data and their licences: encoder/README.md. About 25 minutes on two cores.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from tokenizers import BertWordPieceTokenizer
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from bot.encoder import LONGEST
from bot.examples import examples
from bot.language import Language
from encoder.lessons import Pair, distance, massive_pairs

ROUNDS, BATCH, RATE = 2, 64, 2e-4
_STEPS_SHOWN = 100


class Sentences(nn.Module):
    """BERT, the mean of its last layer, and length one."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        config = BertConfig.from_json_file(base / "config.json")
        config._attn_implementation = "eager"  # what can be exported
        self.bert = BertModel(config, add_pooling_layer=False)
        weights = load_file(base / "model.safetensors")
        self.bert.load_state_dict({k: v for k, v in weights.items() if "pooler" not in k}, False)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return a row of numbers for each sentence."""
        said = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).float()
        return functional.normalize((said * mask).sum(1) / mask.sum(1), dim=1)


def pairs(massive: Path) -> list[Pair]:
    """Return (what the pupil reads, what the teacher reads).

    The Welsh of MASSIVE goes with its English; our own English examples go with themselves, so that
    English stays where it was.
    """
    ours = [each.text for each in examples() if each.language is Language.ENGLISH]
    return massive_pairs(massive) + [(text, text) for text in ours]


def batches(lengths: list[int]) -> list[list[int]]:
    """Deal the sentences into batches of about equal length, in a new order each time."""
    order = list(range(len(lengths)))
    random.shuffle(order)
    dealt = []
    for first in range(0, len(order), BATCH * 40):
        near = sorted(order[first : first + BATCH * 40], key=lambda at: lengths[at])
        dealt += [near[at : at + BATCH] for at in range(0, len(near), BATCH)]
    random.shuffle(dealt)
    return dealt


def padded(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ids and mask, each row as long as the longest."""
    width = max(map(len, rows))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask


@torch.no_grad()
def taught(model: Sentences, rows: list[list[int]]) -> torch.Tensor:
    """Return where the teacher puts each sentence."""
    model.eval()
    where = torch.zeros(len(rows), 384)
    for chosen in batches([len(row) for row in rows]):
        where[chosen] = model(*padded([rows[at] for at in chosen]))
    return where


def learn(model: Sentences, read: list[list[int]], targets: torch.Tensor) -> None:
    """Move what the pupil reads to *targets*, away from the rest of its batch."""
    lengths = [len(row) for row in read]
    steps = len(batches(lengths)) * ROUNDS
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    pace = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=steps + ROUNDS, pct_start=0.1
    )
    started, done = time.monotonic(), 0
    for _ in range(ROUNDS):
        model.train()
        for chosen in batches(lengths):
            loss = distance(model(*padded([read[at] for at in chosen])), targets[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            pace.step()
            done += 1
            if done % _STEPS_SHOWN == 0:
                took = time.monotonic() - started
                print(f"  {done} of {steps}, loss {loss.item():.3f}, {took:.0f} s", flush=True)


def export(model: Sentences, out: Path) -> None:
    """Write the encoder in eight-bit whole numbers."""
    model.eval()
    names, axes = ["input_ids", "attention_mask"], {0: "batch", 1: "length"}
    example = torch.ones(2, 7, dtype=torch.long)
    whole = out / "whole.onnx"
    torch.onnx.export(
        model, (example, example), str(whole), input_names=names, output_names=["embedding"],
        dynamic_axes=dict.fromkeys(names, axes), opset_version=14, dynamo=False,
    )  # fmt: skip
    quantize_dynamic(
        whole, out / "encoder.onnx", weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
    )  # fmt: skip
    whole.unlink()


def main() -> None:
    """Read the arguments, learn, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument(
        "--massive", type=Path, required=True, help="MASSIVE, train and dev, .jsonl.gz"
    )
    parser.add_argument("--out", type=Path, default=Path("encoder/model"))
    given = parser.parse_args()
    torch.manual_seed(0)
    random.seed(0)
    tokenizer = BertWordPieceTokenizer(str(given.base / "vocab.txt"), lowercase=True)
    tokenizer.enable_truncation(LONGEST)
    learned = pairs(given.massive)
    print(f"{len(learned)} pairs; asking the teacher …", flush=True)
    read, said = (
        [one.ids for one in tokenizer.encode_batch([pair[side] for pair in learned])]
        for side in (0, 1)
    )
    model = Sentences(given.base)
    learn(model, read, taught(model, said))
    export(model, given.out)


if __name__ == "__main__":
    main()
