"""Values that cross the engine's boundary: frozen, NumPy only, safe to share between threads.

Requests go in, records come out. Every request carries a `request_id` and ends in exactly one
of: its last record, a `FailureRecord`, or silence because it was cancelled.

Shape letters: T tokens, L layers, H heads, V vocabulary, P cells along a thumbnail's edge.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import VisualizerError
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.step_records import StepCandidates
from visualizer.engine.treatment import UNTREATED, Treatment

if TYPE_CHECKING:
    from visualizer.engine.chat import ChatTemplate
    from visualizer.engine.tokenization import Tokenization, Tokenizer

Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]

MEAN: Literal["mean"] = "mean"
HeadChoice = int | Literal["mean"]
"""A head's index in its layer, or the mean over the layer's heads."""
Member = tuple[int, int]
"""Layer and head of one head."""


@dataclass(frozen=True)
class HeadWish:
    """Which weights are wanted.

    Attributes:
        layer, head: One head, or the mean over a layer's.
        members: If not empty, the mean over these heads is meant in place of `head`; `layer` and
            `head` then only say where the selection stands.
        treatment: What is done to the exact weights.
    """

    layer: int
    head: HeadChoice
    members: tuple[Member, ...] = ()
    treatment: Treatment = UNTREATED


class Cancelled(Exception):
    """Raised inside the engine when a newer request has replaced this one."""


@dataclass(frozen=True)
class CancelToken:
    """One-way switch: another thread sets it, the engine polls it between layers."""

    _event: threading.Event = field(default_factory=threading.Event, repr=False)

    def cancel(self) -> None:
        """Ask whoever holds this token to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the switch is set."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled if the switch is set; costs well under a microsecond otherwise."""
        if self._event.is_set():
            raise Cancelled


def frozen(array: npt.NDArray[np.generic]) -> None:
    """Make `array` read-only; a record calls this for each array it owns."""
    array.flags.writeable = False


# ---------------------------------------------------------------------------------- requests


@dataclass(frozen=True)
class Prompt:
    """What the model reads.

    Attributes:
        text: As in the editor.
        token_ids: The exact ids when the text came from generation, whose tokens need not be
            those that the tokenizer would choose for the same text; None to tokenise `text`.
            The bytes of the ids always join to `text`.
        parse_special: Whether special tokens written in `text` are parsed as such; off, they
            are literal text.
    """

    text: str
    token_ids: tuple[int, ...] | None = None
    parse_special: bool = False


@dataclass(frozen=True)
class LoadRequest:
    """Load a model that is already on this machine.

    Attributes:
        name: What the user calls it, a catalogue name, a hub name or a path.
        path: The folder in Hugging Face format or the GGUF file.
        device: "auto", "cpu", "cuda", "cuda:N" or "mps".
        dtype: "auto", "float32", "bfloat16" or "float16"; auto is float32 on the CPU and the
            checkpoint's own on a GPU.
    """

    request_id: int
    name: str
    path: Path
    device: str = "auto"
    dtype: str = "auto"
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True)
class ForwardRequest:
    """Run the model on a prompt.

    Answered by a `ForwardRecord` at once, with the selected head in it, then an
    `OverviewRecord`, then one or more `SurpriseRecord`s; a newer request cuts the rest short.

    Attributes:
        position: Token after which to predict; negative counts from the end.
        layer, head: The pattern to deliver with the first record; both None for none.
        with_overview, with_surprise: Whether those records are wanted.
        members, treatment: Of that pattern, see HeadWish.
        with_tokens: Whether a TokensRecord is wanted before the model runs.
    """

    request_id: int
    prompt: Prompt
    position: int = -1
    layer: int | None = None
    head: HeadChoice | None = None
    with_overview: bool = True
    with_surprise: bool = True
    members: tuple[Member, ...] = ()
    treatment: Treatment = UNTREATED
    with_tokens: bool = False
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True)
class PositionRequest:
    """The logits after another token of the prompt at hand; answered by a PredictionRecord."""

    request_id: int
    position: int
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True)
class HeadRequest:
    """The pattern of another head of the prompt at hand; answered by a HeadRecord.

    Where that takes long, ProgressRecords with stage "head" come before it.

    Attributes:
        rows, columns: Half-open ranges of queries and keys, None for all: tokens, or words or
            sentences where the treatment joins them.
        most_cells: Longest edge of the answer; a longer range is max-pooled down to it.
        members, treatment: See HeadWish.
    """

    request_id: int
    layer: int
    head: HeadChoice
    rows: tuple[int, int] | None = None
    columns: tuple[int, int] | None = None
    most_cells: int = 2048
    members: tuple[Member, ...] = ()
    treatment: Treatment = UNTREATED
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)

    @property
    def wish(self) -> HeadWish:
        """Whose weights."""
        return HeadWish(self.layer, self.head, self.members, self.treatment)


@dataclass(frozen=True)
class TileRequest(HeadRequest):
    """The exact values of the part in sight; answered by a HeadRecord of that part.

    Of a kind of its own, so that it replaces an older tile and not the head.
    """


