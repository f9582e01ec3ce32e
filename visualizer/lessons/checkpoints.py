"""Saving a training so that a crash loses little, and resuming it as if nothing had happened.

A checkpoint is one safetensors file: the weights, Adam's two moments and step for each of them,
and, as metadata, the step, the settings and the vocabulary. It is written whole or not at all.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as safetensors_bytes
from torch import Tensor

from visualizer.engine.errors import VisualizerError
from visualizer.files import check_target, write_atomically
from visualizer.lessons.corpus import Corpus
from visualizer.lessons.text import Unit
from visualizer.lessons.training import DivergedError, Training
from visualizer.lessons.training_settings import StepRecord, TrainingSettings

FORMAT = "visualizer training 1"

_LEAST_SECONDS_BETWEEN = 20.0
_LARGEST_SHARE_OF_TIME = 0.03  # of the running time that saving may take
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


def save_training(training: Training, path: str | os.PathLike[str]) -> None:
    """Write a checkpoint; the one that stood there before stays until this one is complete.

    Raises:
        DivergedError: A weight is not a finite number; the old checkpoint is kept.
        WriteError: The disk is full or the folder missing; the old checkpoint is kept.
    """
    tensors: dict[str, Tensor] = {}
    for name, parameter in training.model.named_parameters():
        tensors[f"model.{name}"] = parameter.detach().cpu().contiguous()
        for moment, value in training.optimizer.state.get(parameter, {}).items():
            tensors[f"adam.{moment}.{name}"] = value.detach().cpu().contiguous()
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise DivergedError(
                "After {step} steps {name} holds numbers that are not finite: nothing was saved, "
                "and the last checkpoint is kept. Lower the learning rate.",
                step=training.step,
                name=name,
            )
    metadata = {
        "format": FORMAT,
        "step": str(training.step),
        "settings": json.dumps(asdict(training.settings)),
        "vocabulary": json.dumps(training.corpus.vocabulary),
        "unit": training.corpus.unit,
    }
    write_atomically(path, safetensors_bytes(tensors, metadata))


def resume_training(
    path: str | os.PathLike[str],
    corpus: Corpus,
    device: str = "cpu",
    learning_rate: float | None = None,
) -> Training:
    """Take up a training where its checkpoint left it.

    Args:
        path: The checkpoint.
        corpus: What to train on; its vocabulary must be the checkpoint's.
        device: Where to go on, as torch names it.
        learning_rate: To go on with; None for the checkpoint's.

    Raises:
        VisualizerError: The checkpoint is missing or damaged, or belongs to another text.
    """
    metadata, tensors = _read(path)
    try:
        settings = TrainingSettings(**json.loads(metadata["settings"]))
        if learning_rate is not None:
            settings = replace(settings, learning_rate=learning_rate)
        vocabulary = tuple(json.loads(metadata["vocabulary"]))
        if (vocabulary, metadata["unit"]) != (corpus.vocabulary, corpus.unit):
            raise VisualizerError(
                "{path} was trained on a text with other {unit}: choose that text, or begin anew "
                "in another folder.",
                path=path,
                unit=metadata["unit"],
            )
        training = Training(corpus, settings, device)
        _restore(training, tensors)
        training.step = int(metadata["step"])
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise _damaged(path, error) from error
    return training


def run_and_save(
    training: Training,
    steps: int,
    path: str | os.PathLike[str],
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[StepRecord]:
    """`Training.run`, with checkpoints now and then, at the end, and where it is cancelled.

    Saving takes at most about 3 % of the time, and happens at most every 20 seconds.

    Raises:
        DivergedError: The loss is not a number; the last good checkpoint is kept.
        WriteError: A checkpoint cannot be written; the one before is kept, and so is `training`,
            which can be saved elsewhere.
    """
    check_target(path)
    saved_at, pause = time.monotonic(), _LEAST_SECONDS_BETWEEN
    saved_step = -1
    for record in training.run(steps, cancelled):
        yield record
        if time.monotonic() - saved_at >= pause:
            begun = time.monotonic()
            save_training(training, path)
            saved_at, saved_step = time.monotonic(), training.step
            pause = max(pause, (saved_at - begun) / _LARGEST_SHARE_OF_TIME)
    if saved_step != training.step:
        save_training(training, path)


def checkpoint_step(path: str | os.PathLike[str]) -> int | None:
    """How far a checkpoint is; None if there is none.

    Raises:
        VisualizerError: The file is no checkpoint, or damaged.
    """
    if not Path(path).exists():
        return None
    try:
        with _opened(path) as file:
            return int(_metadata(file.metadata())["step"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise _damaged(path, error) from error


@dataclass(frozen=True)
class CheckpointFacts:
    """What a checkpoint says of itself.

    Attributes:
        step: Steps taken.
        settings: How it was trained.
        unit: What its tokens are.
    """

    step: int
    settings: TrainingSettings
    unit: Unit


def checkpoint_facts(path: str | os.PathLike[str]) -> CheckpointFacts:
    """What a checkpoint says of itself, without reading its weights.

    Raises:
        VisualizerError: It is missing, no checkpoint, or damaged.
    """
    try:
        with _opened(path) as file:
            metadata = _metadata(file.metadata())
        settings = TrainingSettings(**json.loads(metadata["settings"]))
        unit: Unit = "words" if metadata["unit"] == "words" else "characters"
        return CheckpointFacts(int(metadata["step"]), settings, unit)
    except FileNotFoundError as error:
        raise VisualizerError("There is no checkpoint {path}.", path=path) from error
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, VisualizerError) as error:
        raise _damaged(path, error) from error


def _opened(path: str | os.PathLike[str]) -> safe_open:
    if Path(path).exists() and not Path(path).is_file():
        raise OSError("it is a folder, a pipe or a device")  # which might never end
    return safe_open(path, framework="pt")


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, str], dict[str, Tensor]]:
    try:
        with _opened(path) as file:
            metadata = _metadata(file.metadata())
            return metadata, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise VisualizerError("There is no checkpoint {path}.", path=path) from error
    except (OSError, SafetensorError, ValueError) as error:
        raise _damaged(path, error) from error


def _metadata(metadata: dict[str, str] | None) -> dict[str, str]:
    if metadata is None or metadata.get("format") != FORMAT:
        raise ValueError("it is a file of another kind")
    return metadata


def _restore(training: Training, tensors: dict[str, Tensor]) -> None:
    """Put weights and moments back; KeyError or RuntimeError if one is missing or of another size.

    A moment is set where Adam would have set it: only for weights that had a gradient.
    """
    for name, parameter in training.model.named_parameters():
        with torch.no_grad():
            _same_shape(name, tensors[f"model.{name}"], parameter.shape)
            parameter.copy_(tensors[f"model.{name}"])
        if f"adam.step.{name}" in tensors:
            exp_avg, exp_avg_sq, step = (tensors[f"adam.{moment}.{name}"] for moment in _MOMENTS)
            _same_shape(name, exp_avg, parameter.shape)
            _same_shape(name, exp_avg_sq, parameter.shape)
            training.optimizer.state[parameter] = {
                "step": step,  # Adam keeps it on the processor
                "exp_avg": exp_avg.to(parameter.device),
                "exp_avg_sq": exp_avg_sq.to(parameter.device),
            }


def _same_shape(name: str, tensor: Tensor, shape: torch.Size) -> None:
    if tensor.shape != shape:
        raise ValueError(f"{name} is {tuple(tensor.shape)}, not {tuple(shape)}")


def _damaged(path: str | os.PathLike[str], error: Exception) -> VisualizerError:
    return VisualizerError(
        "{path} is not a usable checkpoint: {reason}. Begin anew in another folder.",
        path=path,
        reason=str(error).rstrip("."),
        detail=repr(error),
    )
