"""`visualizer lesson train`: trains the tutorial's model on a text."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from visualizer.commands.arguments import (
    MOST_INDEX,
    MOST_REAL,
    add_json,
    natural,
    real,
    seed,
    whole,
)
from visualizer.commands.interrupts import stopped_by_signals
from visualizer.commands.output import write_json, write_text
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import CancelToken
from visualizer.files import write_atomically
from visualizer.lessons.corpus import Corpus, text_corpus
from visualizer.lessons.reading import TEXT_KIND, read_text_file
from visualizer.lessons.training_job import CHECKPOINT_FILE, TEXT_FILE
from visualizer.lessons.training_settings import SMALL, StepRecord, TrainingSettings

if TYPE_CHECKING:
    from visualizer.lessons.training import Training

_SAMPLE_TOKENS = 100
_MOST_STEPS = 10_000_000
_SECONDS_BETWEEN_LINES = 1.0
_SIZES = {
    "width": "d_model",
    "heads": "nhead",
    "layers": "num_layers",
    "feed_forward": "dim_feedforward",
    "length": "length",
    "batch": "batch",
    "warmup": "warmup_steps",
    "held_out_every": "held_out_every",
    "seed": "seed",
    "rate": "learning_rate",
    "dropout": "dropout",
    "target": "target",
}


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:
    """Declare `train`."""
    parser = commands.add_parser(
        "train",
        parents=[common],
        help="train a small transformer",
        description=(
            "Trains the tutorial's transformer on a text. Afterwards DIR holds the text and the "
            "checkpoint, from which --resume or the window goes on, and the model: "
            "`visualizer --model DIR` opens it in the window, `visualizer predict TEXT --model "
            "DIR` asks it here."
        ),
    )
    parser.add_argument("--text", type=Path, required=True, metavar="FILE", help=TEXT_KIND)
    parser.add_argument(
        "--steps",
        type=whole(1, _MOST_STEPS),
        required=True,
        metavar="N",
        help=f"steps to take, from 1 to {_MOST_STEPS}",
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of the checkpoint and of the model, which --model DIR opens",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint in DIR, with its settings"
    )
    parser.add_argument("--unit", choices=("words", "characters"), default="characters")
    add_json(parser)
    group = parser.add_argument_group("settings")
    group.add_argument(
        "--preset",
        choices=("small", "tutorial"),
        default="small",
        help="small is width 128, 2 layers of 4 heads; tutorial is width 512, 6 layers of 8",
    )
    for name, most in (
        ("width", 8192),
        ("heads", 1024),
        ("layers", 256),
        ("feed-forward", 65_536),
        ("length", 65_536),
        ("batch", 65_536),
        ("held-out-every", MOST_INDEX),
    ):
        group.add_argument(f"--{name}", type=whole(1, most), metavar="N", help=f"from 1 to {most}")
    group.add_argument("--warmup", type=natural, metavar="N", help="steps of rising learning rate")
    group.add_argument("--seed", type=seed, metavar="S")
    group.add_argument(
        "--rate", type=real(0, MOST_REAL, above=True), metavar="X", help="learning rate of Adam"
    )
    group.add_argument("--dropout", type=real(0, 0.99), metavar="X", help="from 0 to 0.99")
    group.add_argument(
        "--target",
        choices=("next", "same"),
        help="same: as the tutorial's code is printed, which learns to copy",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train, saving a checkpoint and then the model; progress goes to standard error.

    Returns:
        Exit status: 0 done, 128 and more interrupted, with checkpoint and model written.
    """
    text = read_text_file(args.text)
    corpus = text_corpus(text, args.unit)
    path = args.out / CHECKPOINT_FILE
    training = _training(args, corpus, path)
    _make_folder(args.out)
    write_atomically(args.out / TEXT_FILE, text.encode("utf-8"))  # the window goes on with it, too
    from visualizer.lessons.checkpoints import run_and_save
    from visualizer.lessons.exported_model import export_model

    cancel = CancelToken()
    printer = _Progress(training.step + args.steps)
    records: list[StepRecord] = []
    with stopped_by_signals(cancel.cancel) as stopping:
        for record in run_and_save(training, args.steps, path, lambda: cancel.cancelled):
            records.append(record)
            printer.show(record)
    export_model(training, args.out)
    if stopping.status is not None:
        print(f"visualizer: interrupted; {path} holds step {training.step}", file=sys.stderr)
        return stopping.status
    sample = _sample(training)
    if args.json:
        write_json(_report(training, records, path, sample))
    else:
        write_text(f"{path}\n{sample}\n")
    return 0


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise VisualizerError(
            "Cannot make the folder {folder}: {reason}.", folder=folder, reason=reason
        ) from error


