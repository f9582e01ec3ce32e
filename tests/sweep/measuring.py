"""Compare what the engine says of a model folder with transformers' own pass over the same text.

The reference is eager attention without a cache, over the whole text at once. The engine gets the
text whole, letter by letter, and edited.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from visualizer.engine.engine import LocalEngine
from visualizer.engine.errors import ModelLoadError, VisualizerError
from visualizer.engine.records import (
    ForwardRequest,
    HeadRequest,
    LoadRequest,
    ModelRecord,
    PositionRequest,
    Prompt,
)

TEXT = "Once upon a time there was a little cat named Tomás."
EDITS = {
    "cut at the end": TEXT[:-9],
    "changed in the middle": TEXT[:20] + "here is" + TEXT[29:],
    "more in the middle": TEXT[:20] + "here is one more, " + TEXT[29:],
}
EXACT = 1e-5
"""Largest difference of a weight, and of a logit as part of the largest logit."""
LOOSE = 1e-4
"""The same where float32 itself is no nearer, which a pass in float64 tells."""

_RAW = ("Error:", "object has no attribute", "out of range", "must match", "NoneType")


@dataclass
class Outcome:
    """What became of one model folder.

    Attributes:
        path: "fast capture", "slow path", "predictions only" or "refused".
        heads: How many are shown, of which layers.
        prob, weight: Largest differences; None where there was nothing to compare.
        remark: Why not more, in the product's own words where it has refused.
        faults: What is wrong; empty for an outcome as it should be.
    """

    path: str
    heads: str = ""
    prob: float | None = None
    weight: float | None = None
    remark: str = ""
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Pass:
    """One pass of transformers over a text.

    Attributes:
        logits: (T, V).
        weights: (H, T, T) of each layer that hands out some between tokens.
        layers: Which layer that was, from 0; None where it cannot be told.
        n_others: How many hand out under that name what is not between tokens.
    """

    logits: np.ndarray
    weights: list[np.ndarray]
    layers: list[int | None]
    n_others: int


class _Layers:
    """Tells which layer a tensor of attention weights comes from, of the pass inside the block."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._at: int | None = None
        self._seen: dict[int, int | None] = {}
        self._handles: list[Any] = []

    def __enter__(self) -> _Layers:
        config = self._model.config.get_text_config(decoder=True)
        for module in self._model.modules():
            self._handles.append(module.register_forward_hook(self._see))
            if not isinstance(module, torch.nn.ModuleList):
                continue
            if len(module) == getattr(config, "num_hidden_layers", 0):
                for number, layer in enumerate(module):
                    enter = partial(self._begin, number)
                    self._handles.append(layer.register_forward_pre_hook(enter))
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def _begin(self, number: int, *_: Any) -> None:
        self._at = number

    def _see(self, module: Any, args: Any, output: Any) -> None:
        for part in output if isinstance(output, tuple) else ():
            if isinstance(part, torch.Tensor) and part.ndim == 4:
                self._seen[part.data_ptr()] = self._at

    def of(self, weights: torch.Tensor) -> int | None:
        """The layer whose attention gave these very weights."""
        return self._seen.get(weights.data_ptr())


class Plain:
    """transformers' own model: eager attention, no cache, the whole text every time."""

    def __init__(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder, attn_implementation="eager", dtype=dtype, output_loading_info=True
        )
        self._model, info = loaded
        if info["missing_keys"]:
            raise ValueError(f"{len(info['missing_keys'])} weights are not in the folder")
        self._model.eval()
        self._run([1, 2])  # some change their attention at the first short text, once and for all
        self._kept: dict[tuple[int, ...], Pass] = {}

    @torch.no_grad()
    def _run(self, ids: Sequence[int], **options: Any) -> Any:
        return self._model(input_ids=torch.tensor([list(ids)]), use_cache=False, **options)

    def logits(self, ids: Sequence[int]) -> np.ndarray:
        """Logits (T, V)."""
        logits: np.ndarray = self._run(ids).logits[0].numpy()
        return logits

    def __call__(self, ids: Sequence[int]) -> Pass:
        """Logits and the weights of every layer that hands out some."""
        key = tuple(ids)
        if key not in self._kept:
            with _Layers(self._model) as layers:
                try:
                    output = self._run(ids, output_attentions=True)
                except TypeError:  # a recurrence knows no such option
                    output = self._run(ids)
            n = len(ids)
            given = getattr(output, "attentions", None) or ()
            given = [layer for layer in given if layer is not None]
            found = [layer for layer in given if layer.ndim == 4 and layer.shape[2:] == (n, n)]
            self._kept[key] = Pass(
                output.logits[0].numpy(),
                [layer[0].numpy() for layer in found],
                [layers.of(layer) for layer in found],
                len(given) - len(found),
            )
        return self._kept[key]

    def sees_the_future(self, ids: Sequence[int]) -> bool:
        """Whether what comes later changes the logits before it, or chance does."""
        first = len(ids) * 2 // 3
        one = self.logits(ids)[:first]
        two = self.logits([*ids[:first], *reversed(ids[first:])])[:first]
        return bool(np.abs(one - two).max() > 1e-4 * np.abs(one).max())


