"""A training that is watched and steered while it runs: what it does between two steps.

It tells what happens in dictionaries that can be written as JSON, and reads commands between
steps: pause, resume, save, sample, stop, close.
"""

from __future__ import annotations

import base64
import queue
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from visualizer.engine.errors import VisualizerError
from visualizer.files import WriteError, write_atomically, write_error
from visualizer.lessons.checkpoints import checkpoint_facts, resume_training, save_training
from visualizer.lessons.corpus import Corpus, text_corpus
from visualizer.lessons.exported_model import export_model
from visualizer.lessons.generation import Hyperparameters
from visualizer.lessons.reading import MOST_TEXT_BYTES, read_text_file
from visualizer.lessons.training import DivergedError, Training
from visualizer.lessons.training_job import TEXT_FILE, TrainingJob
from visualizer.lessons.training_settings import StepRecord
from visualizer.lessons.training_texts import built_in_text
from visualizer.lessons.tutorial_model import generate_square_subsequent_mask

Command = dict[str, Any]
Tell = Callable[[dict[str, object]], None]

_SECONDS_BETWEEN_STEPS_TOLD = 0.1
_FIRST_SAVE_SECONDS, _SAVE_SECONDS, _LOOK_SECONDS = 5.0, 20.0, 2.0
_SAVE_SHARE, _LOOK_SHARE = 0.03, 0.02
"""Of the running time, what saving and looking (samples, attention maps) may take."""

_SAMPLE_TOKENS = {"characters": 80, "words": 24}
_MOST_MAP_TOKENS = 16


class TrainingSession:
    """One training, from its job to its end.

    Args:
        job: What to do.
        tell: Told what happens.
        commands: Read between steps; each is a dictionary with "command".

    Raises:
        VisualizerError: The text, the sizes, the device or the checkpoint is refused.
    """

    def __init__(self, job: TrainingJob, tell: Tell, commands: queue.SimpleQueue[Command]) -> None:
        self._job = job
        self._tell = tell
        self._commands = commands
        self._training = _open(job)
        self._last_step = self._training.step + job.steps if job.steps else None
        self._prompt = job.prompt or _beginning(self._training.corpus)
        self._temperature = job.temperature
        self._is_paused = self._is_ended = False
        self._untold: list[StepRecord] = []
        self._saved_step = self._training.step if job.source == "folder" else -1
        self._told_at = time.monotonic()
        self._save_at = self._told_at + _FIRST_SAVE_SECONDS
        self._look_at = self._told_at

    def run(self) -> None:
        """Train until told to stop or, with a number of steps, until they are taken.

        Raises:
            DivergedError: The loss is not a number; the last checkpoint is kept.
        """
        self._tell_ready()
        while not self._is_ended:
            self._obey()
            if self._is_ended:
                break
            if self._training.step == self._last_step:
                self._end("done")
                break
            self._step()
            now = time.monotonic()
            if now - self._told_at >= _SECONDS_BETWEEN_STEPS_TOLD:
                self._tell_steps()
            if now >= self._look_at:
                self._look()
            if now >= self._save_at:
                self._save_now_and_then()

    # ------------------------------------------------------------------------------ commands

    def _obey(self) -> None:
        """Carry out what was asked since the last step; while paused, wait for more."""
        while not self._is_ended:
            begun = time.monotonic()
            was_paused = self._is_paused
            try:
                command = self._commands.get(block=was_paused)
            except queue.Empty:
                return
            if was_paused:  # what may be taken is a share of the time in which it trains
                waited = time.monotonic() - begun
                self._save_at += waited
                self._look_at += waited
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        name = command.get("command")
        if name == "pause" and not self._is_paused:
            self._is_paused = True
            self._tell_steps()
            self._look()
            self._tell({"event": "paused", "step": self._training.step})
        elif name == "resume" and self._is_paused:
            self._is_paused = False
            self._tell({"event": "resumed", "step": self._training.step})
        elif name == "save":
            self._try(self._save_all)
        elif name == "sample":
            self._prompt = str(command.get("prompt") or _beginning(self._training.corpus))
            self._temperature = float(command.get("temperature", self._temperature))
            self._try(self._tell_sample)
        elif name == "stop":
            self._end("stopped")
        elif name == "close":
            self._tell_steps()
            self._try(self._save_checkpoint)
            self._is_ended = True

    def _try(self, act: Callable[[], None]) -> bool:
        """Do it, or tell why it cannot be done; the training goes on."""
        try:
            act()
        except DivergedError:
            raise  # there is nothing to go on with
        except VisualizerError as error:
            self._tell(error_event("problem", error))
            return False
        return True

    # ----------------------------------------------------------------------- between steps

    def _step(self) -> None:
        try:
            self._untold.extend(self._training.run(1))
        except DivergedError:
            self._tell_steps()
            raise

    def _look(self) -> None:
        """A sample and the attention maps, so seldom that training hardly slows down."""
        begun = time.monotonic()
        self._try(self._tell_sample)
        self._tell_maps()
        done = time.monotonic()
        self._look_at = done + max(_LOOK_SECONDS, (done - begun) / _LOOK_SHARE)

    def _save_now_and_then(self) -> None:
        begun = time.monotonic()
        self._try(self._save_checkpoint)
        done = time.monotonic()
        self._save_at = done + max(_SAVE_SECONDS, (done - begun) / _SAVE_SHARE)

    def _save_checkpoint(self) -> None:
        if self._saved_step != self._training.step:
            save_training(self._training, self._job.checkpoint)
            self._saved_step = self._training.step
            self._tell({"event": "saved", "step": self._saved_step, "model": False})

    def _save_all(self) -> None:
        self._save_checkpoint()
        export_model(self._training, self._job.folder)
        self._tell({"event": "saved", "step": self._saved_step, "model": True})

    def _end(self, reason: str) -> None:
        """Save and end; where saving fails, wait for another try, so that nothing is lost."""
        self._tell_steps()
        if self._try(self._save_all):
            self._look()
            self._is_ended = True
            self._tell({"event": "ended", "step": self._training.step, "reason": reason})
        else:
            self._is_paused = True
            self._tell({"event": "paused", "step": self._training.step})

    # --------------------------------------------------------------------------- what is told

    def _tell_ready(self) -> None:
        training = self._training
        corpus = training.corpus
        self._tell(
            {
                "event": "ready",
                "step": training.step,
                "device": str(training.device),
                "n_threads": torch.get_num_threads(),
                "unit": corpus.unit,
                "vocabulary_size": len(corpus.vocabulary),
                "training_tokens": len(corpus.training),
                "held_out_tokens": len(corpus.held_out),
                "parameters": training.settings.n_parameters(len(corpus.vocabulary)),
                "settings": asdict(training.settings),
            }
        )

    def _tell_steps(self) -> None:
        self._told_at = time.monotonic()
        if self._untold:
            records, self._untold = self._untold, []
            self._tell({"event": "steps", "records": [asdict(record) for record in records]})

    def _tell_sample(self) -> None:
        training = self._training
        n_tokens = _SAMPLE_TOKENS[training.corpus.unit]
        # The same seed each time: what changes has been learned.
        text = training.sample(self._prompt, n_tokens, Hyperparameters(self._temperature))
        self._tell({"event": "sample", "step": training.step, "prompt": self._prompt, "text": text})

    def _tell_maps(self) -> None:
        """Attention weights of every head on the first tokens of the text, (L, H, T, T)."""
        training = self._training
        ids = _looked_at(training.corpus)[: min(training.settings.length, _MOST_MAP_TOKENS)]
        row = torch.tensor(ids[None], device=training.device)
        mask = generate_square_subsequent_mask(len(ids)).to(training.device)
        maps = torch.cat(training.model.attention_maps(row, mask)).float().cpu().numpy()
        self._tell(
            {
                "event": "maps",
                "step": training.step,
                "tokens": [training.corpus.vocabulary[i] for i in ids.tolist()],
                "is_held_out": _has_held_out(training.corpus),
                "shape": list(maps.shape),
                "float32": base64.b64encode(maps.tobytes()).decode("ascii"),
            }
        )


