"""Train the bundled translator from nothing.

    python models/train_translator.py [--minutes 25] [--threads 2]

Numbers and dates are drawn afresh at every step (`visualizer.lessons.translation_data`); those
that are held out are never among them. What comes of it is measured by a command:
`visualizer lesson translate --check 2000`.
"""

from __future__ import annotations

import argparse
import itertools
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from visualizer.lessons.transformer import Transformer, TransformerSizes
from visualizer.lessons.translation import save_translator
from visualizer.lessons.translation_data import (
    BEGIN,
    END,
    LONGEST,
    PADDING,
    TO_CHINESE,
    TO_ENGLISH,
    VOCABULARY,
    Example,
    random_examples,
    token_ids,
)

FOLDER = Path(__file__).resolve().parent / "translator"
SEED = 20_262
SIZES = TransformerSizes(
    len(VOCABULARY),
    len(VOCABULARY),
    width=128,
    n_heads=4,
    n_layers=2,
    feed_forward=512,
    dropout=0.05,
    longest=LONGEST,
)
BATCH = 128
PEAK_RATE = 1.5e-3
WARMUP_SHARE = 0.04
PAD = VOCABULARY.index(PADDING)


def batches(seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """(B, S) sources and (B, T) targets, padded; both directions in every batch."""
    examples = random_examples(seed, held_out=False)
    while True:
        pairs = [
            _pair(example, to_chinese=place % 2 == 0)
            for place, example in enumerate(itertools.islice(examples, BATCH))
        ]
        sources, targets = zip(*pairs, strict=True)
        yield _padded(sources), _padded(targets)


def _pair(example: Example, *, to_chinese: bool) -> tuple[list[int], list[int]]:
    source, target = example.english, example.chinese
    if not to_chinese:
        source, target = target, source
    direction = TO_CHINESE if to_chinese else TO_ENGLISH
    return token_ids((direction, *source)), token_ids((BEGIN, *target, END))


def _padded(rows: tuple[list[int], ...]) -> Tensor:
    length = max(map(len, rows))
    table = np.full((len(rows), length), PAD, np.int64)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return torch.from_numpy(table)


def loss_of(model: Transformer, source: Tensor, target: Tensor) -> Tensor:
    """Mean cross-entropy of each next token of the targets, in nats."""
    logits = model(source, target[:, :-1], source_padding=source == PAD)
    return functional.cross_entropy(
        logits.flatten(end_dim=1), target[:, 1:].flatten(), ignore_index=PAD
    )


def train(minutes: float) -> tuple[Transformer, int]:
    """Train for so long; the learning rate rises, then falls to 0 along a cosine."""
    torch.manual_seed(SEED)
    model = Transformer(SIZES)
    optimizer = torch.optim.Adam(model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), eps=1e-9)
    begun, step = time.monotonic(), 0
    for source, target in batches(SEED):
        progress = (time.monotonic() - begun) / (60 * minutes)
        if progress >= 1:
            break
        rise = min(1.0, progress / WARMUP_SHARE, (step + 1) / 200)
        optimizer.param_groups[0]["lr"] = (
            PEAK_RATE * rise * 0.5 * (1 + math.cos(math.pi * progress))
        )
        loss = loss_of(model, source, target)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        if step % 100 == 0:
            print(f"step {step}  {progress:5.1%}  loss {loss.item():.4f}", flush=True)
    return model.eval(), step


def main() -> None:
    """Entry point of the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, steps = train(options.minutes)
    save_translator(model, FOLDER)
    print(f"{steps} steps of {BATCH} sentences; written to {FOLDER}")


if __name__ == "__main__":
    main()
