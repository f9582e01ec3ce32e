"""Faster equals of a model's layers, for float32 on the CPU.

A token or two at a time, a language model is bound by how fast its weights are read, and many
small products cost more than a few large ones. On some processors oneDNN's product with weights
packed once is faster than PyTorch's plain one, and on some it adds up its terms in an order that
is less exact: it is used only where it comes as near to the true product.
`resources/decisions/0004-fast-layers.md` has the measurements.

What takes a layer's place is compared with it on random input, there and then, and only takes
the place if it agrees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

TOLERANCE = 1e-5
"""Largest difference allowed, relative to the largest number in the layer's answer."""

_MOST_ERROR = 1.2
"""Of a packed product, relative to the plain one's; both measured against float64."""

_SIBLINGS = (
    ("q_proj", "k_proj", "v_proj"),
    ("gate_proj", "up_proj"),
)
"""Names of layers that read the same input one right after the other."""


class PackedLinear(nn.Module):
    """A linear layer whose weights lie in the order in which oneDNN reads them.

    For inference only: no gradient passes through it.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        """Pack a copy of `weight`.

        Args:
            weight: (out, in) float32 on the CPU.
            bias: (out,) float32, or None.
        """
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.packed = torch.ops.mkldnn._reorder_linear_weight(weight.detach(), None)
        self.bias = None if bias is None else bias.detach().clone()
        self._product = torch.ops.mkldnn._linear_pointwise.default

    @property
    def weight(self) -> Tensor:
        """(out, in) float32, unpacked anew at each access, for code that reads it directly."""
        dense: Tensor = self.packed.to_dense()
        return dense

    def forward(self, x: Tensor) -> Tensor:
        """`x @ weight.T + bias`: (..., in) float32 to (..., out) float32."""
        product: Tensor = self._product(x, self.packed, self.bias, "none", [], "")
        return product


def plain_linear(weight: Tensor, bias: Tensor | None) -> nn.Linear:
    """A linear layer of PyTorch's around (out, in) `weight` and (out,) `bias`."""
    n_out, n_in = weight.shape
    layer = nn.Linear(n_in, n_out, bias=bias is not None, device="meta")
    layer.weight = nn.Parameter(weight, requires_grad=False)
    if bias is not None:
        layer.bias = nn.Parameter(bias, requires_grad=False)
    return layer


@cache
def packs_exactly(n_in: int) -> bool:
    """Whether the packed product of `n_in` terms is as near to the true one as PyTorch's own.

    It depends on the processor: in which order its kernels add up.
    """
    source = torch.Generator().manual_seed(0)
    weight = torch.randn(256, n_in, generator=source)
    errors = []
    for n_rows in (1, 4, 32):  # kernels differ by the number of rows
        x = torch.randn(n_rows, n_in, generator=source)
        true = x.double() @ weight.double().T
        packed = PackedLinear(weight, None)(x) - true
        errors.append(float(packed.norm() / (F.linear(x, weight) - true).norm()))
    return max(errors) <= _MOST_ERROR


class SharedProduct:
    """Several linear layers of the same input, computed as one product.

    Attributes:
        sizes: Rows of each layer's weight.
        linear: The one product.

    The first layer that is called computes for all of them; the others, called with the very
    same tensor, take what is there. A layer called with another tensor computes again, so the
    answer is right in whatever order and with whatever input the layers are called.
    """

    def __init__(self, layers: list[nn.Linear]) -> None:
        """Copy the layers' weights, one below the other."""
        self.sizes = [layer.out_features for layer in layers]
        biases = None
        if any(layer.bias is not None for layer in layers):
            biases = torch.cat([_bias_or_zeros(layer) for layer in layers])
        weight = torch.cat([layer.weight.detach() for layer in layers])
        self.linear = (
            PackedLinear(weight, biases)
            if packs_exactly(weight.shape[1])
            else plain_linear(weight, biases)
        )
        self._input: Tensor | None = None
        self._parts: list[Tensor | None] = [None] * len(layers)

    def take(self, index: int, x: Tensor) -> Tensor:
        """What layer `index` gives for `x`: (..., in) to (..., out)."""
        part = self._parts[index] if x is self._input else None
        if part is None:
            self._input = x
            self._parts = list(torch.split(self.linear(x), self.sizes, dim=-1))
            part = self._parts[index]
            assert part is not None
        # Each part is handed out once, and with the last one nothing is held any more.
        self._parts[index] = None
        if not any(other is not None for other in self._parts):
            self._input = None
        return part


