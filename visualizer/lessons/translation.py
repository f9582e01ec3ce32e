"""A transformer that translates numbers and dates, word by word, with every attention kept.

Shape letters: S tokens of the source, T of the target so far, L layers, H heads, V vocabulary.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as safetensors_bytes
from torch import Tensor

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.files import ReadError, read_file, write_atomically
from visualizer.lessons.transformer import AttentionMaps, Transformer, TransformerSizes
from visualizer.lessons.translation_data import (
    BEGIN,
    END,
    LONGEST,
    MOST_BEAMS,
    TO_CHINESE,
    TO_ENGLISH,
    VOCABULARY,
    Language,
    check_vocabulary,
    join_sentence,
    language_of,
    split_sentence,
    token_ids,
)
from visualizer.locations import bundled_path

Float64Array = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]


_BEGIN, _END = VOCABULARY.index(BEGIN), VOCABULARY.index(END)
_WEIGHTS, _CONFIG = "model.safetensors", "config.json"
_MOST_WEIGHTS_BYTES, _MOST_CONFIG_BYTES = 256_000_000, 1_000_000


@dataclass(frozen=True, eq=False)
class Beam:
    """A translation so far.

    Attributes:
        tokens: What has been written; the last one is "<end>" if it is complete.
        logprob: Sum of the natural logarithms of its tokens' probabilities.
    """

    tokens: tuple[str, ...]
    logprob: float

    @property
    def is_complete(self) -> bool:
        """Whether its end has been written."""
        return bool(self.tokens) and self.tokens[-1] == END


@dataclass(frozen=True, eq=False)
class TranslationStep:
    """One word of a translation.

    Attributes:
        source: S tokens that were read, the direction first.
        target: T tokens that the word follows, "<begin>" first: those of the best beam.
        probabilities: (T, V) float64: after each token of `target`, those of the whole vocabulary;
            the last row is what this step chose from.
        chosen: The token that was written after `target`.
        beams: The best translations after this step, the best first; one where it is greedy.
            With several the best may be another than before, so that `target` is written anew.
        encoder: (L, H, S, S) float32 weights: the source looks at itself.
        decoder: (L, H, T, T) float32 weights: the target looks at its own past.
        cross: (L, H, T, S) float32 weights: the target looks at the source.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    probabilities: Float64Array
    chosen: str
    beams: tuple[Beam, ...]
    encoder: Float32Array
    decoder: Float32Array
    cross: Float32Array

    @property
    def written(self) -> tuple[str, ...]:
        """The best translation so far: `target` without its begin, and the chosen token."""
        return (*self.target[1:], self.chosen)

    def prob(self, place: int) -> float:
        """The probability of the token at `place` of `written`, after those before it."""
        return float(self.probabilities[place, VOCABULARY.index(self.written[place])])


