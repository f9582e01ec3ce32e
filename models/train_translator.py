"""Train the bundled translator from nothing, or measure the one that is there.

    python models/train_translator.py               # training, measurement, card
    python models/train_translator.py --evaluate    # the card's figures, measured again

Numbers and dates are drawn afresh at every step (`visualizer.lessons.translation_data`); those
that are held out are never among them. Every step draws from seeds of its own, so that a run that
was interrupted and goes on takes the same steps as one that was not: the same versions of the
libraries on the same processor give the same model.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as safetensors_bytes
from torch import Tensor
from torch.nn import functional

from visualizer.files import write_atomically
from visualizer.lessons.transformer import Transformer, TransformerSizes
from visualizer.lessons.translation import Translator, load_translator, save_translator
from visualizer.lessons.translation_data import (
    BEGIN,
    END,
    LONGEST,
    PADDING,
    TO_CHINESE,
    TO_ENGLISH,
    VOCABULARY,
    Example,
    held_out_examples,
    random_examples,
    token_ids,
)
from visualizer.lessons.translation_score import score_held_out

FOLDER = Path(__file__).resolve().parent / "translator"
CHECKPOINT = Path(tempfile.gettempdir()) / "visualizer-translator-training.safetensors"

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
BATCHES_AT_ONCE = 8  # are drawn together and sorted by length, so that little of them is padding
PEAK_RATE = 1.5e-3
WARMUP_STEPS = 200
SAVE_EVERY = 200
PAD = VOCABULARY.index(PADDING)

Batch = tuple[Tensor, Tensor]
"""(B, S) sources and (B, T) targets, int64, padded."""


def batches(first_step: int, n_steps: int) -> Iterator[Batch]:
    """What each step from `first_step` is trained on; both directions, and similar lengths."""
    step = first_step
    while step < n_steps:
        group, place = divmod(step, BATCHES_AT_ONCE)
        group_batches = _draw(group)[place : place + n_steps - step]
        yield from group_batches
        step += len(group_batches)


def _draw(group: int) -> list[Batch]:
    """The batches of one group, in an order by chance."""
    seed = SEED * 1_000_000 + group
    examples = islice(random_examples(seed, held_out=False), BATCHES_AT_ONCE * BATCH)
    pairs = [_pair(e, to_chinese=place % 2 == 0) for place, e in enumerate(examples)]
    pairs.sort(key=_length)
    order = np.random.default_rng(seed).permutation(BATCHES_AT_ONCE)
    return [_padded(pairs[place * BATCH : (place + 1) * BATCH]) for place in order.tolist()]


def _pair(example: Example, *, to_chinese: bool) -> tuple[list[int], list[int]]:
    source, target = example.english, example.chinese
    if not to_chinese:
        source, target = target, source
    direction = TO_CHINESE if to_chinese else TO_ENGLISH
    return token_ids((direction, *source)), token_ids((BEGIN, *target, END))


def _length(pair: tuple[list[int], list[int]]) -> int:
    return len(pair[0]) + len(pair[1])


def _padded(pairs: list[tuple[list[int], list[int]]]) -> Batch:
    tables = []
    for rows in zip(*pairs, strict=True):
        table = np.full((len(rows), max(map(len, rows))), PAD, np.int64)
        for place, row in enumerate(rows):
            table[place, : len(row)] = row
        tables.append(torch.from_numpy(table))
    return tables[0], tables[1]


def loss_of(model: Transformer, source: Tensor, target: Tensor) -> Tensor:
    """Mean cross-entropy of each next token of the targets, in nats."""
    logits = model(source, target[:, :-1], source_padding=source == PAD)
    return functional.cross_entropy(
        logits.flatten(end_dim=1), target[:, 1:].flatten(), ignore_index=PAD
    )


def schedule(step: int, n_steps: int) -> float:
    """Share of the peak learning rate: linear warm-up, then half a cosine down to zero."""
    if step < WARMUP_STEPS:
        return (step + 1) / WARMUP_STEPS
    return 0.5 * (1 + math.cos(math.pi * (step - WARMUP_STEPS) / max(1, n_steps - WARMUP_STEPS)))


def train(n_steps: int) -> tuple[Transformer, float]:
    """Train, from the checkpoint if there is one.

    Returns:
        The model, and how many minutes its steps took.
    """
    torch.manual_seed(SEED)
    model = Transformer(SIZES)
    optimizer = torch.optim.Adam(model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), eps=1e-9)
    first, seconds = _resume(model, optimizer) if CHECKPOINT.exists() else (0, 0.0)
    begun = time.monotonic() - seconds
    model.train()
    for step, (source, target) in enumerate(batches(first, n_steps), start=first):
        torch.manual_seed(SEED + step)  # of the dropout
        optimizer.param_groups[0]["lr"] = PEAK_RATE * schedule(step, n_steps)
        optimizer.zero_grad()
        loss = loss_of(model, source, target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % SAVE_EVERY == 0:
            seconds = time.monotonic() - begun
            _save(model, optimizer, step + 1, seconds)
            print(f"step {step + 1:5d}  loss {loss.item():.5f}  {seconds:5.0f} s", flush=True)
    return model.eval(), (time.monotonic() - begun) / 60


def _save(model: Transformer, optimizer: torch.optim.Adam, step: int, seconds: float) -> None:
    tensors = {"step": torch.tensor(step), "seconds": torch.tensor(seconds)}
    for name, parameter in model.named_parameters():
        tensors[f"model.{name}"] = parameter.detach()
        for moment, value in optimizer.state[parameter].items():
            tensors[f"adam.{moment}.{name}"] = value
    write_atomically(CHECKPOINT, safetensors_bytes(tensors))


def _resume(model: Transformer, optimizer: torch.optim.Adam) -> tuple[int, float]:
    tensors = load_safetensors(CHECKPOINT.read_bytes())
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[f"model.{name}"])
            optimizer.state[parameter] = {
                moment: tensors[f"adam.{moment}.{name}"]
                for moment in ("step", "exp_avg", "exp_avg_sq")
            }
    return int(tensors["step"]), float(tensors["seconds"])


CARD = """# translator: numbers and dates between English and Chinese