def error_event(event: str, error: VisualizerError) -> dict[str, object]:
    """An error as what is told: its template and values apart, so that it can be translated."""
    values = {
        name: value if isinstance(value, int | float | str) else str(value)
        for name, value in error.values.items()
    }
    kind = "diverged" if isinstance(error, DivergedError) else "other"
    kind = "disk" if isinstance(error, WriteError) else kind
    return {
        "event": event,
        "kind": kind,
        "template": error.template,
        "values": values,
        "detail": error.detail,
    }


def _open(job: TrainingJob) -> Training:
    """A new training in a folder that holds its text, or the one that the folder holds."""
    if job.n_threads:
        torch.set_num_threads(job.n_threads)
    device = _device(job.device)
    folder = Path(job.folder)
    if job.source == "folder":
        facts = checkpoint_facts(job.checkpoint)
        corpus = text_corpus(read_text_file(folder / TEXT_FILE), facts.unit)
        rate = None if job.keeps_rate else job.settings.learning_rate
        return resume_training(job.checkpoint, corpus, device, rate)
    text = _text(job)
    training = Training(text_corpus(text, job.unit), job.settings, device)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise write_error(folder, error) from error
    write_atomically(folder / TEXT_FILE, text.encode("utf-8"))
    return training


def _text(job: TrainingJob) -> str:
    if job.source == "file":
        return read_text_file(job.text)
    if job.source == "text":
        text = job.text.encode("utf-8", "replace").decode("utf-8-sig")  # no lone surrogates
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            raise VisualizerError("There is no text to train on: paste or open one.")
        if len(text.encode("utf-8")) > MOST_TEXT_BYTES:
            raise VisualizerError(
                "The text is longer than {most} MB, the most that a lesson reads: take a part "
                "of it.",
                most=f"{MOST_TEXT_BYTES / 1e6:g}",
            )
        return text
    assert job.source in ("stories", "chinese", "random")
    return built_in_text(job.source)


def _device(name: str) -> str:
    if name != "auto":
        return name
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _beginning(corpus: Corpus) -> str:
    """What samples begin with: the first word, or the first characters of the text."""
    n_tokens = 1 if corpus.unit == "words" else min(4, len(corpus.training))
    return corpus.decode(corpus.training[:n_tokens].tolist())


def _has_held_out(corpus: Corpus) -> bool:
    """Whether there is enough text that is never trained on to show attention on it."""
    return len(corpus.held_out) >= _MOST_MAP_TOKENS


def _looked_at(corpus: Corpus) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The text that attention is shown on."""
    return corpus.held_out if _has_held_out(corpus) else corpus.training