class Translator:
    """Translates with a trained transformer.

    Attributes:
        model: In evaluation mode, float32 on the processor.
    """

    def __init__(self, model: Transformer) -> None:
        self.model = model.eval()

    def read(self, text: str, to: Language) -> tuple[str, ...]:
        """The source's tokens, the direction first.

        Raises:
            UsageError: The text is empty or too long, has a word that is not known, or is in the
                language to write.
        """
        if text.strip() and language_of(text) == to:
            raise UsageError(
                "{text} is in the language to translate into: choose the other one.",
                text=repr(text.strip()),
            )
        direction = TO_CHINESE if to == "zh" else TO_ENGLISH
        return (direction, *split_sentence(text, "en" if to == "zh" else "zh"))

    @torch.no_grad()
    def steps(
        self,
        text: str,
        to: Language,
        n_beams: int = 1,
        cancelled: Callable[[], bool] | None = None,
    ) -> Iterator[TranslationStep]:
        """Translate word by word.

        With one beam the likeliest next token is taken each time (greedy). With more, the so many
        likeliest translations so far are kept at each step, and the one with the highest
        log-probability when the best of all is complete is the translation. Ties go to the lower
        token id.

        Args:
            text: A number or a date in words.
            to: The language to write.
            n_beams: How many translations to keep, from 1 to 16.
            cancelled: Asked before each word; True ends the translation.

        Raises:
            UsageError: The text is empty or too long, has a word that is not known, or `n_beams`
                is out of range.
        """
        if not 1 <= n_beams <= MOST_BEAMS:
            raise UsageError(
                "The number of beams must be from 1 to {most}, got {value}",
                most=MOST_BEAMS,
                value=n_beams,
            )
        source = self.read(text, to)
        source_ids = torch.tensor([token_ids(source)])
        maps = AttentionMaps()
        memory = self.model.encode(source_ids, maps=maps)
        encoder = _stacked(maps.encoder)
        beams: tuple[Beam, ...] = (Beam((), 0.0),)
        while not beams[0].is_complete and len(beams[0].tokens) < LONGEST - 1:
            if cancelled is not None and cancelled():
                return
            grown = self._grow(beams, memory, n_beams)
            best = grown[0]
            maps = AttentionMaps()
            before = best.tokens[:-1]
            target = torch.tensor([[_BEGIN, *token_ids(before)]])
            logits = self.model.decode(target, memory, maps=maps)[0]
            yield TranslationStep(
                source,
                (BEGIN, *before),
                _read_only(logits.double().softmax(1).numpy()),
                best.tokens[-1],
                grown,
                encoder,
                _stacked(maps.decoder),
                _stacked(maps.cross),
            )
            beams = grown

    def translate(self, text: str, to: Language, n_beams: int = 1) -> str:
        """The translation; the arguments and errors are those of `steps`."""
        best: tuple[str, ...] = ()
        for step in self.steps(text, to, n_beams):
            best = step.written
        return join_sentence(without_end(best), to)

    def _grow(self, beams: tuple[Beam, ...], memory: Tensor, n_beams: int) -> tuple[Beam, ...]:
        """The likeliest continuations of all beams; complete ones stay as they are."""
        candidates = [(beam, -1, beam.logprob) for beam in beams if beam.is_complete]
        growing = [beam for beam in beams if not beam.is_complete]
        length = len(growing[0].tokens)
        targets = torch.tensor([[_BEGIN, *token_ids(beam.tokens)] for beam in growing])
        assert targets.shape[1] == length + 1
        logits = self.model.decode(targets, memory.expand(len(growing), -1, -1))[:, -1]
        logprobs = logits.double().log_softmax(dim=1).numpy()
        for beam, row in zip(growing, logprobs, strict=True):
            for token in np.argsort(-row, kind="stable")[:n_beams].tolist():
                candidates.append((beam, token, beam.logprob + float(row[token])))
        candidates.sort(key=_by_likelihood)
        return tuple(
            beam if token < 0 else Beam((*beam.tokens, VOCABULARY[token]), logprob)
            for beam, token, logprob in candidates[:n_beams]
        )


def _by_likelihood(candidate: tuple[Beam, int, float]) -> tuple[float, int]:
    return -candidate[2], candidate[1]


# ------------------------------------------------------------------------------------- files


def save_translator(model: Transformer, folder: str | os.PathLike[str]) -> None:
    """Write weights, sizes and vocabulary; WriteError if that cannot be done."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = {"sizes": asdict(model.sizes), "vocabulary": list(VOCABULARY)}
    tensors = {name: value.contiguous() for name, value in model.state_dict().items()}
    write_atomically(folder / _WEIGHTS, safetensors_bytes(tensors))
    text = json.dumps(config, ensure_ascii=False, indent=1)
    write_atomically(folder / _CONFIG, f"{text}\n".encode())


def load_translator(folder: str | os.PathLike[str] | None = None) -> Translator:
    """The bundled translator, or one that was trained into a folder.

    Raises:
        VisualizerError: A file is missing or damaged, or made for other words.
    """
    folder = Path(folder) if folder is not None else bundled_path("models", "translator")
    try:
        config = json.loads(read_file(folder / _CONFIG, _MOST_CONFIG_BYTES))
        vocabulary = tuple(config["vocabulary"])
        sizes = TransformerSizes(**config["sizes"])
        tensors = load_safetensors(read_file(folder / _WEIGHTS, _MOST_WEIGHTS_BYTES))
    except (ReadError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise _damaged(folder, error) from error
    check_vocabulary(vocabulary)
    model = Transformer(sizes)
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise _damaged(folder, error) from error
    if not all(bool(torch.isfinite(tensor).all()) for tensor in tensors.values()):
        raise _damaged(folder, ValueError("it has weights that are no numbers"))
    return Translator(model)


def _damaged(folder: Path, error: Exception) -> VisualizerError:
    reason = str(error).splitlines()[0].rstrip(".:")
    return VisualizerError(
        "The translator in {folder} cannot be used: {reason}. Install the program anew, or train "
        "it with models/train_translator.py.",
        folder=folder,
        reason=reason,
        detail=repr(error),
    )


def without_end(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """What was written before the end."""
    return tokens[: tokens.index(END)] if END in tokens else tokens


def _stacked(maps: list[Tensor]) -> Float32Array:
    """(L, H, T, S) of one sentence."""
    return _read_only(torch.stack([weights[0] for weights in maps]).float().numpy())


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