def measure(folder: Path) -> Outcome:
    """Open a folder as the program does and compare everything it shows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of transformers, about kernels that are not installed
        return _measure(folder)


def _measure(folder: Path) -> Outcome:
    try:
        plain = Plain(folder)
        ids = list(TEXT.encode())
        future = plain.sees_the_future(ids)
        why = ""
    except Exception as error:  # whatever a library raises: then there is nothing to compare with
        plain, future, why = None, False, f"{type(error).__name__}: {str(error)[:80]}"
    engine = LocalEngine()
    request = LoadRequest(0, "small", folder, device="cpu", dtype="float32")
    try:
        record = engine.take(engine.prepare(request, lambda step: None))
    except VisualizerError as error:
        sentence = str(error).replace(str(folder), "the folder").replace("\n", " ")
        faults = [] if plain is None or future else ["refused"]
        if not isinstance(error, ModelLoadError) or any(raw in sentence for raw in _RAW):
            faults.append("refused without a clear sentence")
        return Outcome("refused", remark=sentence, faults=faults)
    if plain is None:
        return Outcome(_path(record), remark=why, faults=["opened, which transformers cannot"])
    if future:
        try:
            _read(engine, TEXT)
        except VisualizerError as error:
            return Outcome("refused", remark=str(error))
        return Outcome(_path(record), faults=["shown, but it sees what comes later, or chance"])
    return _Comparison(engine, record, plain, folder).outcome()


def _read(engine: LocalEngine, text: str) -> Any:
    request = ForwardRequest(1, Prompt(text), with_overview=False, with_surprise=False)
    (record,) = engine.answer(request)
    return record


def _path(record: ModelRecord) -> str:
    paths = {"captured": "fast capture", "eager": "slow path", "none": "predictions only"}
    return paths[record.attention]


class _Comparison:
    """One open model against the reference."""

    def __init__(
        self, engine: LocalEngine, record: ModelRecord, plain: Plain, folder: Path
    ) -> None:
        self._engine, self._record, self._plain, self._folder = engine, record, plain, folder
        self._exact: Plain | None = None
        self._prob = self._weight = 0.0
        self._rounding = self._whole = False
        self._n_others = 0
        self._faults: dict[str, None] = {}
        self._wrong: dict[str, tuple[str, float]] = {}
        self._shown: list[list[int]] = []

    def outcome(self) -> Outcome:
        """Every comparison, in one row."""
        try:
            self._compare()
        except VisualizerError as error:
            self._faults[f"stopped: {error}"] = None
        except Exception as error:  # the product is to say it in a sentence
            self._faults[f"{type(error).__name__}: {str(error)[:120]}"] = None
        layers = [layer for layer, heads in enumerate(self._shown) if heads]
        return Outcome(
            _path(self._record),
            heads=self._heads(layers),
            prob=self._prob,
            weight=self._weight if layers else None,
            remark="; ".join(self._remarks()),
            faults=[*self._wrong_numbers(), *self._faults],
        )

    def _heads(self, layers: list[int]) -> str:
        if not layers:
            return "none"
        counts = sorted({len(self._shown[layer]) for layer in layers})
        each = " or ".join(str(count) for count in counts)
        if len(layers) == self._record.n_layers:
            return f"{each} in {len(layers)} layers"
        noun = "layers" if len(layers) > 1 else "layer"
        return f"{each} in {noun} {', '.join(map(str, layers))} of {self._record.n_layers}"

    def _wrong_numbers(self) -> Iterator[str]:
        for kind, (state, worst) in self._wrong.items():
            yield f"{kind} differ by up to {worst:.0e}, first when {state}"

    def _remarks(self) -> Iterator[str]:
        if self._whole:
            yield "every edit runs the whole text"
        if self._n_others:
            yield f"what {self._n_others} layers hand out is not between tokens"
        if self._rounding:
            yield "the model's own rounding: float64 is as far from transformers"

    def _compare(self) -> None:
        self._state(TEXT, "read at once")
        _read(self._engine, "Zebras")  # nothing of the text is left
        for length in range(1, len(TEXT) + 1):
            record = _read(self._engine, TEXT[:length])
            ids = record.tokenization.ids.tolist()
            self._logits(record.logits[None], self._plain.logits(ids), ids, "typed")
        self._whole = record.computed_tokens == len(ids)
        self._state(TEXT, "typed")
        for state, text in EDITS.items():
            self._state(text, state)

    def _state(self, text: str, state: str) -> None:
        """Compare the logits of every position and the weights of every head."""
        ids = _read(self._engine, text).tokenization.ids.tolist()
        wanted = self._plain(ids)
        self._n_others = wanted.n_others
        rows = []
        for position in range(len(ids)):
            (prediction,) = self._engine.answer(PositionRequest(2, position))
            rows.append(prediction.logits)
        self._logits(np.stack(rows), wanted.logits, ids, state)
        layers = [list(self._weights(layer)) for layer in range(self._record.n_layers)]
        self._shown = [list(range(len(heads))) for heads in layers]
        shown = {layer: np.stack(heads) for layer, heads in enumerate(layers) if heads}
        if len(shown) != len(wanted.weights):
            fault = f"{len(shown)} layers shown, {len(wanted.weights)} have weights"
            self._faults[fault] = None
            return
        if None not in wanted.layers and list(shown) != wanted.layers:
            self._faults[f"layers {list(shown)} shown of {wanted.layers}"] = None
        for number, (ours, theirs) in enumerate(zip(shown.values(), wanted.weights, strict=True)):
            if ours.shape != theirs.shape:
                self._faults[f"{ours.shape} weights shown of {theirs.shape}"] = None
                continue
            difference = _largest(ours, theirs)
            self._weight = max(self._weight, difference)
            if not difference <= EXACT:
                exact = self._in_float64(ids)
                self._judge(
                    "weights", state, difference, ours, theirs, exact and exact.weights[number]
                )

    def _weights(self, layer: int) -> Iterator[np.ndarray]:
        """The weights of every head of a layer that is shown."""
        head = 0
        while True:
            try:
                (record,) = self._engine.answer(HeadRequest(3, layer, head))
            except VisualizerError:
                return
            yield record.weights
            head += 1

    def _logits(self, ours: np.ndarray, theirs: np.ndarray, ids: list[int], state: str) -> None:
        """Compare the last rows of the logits (T, V) of a text."""
        last = theirs[-len(ours) :]
        self._prob = max(self._prob, _largest(_probs(ours), _probs(last)))
        scale = float(np.abs(theirs).max())
        difference = _largest(ours, last) / scale
        if not difference <= EXACT:
            exact = self._in_float64(ids)
            self._judge("logits", state, difference, ours, theirs, exact and exact.logits, scale)

    def _judge(
        self,
        kind: str,
        state: str,
        difference: float,
        ours: np.ndarray,
        theirs: np.ndarray,
        exact: np.ndarray | None,
        scale: float = 1.0,
    ) -> None:
        """A difference beyond EXACT is a fault, unless float32 itself is as far from the truth."""
        if exact is None:
            fine = difference <= 10 * EXACT
        else:
            product = _largest(ours, exact[-len(ours) :]) / scale
            fine = difference <= LOOSE and product <= 4 * _largest(theirs, exact) / scale + EXACT
        if fine:
            self._rounding = True
            return
        first, worst = self._wrong.get(kind, (state, 0.0))
        self._wrong[kind] = (first, max(worst, difference))

    def _in_float64(self, ids: list[int]) -> Pass | None:
        try:
            if self._exact is None:
                self._exact = Plain(self._folder, torch.float64)
            return self._exact(ids)
        except RuntimeError:  # it insists on float32 somewhere
            return None


def _largest(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference; NaN counts as infinite."""
    difference = float(np.abs(ours.astype(np.float64) - theirs).max())
    return difference if np.isfinite(difference) else float("inf")


def _probs(logits: np.ndarray) -> np.ndarray:
    exponentials = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
