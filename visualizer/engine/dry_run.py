"""Short random texts through a model, to find out when it is loaded what is true of it.

Nothing of this is taken from a list of architectures or from a flag: that a token does not
depend on those after it, what "attentions" are, and that a text which is continued gives what it
gives when it is read as a whole, is seen or it is not so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.cache_utils import Cache

from visualizer.engine.cache_argument import cache_argument
from visualizer.engine.errors import VisualizerError

N_TOKENS = 12
N_SHARED = 6
"""Tokens that the first two texts have in common at their beginning."""

_WINDOW_KEYS = (
    "sliding_window",
    "attention_chunk_size",
    "window_size",
    "local_attention",
    "attention_window_size",
    "keep_window_size",
)
_SHORTEST_WINDOW = 3
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-4}
"""Relative to the largest number of a result; half precision is given 0.05."""


@dataclass(frozen=True, eq=False)
class DryTexts:
    """Random ids, (1, 12) each.

    Attributes:
        first: A text.
        other_end: The same up to `N_SHARED`, and other tokens behind.
        other_second: As `first`, but for its second token.
    """

    first: Tensor
    other_end: Tensor
    other_second: Tensor


def dry_texts(config: PreTrainedConfig, device: torch.device) -> DryTexts:
    """Texts of ordinary tokens: none that the configuration gives a meaning of its own."""
    special = {
        value
        for key, value in config.to_dict().items()
        if key.endswith(("token_id", "token_index")) and isinstance(value, int)
    }
    n_ids = int(config.vocab_size)
    source = torch.Generator().manual_seed(0)
    drawn = torch.randperm(n_ids, generator=source)[: 4 * N_TOKENS].tolist()
    usable = [token_id for token_id in drawn if token_id not in special] or drawn
    usable = (usable * (3 * N_TOKENS))[: 3 * N_TOKENS]
    first = usable[:N_TOKENS]
    other_end = first[:N_SHARED] + usable[N_TOKENS : 2 * N_TOKENS - N_SHARED]
    other_second = [first[0], usable[-1], *first[2:]]
    return DryTexts(
        *(torch.tensor([ids], device=device) for ids in (first, other_end, other_second))
    )


@dataclass(frozen=True, eq=False)
class DryRun:
    """What one pass gave.

    Attributes:
        hidden: (n, C) final hidden states.
        weights: What was handed out as attention weights, as it came; None without.
        output: All of it.
    """

    hidden: Tensor
    weights: tuple[Any, ...] | None
    output: Any


def run(
    body: nn.Module, ids: Tensor, *, cache: Cache | None = None, weights: bool = False
) -> DryRun:
    """One pass over (1, n) ids, behind what the cache holds."""
    options: dict[str, Any] = {"use_cache": cache is not None}
    if cache is not None:
        options[cache_argument(body)] = cache
    if weights:
        options["output_attentions"] = True
    if cache is None:
        output = one_answer(partial(body, input_ids=ids, **options), ids.device)
    else:
        output = body(input_ids=ids, **options)
    found = getattr(output, "attentions", None) or None
    return DryRun(output.last_hidden_state[0], found, output)


def find_body(model: PreTrainedModel, ids: Tensor) -> tuple[nn.Module, Tensor]:
    """The outermost part of the model whose output is hidden states, and the logits of `ids`.

    Raises:
        ValueError: There is none.
    """
    called: dict[nn.Module, Any] = {}
    decoder: nn.Module | None = model.get_decoder()  # type: ignore[no-untyped-call]
    # Some models say that they are their own body; it is one of their parts all the same.
    candidates = dict.fromkeys((model.base_model, decoder, *model.children()))
    candidates.pop(model, None)
    handles = [
        part.register_forward_hook(lambda module, _, output: called.setdefault(module, output))
        for part in candidates
        if part is not None
    ]
    try:
        logits = model(input_ids=ids, use_cache=False).logits[0].float()
    finally:
        for handle in handles:
            handle.remove()
    for part in candidates:
        if part is not None and hasattr(called.get(part), "last_hidden_state"):
            return part, logits
    raise ValueError("its body cannot be found")


def is_close(ours: Tensor, theirs: Tensor) -> bool:
    """Whether two results are the same but for the rounding of their numbers."""
    if ours.shape != theirs.shape:
        return False
    limit = TOLERANCE.get(theirs.dtype, 0.05)
    scale = float(theirs.abs().max())
    return float((ours - theirs).abs().max()) <= limit * scale


def is_causal(first: DryRun, other_end: DryRun, other_second: DryRun) -> bool:
    """Whether no token depends on one after it, in hidden states and in attention weights."""
    if not is_close(other_end.hidden[:N_SHARED], first.hidden[:N_SHARED]):
        return False
    if not is_close(other_second.hidden[:1], first.hidden[:1]):
        return False
    return not any(
        bool((layer[0].float().triu(1) != 0).any())
        for layer in first.weights or ()
        if are_weights(layer, N_TOKENS)
    )


def are_weights(layer: Any, n_tokens: int, *, with_sink: bool = False) -> bool:
    """Whether what a layer handed out can be attention weights of `n_tokens`.

    Args:
        layer: Anything.
        n_tokens: T.
        with_sink: Whether rows may sum to less than one.

    Returns:
        True for (1, H, T, T), not negative, whose rows sum to one.
    """
    if not isinstance(layer, Tensor) or layer.ndim != 4:
        return False
    if layer.shape[0] != 1 or layer.shape[2:] != (n_tokens, n_tokens):
        return False
    if not layer.is_floating_point() or bool((layer < 0).any()):
        return False
    limit = 1e-3 if layer.dtype in TOLERANCE else 0.05
    excess = layer.float().sum(dim=-1) - 1
    return float(excess.max()) <= limit and (with_sink or float(excess.min()) >= -limit)


def one_answer(run_whole: Callable[[], Any], device: torch.device) -> Any:
    """What a pass over a whole text gives, once it is sure that it gives no other.

    Args:
        run_whole: Runs a body without a cache. It is run again where random numbers were drawn
            meanwhile, which another thread may have done.
        device: Of the model.

    Raises:
        VisualizerError: The answer is another one each time.
    """
    before = _random_state(device)
    output = run_whole()
    if not torch.equal(_random_state(device), before) and not is_close(
        run_whole().last_hidden_state, output.last_hidden_state
    ):
        raise VisualizerError(
            "This model draws random numbers while it reads a text of such a length, so that it "
            "answers otherwise each time: there is nothing true to show."
        )
    return output


def _random_state(device: torch.device) -> Tensor:
    if device.type == "cuda":
        return torch.cuda.get_rng_state(device)
    return torch.get_rng_state()


@contextmanager
def short_windows(model: PreTrainedModel) -> Iterator[dict[int, int]]:
    """Inside, windows named in the configuration are shorter than the texts of the dry run.

    Masks are made from the configuration at each pass, so that it shows there which layers have
    a window and what kind, whatever its length is.

    Yields:
        By shortened length, which no other key has, the true one.
    """
    config = model.config.get_text_config(decoder=True)
    true_lengths: dict[int, int] = {}
    changed: list[tuple[str, int]] = []
    for key in _WINDOW_KEYS:
        value = getattr(config, key, None)
        if type(value) is int and value > N_TOKENS - 2:
            shorter = _SHORTEST_WINDOW + len(changed)
            try:
                setattr(config, key, shorter)
            except (AttributeError, TypeError, ValueError):
                continue  # computed from something else
            changed.append((key, value))
            true_lengths[shorter] = value
    try:
        yield true_lengths
    finally:
        for key, value in changed:
            setattr(config, key, value)


class PositionTables(TorchFunctionMode):
    """Watches one pass over (1, n) ids for embeddings of positions.

    Attributes:
        most: Positions that the shortest table has rows for, None where no table is asked for
            one row after the other.
    """

    def __init__(self, n_tokens: int) -> None:
        super().__init__()
        self.most: int | None = None
        self._n_tokens = n_tokens

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Note the rows that `torch.nn.functional.embedding` is asked for."""
        if func is nn.functional.embedding:
            self._note(args[0], args[1])
        return func(*args, **(kwargs or {}))

    def _note(self, rows: Tensor, table: Tensor) -> None:
        rows = rows.reshape(-1).long()
        if len(rows) != self._n_tokens:
            return
        first = int(rows[0])
        if torch.equal(rows - first, torch.arange(self._n_tokens, device=rows.device)):
            found = len(table) - first
            self.most = found if self.most is None else min(self.most, found)


class BlockOutputs:
    """Watches one pass for what is handed out inside each block.

    Args:
        blocks: The layers of a body.
    """

    def __init__(self, blocks: Sequence[nn.Module]) -> None:
        self._blocks = blocks
        self._current = -1
        self._seen: list[tuple[Tensor, int]] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the pass inside."""
        handles = []
        for index, block in enumerate(self._blocks):
            handles.append(block.register_forward_pre_hook(self._entering(index)))
            for part in block.modules():
                handles.append(part.register_forward_hook(self._on_output))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _entering(self, index: int) -> Any:
        def enter(_module: nn.Module, _args: object) -> None:
            self._current = index

        return enter

    def _on_output(self, _module: nn.Module, _args: object, output: Any) -> None:
        parts = output if isinstance(output, tuple) else (output,)
        self._seen += [(part, self._current) for part in parts if isinstance(part, Tensor)]

    def layer_of(self, tensor: Tensor) -> int | None:
        """The block that handed out this very tensor."""
        return next((layer for part, layer in self._seen if part is tensor), None)