@dataclass(frozen=True)
class GenerateRequest:
    """Continue a prompt token by token.

    Answered by one `GeneratedRecord` a token and a `GenerationEnded`.

    Attributes:
        seed: Of the draw; the same seed, parameters and prompt give the same tokens.
        layer, head, members, treatment: As in ForwardRequest, for the ForwardRecord inside each
            step.
        stop_strings: The generation ends with the token that completes one of them in the
            generated text, also across tokens and inside characters. That token stays as it was
            drawn, so the text holds the stop string, and perhaps more behind it.
        end_at_end_of_text: Whether an end token ends the generation without becoming text; off,
            end tokens are kept in the text like any other.
        end_ids: Ids that end it besides the model's own.
        n_drawn: Draws already made with this seed, whose tokens are the last of the prompt: the
            generation goes on exactly as if it had not been interrupted.
        n_alternatives: How many of the likeliest tokens each step tells of; 0 for nothing of them.
    """

    request_id: int
    prompt: Prompt
    max_new_tokens: int
    sampling: SamplingParams = SamplingParams()
    seed: int = 0
    layer: int | None = None
    head: HeadChoice | None = None
    with_overview: bool = True
    members: tuple[Member, ...] = ()
    treatment: Treatment = UNTREATED
    stop_strings: tuple[str, ...] = ()
    end_at_end_of_text: bool = True
    end_ids: tuple[int, ...] = ()
    n_drawn: int = 0
    n_alternatives: int = 0
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


# ---------------------------------------------------------------------------------- records


@dataclass(frozen=True)
class ProgressRecord:
    """How far a long piece of work has come.

    Attributes:
        stage: "download", "verify", "convert", "load", "build", "check", "prompt", "overview",
            "surprise", "head", "metrics" or "region".
        done, total: In `unit`; total None where it is not known.
        unit: "bytes", "tensors", "layers" or "tokens".
        model: Name of the model that is being loaded; "" for other work.
    """

    request_id: int
    stage: str
    done: int
    total: int | None
    unit: str
    model: str = ""


@dataclass(frozen=True, eq=False)
class ModelRecord:
    """The model now in use.

    Attributes:
        name: What the user calls it.
        source: Folder or file it was loaded from.
        architecture: `model_type` of its configuration.
        n_heads: Of the layer with the most; 0 without attention.
        layer_heads: (L,) how many heads of each layer have weights to show, 0 for a layer
            without attention.
        context_length: Most tokens it can read.
        device, dtype: Where and in what numbers it runs: "cpu", "float32".
        attention: "captured" by the attention function, "eager" through output_attentions, or
            "none" for an architecture without attention.
        notes: Sentences the user should see (a fallback taken, a template missing).
        tokenizer: The model's own, usable from any thread.
        begins_with: Ids that the tokenizer puts before every prompt (BOS), often ().
        end_ids: Ids that end a generation.
        weights_sha256: Of the weight files' bytes, in name order; "" if not computed.
        chat_template: How it wants a conversation written; None for a model without a template.
    """

    request_id: int
    name: str
    source: Path
    architecture: str
    n_layers: int
    n_heads: int
    layer_heads: tuple[int, ...]
    n_key_value_heads: int
    width: int
    vocabulary_size: int
    context_length: int
    n_parameters: int
    device: str
    dtype: str
    n_threads: int
    attention: Literal["captured", "eager", "none"]
    notes: tuple[VisualizerError, ...]
    tokenizer: Tokenizer
    begins_with: tuple[int, ...]
    end_ids: tuple[int, ...]
    weights_sha256: str = ""
    chat_template: ChatTemplate | None = None


@dataclass(frozen=True, eq=False)
class HeadRecord:
    """One head's attention weights, or the mean over a layer's heads.

    Attributes:
        weights: (rows, columns) float32 in [0, 1]; rows are queries. Exact where block is 1,
            else the maximum over block x block weights. Zero where a query cannot look.
        rows, columns: Half-open ranges of tokens that the weights cover.
        block: Tokens along the edge of one cell.
        sink: (rows,) float32, what a row leaves to a learned attention sink, or None for a
            model without one; weights and sink of a row sum to 1 if untreated. It is the
            model's own whatever is hidden or discounted; joined queries have its mean. Of
            several heads the mean, those without a sink counted as 0.
        members, treatment: See HeadWish.
        unit_starts: (n + 1,) int64, where the units of both axes begin: words or sentences, the
            last entry being n_tokens; None where a unit is a token. `rows`, `columns` and
            `block` count units.
        window: Most tokens a query of this layer can look at, itself among them; None for all
            before it. Of several layers the largest.
    """

    request_id: int
    layer: int
    head: HeadChoice
    n_tokens: int
    rows: tuple[int, int]
    columns: tuple[int, int]
    block: int
    weights: Float32Array
    sink: Float32Array | None = None
    members: tuple[Member, ...] = ()
    treatment: Treatment = UNTREATED
    unit_starts: Int64Array | None = None
    window: int | None = None

    def __post_init__(self) -> None:
        frozen(self.weights)
        if self.sink is not None:
            frozen(self.sink)
        if self.unit_starts is not None:
            frozen(self.unit_starts)

    @property
    def wish(self) -> HeadWish:
        """Whose weights these are."""
        return HeadWish(self.layer, self.head, self.members, self.treatment)

    @property
    def n_units(self) -> int:
        """Units along a whole axis: tokens, words or sentences."""
        return self.n_tokens if self.unit_starts is None else len(self.unit_starts) - 1