def _training(args: argparse.Namespace, corpus: Corpus, path: Path) -> Training:
    """A new training with the settings of the command line, or the one that was saved."""
    from visualizer.lessons.checkpoints import checkpoint_step, resume_training
    from visualizer.lessons.training import Training

    device = _device(args.device)
    given = {
        setting: getattr(args, option)
        for option, setting in _SIZES.items()
        if getattr(args, option) is not None
    }
    if args.resume:
        if given:
            raise UsageError("--resume goes on with the settings of the checkpoint: give no other.")
        return resume_training(path, corpus, device)
    settings = replace(SMALL if args.preset == "small" else TrainingSettings(), **given)
    done = checkpoint_step(path)
    if done is not None:
        raise UsageError(
            "{path} holds a training of {step} steps already: --resume goes on with it; to begin "
            "anew, choose another folder.",
            path=path,
            step=done,
        )
    _check_memory(settings.n_parameters(len(corpus.vocabulary)))
    return Training(corpus, settings, device)


def _check_memory(n_parameters: int) -> None:
    """Refuse sizes that would take the machine down: weight, gradient and Adam's two moments."""
    needed, free = n_parameters * 4 * 4, psutil.virtual_memory().available
    if needed > free:
        raise UsageError(
            "Training {n} parameters takes {needed} GB of memory, and {free} GB are free: choose "
            "smaller sizes.",
            n=f"{n_parameters:,}",
            needed=f"{needed / 1e9:.1f}",
            free=f"{free / 1e9:.1f}",
        )


def _device(name: str) -> str:
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda"):
        n = torch.cuda.device_count()
        if int(name.partition(":")[2] or 0) >= n:
            raise UsageError("There is no {name}: torch sees {n} CUDA devices.", name=name, n=n)
    if name == "mps" and not torch.backends.mps.is_available():
        raise UsageError("There is no mps device here: choose cpu.")
    return name


def _sample(training: Training) -> str:
    """What the model writes after the beginning of the text."""
    from visualizer.lessons.generation import Hyperparameters

    prompt = training.corpus.decode(training.corpus.training[:1].tolist())
    return training.sample(prompt, _SAMPLE_TOKENS, Hyperparameters(temperature=0.8))


def _report(
    training: Training, records: list[StepRecord], path: Path, sample: str
) -> dict[str, Any]:
    corpus = training.corpus
    return {
        "checkpoint": str(path),
        "model": str(path.parent),
        "step": training.step,
        "device": str(training.device),
        "unit": corpus.unit,
        "vocabulary_size": len(corpus.vocabulary),
        "training_tokens": len(corpus.training),
        "held_out_tokens": len(corpus.held_out),
        "parameters": training.settings.n_parameters(len(corpus.vocabulary)),
        "settings": asdict(training.settings),
        "steps": [asdict(record) for record in records],
        "sample": sample,
    }


class _Progress:
    """A line on standard error about once a second, and for each held-out loss."""

    def __init__(self, last_step: int) -> None:
        self._last_step = last_step
        self._time = -_SECONDS_BETWEEN_LINES

    def show(self, record: StepRecord) -> None:
        now = time.monotonic()
        is_due = now - self._time >= _SECONDS_BETWEEN_LINES
        if not is_due and record.held_out_loss is None and record.step != self._last_step:
            return
        self._time = now
        held_out = "" if record.held_out_loss is None else f", held out {record.held_out_loss:.4f}"
        print(
            f"step {record.step} of {self._last_step}: loss {record.loss:.4f}{held_out}, "
            f"{record.tokens_per_second:,.0f} tokens/s",
            file=sys.stderr,
        )