An encoder-decoder transformer as in Vaswani et al. 2017: {parameters:,} parameters, {layers} layers
of {heads} heads in the encoder and as many in the decoder, width {width}, feed-forward
{feed_forward}, post-norm, sinusoidal positions, one vocabulary of {vocabulary} tokens for both
languages (English words, Chinese characters, and five marks). The first token of a source says
which language to write. It comes with the program for the lesson on encoder and decoder.

* `model.safetensors`: the weights, float32, {megabytes:.1f} MB.
* `config.json`: the sizes and the vocabulary; a token's id is its place in it.

## What it was trained on

Numbers from 0 to 99,999 and dates from 1900 to 2099, in words, made by the rules in
`visualizer/lessons/translation_data.py`; no other text. Each sentence has exactly one right
translation:

    twelve thousand three hundred and forty-five      一万二千三百四十五
    Monday the third of May nineteen ninety-nine      一九九九年五月三日星期一

A tenth of them, {held_out:,} sentences, chosen by a hash, are held out: they are never trained on.
Numbers below 100 never are, since they are the words that all others are made of.

## How it was trained

    python models/train_translator.py --steps {steps}

Adam (0.9, 0.98), learning rate {rate} after {warmup} steps of warm-up, then cosine to zero,
dropout {dropout}, gradients clipped at 1; {steps} steps of {batch} sentences, both directions in
each, drawn by chance with sentences of similar length together. Seed {seed}, float32, processor
threads: {threads}. It took {minutes:.0f} minutes at low priority on a busy machine, with torch
{torch}.

## How good it is

Share of the held-out sentences whose greedy translation is right to the last token:

| Direction | Right | Of | Share |
|---|---|---|---|
{rows}

This measures it again, on all of them:

    visualizer lesson translate --check {held_out}

{wrong}

## Limits

It knows these sentences, written in this way, and nothing else. Words of its vocabulary in any
other order ("hundred the May") are translated, too, but what comes out means nothing.

## Licence

Apache-2.0, like the program.
"""


def write_card(translator: Translator, n_steps: int, minutes: float) -> None:
    """Measure the translator on all that was held out, and write its card."""
    held_out = len(held_out_examples())
    rows, wrong = [], []
    for to, name in (("zh", "English to Chinese"), ("en", "Chinese to English")):
        score = score_held_out(translator, held_out, "zh" if to == "zh" else "en")
        rows.append(f"| {name} | {score.right:,} | {score.total:,} | {score.share:.3%} |")
        wrong += [f"* {w.source}: {w.written} instead of {w.right}" for w in score.wrong]
    print("\n".join(rows + wrong), flush=True)
    if wrong:
        told = "What was wrong (of each direction, ten at most):\n\n" + "\n".join(wrong)
    else:
        told = "None was wrong."
    sizes = translator.model.sizes
    card = CARD.format(
        parameters=sum(p.numel() for p in translator.model.parameters()),
        layers=sizes.n_layers,
        heads=sizes.n_heads,
        width=sizes.width,
        feed_forward=sizes.feed_forward,
        vocabulary=len(VOCABULARY),
        megabytes=(FOLDER / "model.safetensors").stat().st_size / 1e6,
        held_out=held_out,
        steps=n_steps,
        rate=PEAK_RATE,
        warmup=WARMUP_STEPS,
        dropout=sizes.dropout,
        batch=BATCH,
        seed=SEED,
        threads=torch.get_num_threads(),
        minutes=minutes,
        torch=torch.__version__,
        rows="\n".join(rows),
        wrong=told,
    )
    write_atomically(FOLDER / "README.md", card.encode())


def main() -> None:
    """Entry point of the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--evaluate", action="store_true", help="measure the one that is there")
    parser.add_argument("--steps", type=int, default=3000, help="training steps")
    parser.add_argument("--threads", type=int, default=1, help="processor threads")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.evaluate:
        for to in ("zh", "en"):
            print(to, score_held_out(load_translator(), len(held_out_examples()), to))
        return
    model, minutes = train(options.steps)
    save_translator(model, FOLDER)
    write_card(Translator(model), options.steps, minutes)
    CHECKPOINT.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