class SharedLinear(nn.Module):
    """One of the layers of a `SharedProduct`."""

    def __init__(self, product: SharedProduct, index: int) -> None:
        super().__init__()
        self.in_features = product.linear.in_features
        self.out_features = product.sizes[index]
        self.product = product
        self.index = index

    @property
    def weight(self) -> Tensor:
        """(out, in) float32, unpacked anew at each access, for code that reads it directly."""
        return torch.split(self.product.linear.weight, self.product.sizes)[self.index]

    @property
    def bias(self) -> Tensor | None:
        """(out,) float32, or None."""
        bias = self.product.linear.bias
        return None if bias is None else torch.split(bias, self.product.sizes)[self.index]

    def forward(self, x: Tensor) -> Tensor:
        """`x @ weight.T + bias`: (..., in) float32 to (..., out) float32."""
        return self.product.take(self.index, x)


class FusedRMSNorm(nn.Module):
    """Root mean square norm in one function of PyTorch's instead of six."""

    def __init__(self, weight: Tensor, scale: Tensor, eps: float) -> None:
        """Norm over the last dimension.

        Args:
            weight: (C,) the parameter of the layer it replaces, kept for who reads it.
            scale: (C,) what the normed values are multiplied by: `weight`, or 1 + `weight`.
            eps: Added to the mean of the squares.
        """
        super().__init__()
        self.weight = nn.Parameter(weight.detach(), requires_grad=False)
        self.eps = eps
        self._scale = scale.detach().clone()
        self._shape = tuple(weight.shape)

    def forward(self, x: Tensor) -> Tensor:
        """(..., C) float32 to the same."""
        return F.rms_norm(x, self._shape, self._scale, self.eps)


def accelerate(model: PreTrainedModel) -> tuple[str, ...]:
    """Replace layers of `model` in place by faster equals.

    The old weights are given up one layer at a time, so that memory never holds the model
    twice; an embedding tied to the last layer keeps its rows. What replaced linear layers held
    is no longer among `model.parameters()`: count them before.

    Args:
        model: For inference from here on.

    Returns:
        What was replaced, and what was left as it was because its replacement disagreed, a
        description each. Empty where there is nothing to gain: a model that is not all float32,
        or not on the CPU, or a PyTorch without oneDNN.
    """
    if not _can_pack(model):
        return ()
    done: Counter[str] = Counter()
    left: list[str] = []
    with torch.inference_mode(False), torch.no_grad():
        # Only parents: a list that names the layers themselves would keep all their weights.
        parents = [(path, m) for path, m in model.named_modules() if len(m._modules) > 0]
        for path, parent in parents:
            for names in _SIBLINGS:
                _share_product(path, parent, names, done, left)
        _replace_each(parents, done, left)
        # What is left may be a view of a mapped file, and would keep all of it in memory.
        for tensor in (*model.parameters(), *model.buffers()):
            tensor.data = tensor.data.clone()
    return tuple(f"{kind}: {count}" for kind, count in done.items()) + tuple(left)


def _can_pack(model: PreTrainedModel) -> bool:
    """Whether every parameter is float32 on the CPU and oneDNN is at hand."""
    return (
        torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
        and all(p.device.type == "cpu" and p.dtype == torch.float32 for p in model.parameters())
    )