@dataclass(frozen=True, eq=False)
class ForwardRecord:
    """What a forward pass found, as soon as the bars can be drawn.

    Attributes:
        position: The token after which `logits` predict, 0 .. T-1.
        logits: (V,) float32 before any sampling parameter.
        head: The pattern asked for, or None.
        computed_tokens: How many of the T tokens had to be run; the rest was reused.
        elapsed_ms: From the engine taking the request to this record.
    """

    request_id: int
    tokenization: Tokenization
    position: int
    logits: Float32Array
    head: HeadRecord | None
    computed_tokens: int
    elapsed_ms: float

    def __post_init__(self) -> None:
        frozen(self.logits)


@dataclass(frozen=True, eq=False)
class PredictionRecord:
    """The logits after one token. logits: (V,) float32."""

    request_id: int
    position: int
    logits: Float32Array

    def __post_init__(self) -> None:
        frozen(self.logits)


@dataclass(frozen=True, eq=False)
class TokensRecord:
    """The prompt as tokens, before anything else is known; also of one that cannot be run."""

    request_id: int
    tokenization: Tokenization


@dataclass(frozen=True, eq=False)
class OverviewRecord:
    """Every head's pattern, max-pooled.

    Attributes:
        thumbnails: (L, H, P, P) float32; [l, h, i, j] is the largest weight with which a query
            of tokens [i * block, (i + 1) * block) looks at a key of [j * block, ...).
        block: Tokens along the edge of one cell; P = ceil(T / block) <= 32.
    """

    request_id: int
    n_tokens: int
    block: int
    thumbnails: Float32Array

    def __post_init__(self) -> None:
        frozen(self.thumbnails)


@dataclass(frozen=True, eq=False)
class SurpriseRecord:
    """How surprising each token of the prompt was.

    Attributes:
        logprobs: (T,) float64 natural log-probability of token i given those before it; NaN
            where it is not known: the first token, and what is not computed yet.
        entropies_bits: (T,) float64 of the distribution after token i; NaN where not known.
        complete: Whether all that can be known is there.
        ranks: (T,) int64, how likely token i was among all: 1 for the likeliest, ties to the
            lower id; 0 where it is not known. None if nobody counted.
        margins: (T,) float64, log-probability of token i less that of the likeliest other
            token: positive where it was the likeliest itself, 0 for a tie; NaN where not known.
    """

    request_id: int
    logprobs: Float64Array
    entropies_bits: Float64Array
    complete: bool
    ranks: Int64Array | None = None
    margins: Float64Array | None = None

    def __post_init__(self) -> None:
        frozen(self.logprobs)
        frozen(self.entropies_bits)
        if self.ranks is not None:
            frozen(self.ranks)
        if self.margins is not None:
            frozen(self.margins)


@dataclass(frozen=True, eq=False)
class GeneratedRecord:
    """One generated token, and the distribution after it.

    Attributes:
        step: From 0, of this request.
        token_id: What was drawn.
        data: Its bytes.
        logprob: Natural log of its probability before sampling parameters.
        sampled_logprob: The same after them; 0.0 for greedy.
        forward: The prompt with this token at its end, ready for the next step.
        overview: The thumbnails with this token in, or None where not asked for.
        rank: Of the token before sampling parameters, from 1; ties to the lower id. 0 if unknown.
        candidates: The distribution that it was drawn from, None where not asked for.
        elapsed_ms: From the record before it, or from the end of the prompt's own forward pass,
            to this one; what was asked in between counts.
    """

    request_id: int
    step: int
    token_id: int
    data: bytes
    logprob: float
    sampled_logprob: float
    forward: ForwardRecord
    overview: OverviewRecord | None
    rank: int = 0
    candidates: StepCandidates | None = None
    elapsed_ms: float = 0.0


StopReason = Literal["length", "end_of_text", "context", "stop_string", "stopped"]


@dataclass(frozen=True)
class GenerationEnded:
    """Why a generation stopped: N tokens made, an end token drawn, context full, or stopped.

    Attributes:
        stop_string: The one that ended it, "" for another reason.
        end_id: The end token that was drawn, None for another reason.
    """

    request_id: int
    stop_reason: StopReason
    stop_string: str = ""
    end_id: int | None = None


@dataclass(frozen=True)
class FailureRecord:
    """An error on its way to the user, with the id of the request that met it."""

    request_id: int
    error: VisualizerError