def _share_product(
    path: str, parent: nn.Module, names: tuple[str, ...], done: Counter[str], left: list[str]
) -> None:
    """Make one product of the children `names` of `parent`, if it has them."""
    children = parent._modules
    layers = [child for name in names if type(child := children.get(name)) is nn.Linear]
    inputs = {layer.in_features for layer in layers}
    if len(layers) < len(names) or len(inputs) > 1 or any(_is_hooked(layer) for layer in layers):
        return
    product = SharedProduct(layers)
    shared = [SharedLinear(product, index) for index in range(len(names))]
    difference = max(_difference(old, new) for old, new in zip(layers, shared, strict=True))
    if difference <= TOLERANCE:
        for name, new in zip(names, shared, strict=True):
            setattr(parent, name, new.eval())
        done[f"one product of {', '.join(names)}"] += 1
    else:
        left.append(_left_alone(f"{path}.({', '.join(names)})", difference))


def _replace_each(
    parents: list[tuple[str, nn.Module]], done: Counter[str], left: list[str]
) -> None:
    """Replace every single layer for which there is a faster equal."""
    places: dict[nn.Module, list[tuple[str, nn.Module, str]]] = {}
    for path, parent in parents:
        for name, layer in parent.named_children():
            if not _is_hooked(layer):
                places.setdefault(layer, []).append((path, parent, name))
    while places:
        layer = next(iter(places))
        spots = places.pop(layer)  # a layer that is used in two places stays one layer
        differences = []
        for kind, new in _candidates(layer):
            differences.append(_difference(layer, new))
            if differences[-1] <= TOLERANCE:
                for _, parent, name in spots:
                    setattr(parent, name, new.eval())
                done[kind] += 1
                break
        else:
            if differences:
                path, _, name = spots[0]
                left.append(_left_alone(f"{path}.{name}".lstrip("."), min(differences)))


def _candidates(layer: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """What might take the place of `layer`, each with what it is called."""
    if type(layer) is nn.Linear:
        if packs_exactly(layer.in_features):
            yield "packed linear layer", PackedLinear(layer.weight, layer.bias)
    elif type(layer) is Conv1D:
        if packs_exactly(layer.weight.shape[0]):
            yield "packed linear layer", PackedLinear(layer.weight.t().contiguous(), layer.bias)
    elif type(layer).__name__.endswith("RMSNorm"):
        weight = layer._parameters.get("weight")
        eps = getattr(layer, "variance_epsilon", getattr(layer, "eps", None))
        if weight is not None and weight.dim() == 1 and isinstance(eps, float):
            yield "fused RMS norm", FusedRMSNorm(weight, weight, eps)
            yield "fused RMS norm", FusedRMSNorm(weight, 1.0 + weight, eps)


def _difference(old: nn.Module, new: nn.Module) -> float:
    """Largest difference of two layers' answers, relative to the largest number in a row.

    Infinite where they cannot be compared: another shape, an exception, NaN.
    """
    weight = old._parameters["weight"]
    assert weight is not None
    width = weight.shape[-1 if isinstance(old, nn.Linear) else 0]
    source = torch.Generator().manual_seed(0)  # leaves the global random numbers alone
    # Rows of very different size show a constant, such as eps, in the wrong place.
    sizes = torch.tensor([1e-3, 1.0, 1e3])[:, None]
    x = (torch.randn(3, width, generator=source) * sizes)[None]
    try:
        expected, found = old(x), new(x)
    except (RuntimeError, TypeError, ValueError):
        return float("inf")
    if expected.shape != found.shape:
        return float("inf")
    scale = expected.abs().amax(-1).clamp_min(torch.finfo(torch.float32).tiny)
    difference = ((found - expected).abs().amax(-1) / scale).max().item()
    return difference if difference == difference else float("inf")


def _is_hooked(layer: nn.Module) -> bool:
    """Whether somebody listens to this very layer."""
    return bool(layer._forward_hooks or layer._forward_pre_hooks)


def _bias_or_zeros(layer: nn.Linear) -> Tensor:
    return layer.weight.new_zeros(layer.out_features) if layer.bias is None else layer.bias.detach()


def _left_alone(path: str, difference: float) -> str:
    return f"{path} left as it is: its replacement differs by {difference:.1e}"
