"""Any array at all: drawn, or refused with a sentence; painting never raises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PySide6.QtGui import QImage

from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.ui.theme import LIGHT, apply_theme
from visualizer.ui.widgets.head_reading import heard, reading
from visualizer.ui.widgets.heatmap import Heatmap

SCALES = ("linear", "log", "square root", "percentile", "row")
ODD_NUMBERS = st.sampled_from([0.0, 1.0, 0.5, 1e-7, -0.2, 7.0, np.nan, np.inf, -np.inf])
RELAXED = settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def heatmap(qtbot, qapp):
    apply_theme(qapp, LIGHT)
    widget = Heatmap()
    qtbot.addWidget(widget)
    widget.resize(260, 240)
    return widget


@st.composite
def odd_arrays(draw):
    shape = draw(arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6))
    dtype = draw(st.sampled_from([np.float32, np.float16, np.float64, np.int64, np.bool_]))
    is_float = np.dtype(dtype).kind == "f"
    elements = ODD_NUMBERS if is_float else None
    made = draw(arrays.arrays(dtype, shape, elements=elements, fill=st.nothing()))
    if draw(st.booleans()) and made.ndim == 2:
        made = made.T
    if draw(st.booleans()):
        made = np.asfortranarray(made)
    if draw(st.booleans()):
        made.flags.writeable = False
    return made


@RELAXED
@given(weights=odd_arrays(), scale=st.sampled_from(SCALES), tile=st.booleans())
def test_an_array_is_drawn_or_refused(heatmap, head_view, weights, scale, tile):
    shape = weights.shape if weights.ndim == 2 else (3, 3)
    n = max(*shape, 1)
    view = head_view(
        weights, n_tokens=n, rows=(0, shape[0]), columns=(0, shape[1]), colour_scale=scale
    )
    if tile:
        view = replace(view, tile=replace(view.record, request_id=9))
    is_map = weights.ndim == 2 and weights.size > 0 and weights.dtype.kind == "f"
    if is_map and np.isfinite(weights).all():
        heatmap.set_view(view)
        heatmap.grab()
        for row, column in ((0, 0), (shape[0] - 1, shape[1] - 1), (0, None), (None, 0)):
            assert reading(view, row, column)
            assert heard(view, row, column)
        return
    with pytest.raises((UsageError, NonFiniteError)) as refused:
        heatmap.set_view(view)
    assert str(refused.value).endswith(".")
    heatmap.grab()


@pytest.mark.parametrize(
    "changes",
    [
        {"block": 2},
        {"block": 0},
        {"rows": (0, 4)},
        {"columns": (2, 7)},
        {"rows": (3, 3)},
        {"rows": (-1, 4), "n_tokens": 5},
        {"n_tokens": 900},
        {"unit_starts": np.array([0, 2, 5], np.int64)},
    ],
    ids=str,
)
def test_weights_that_do_not_fit_their_record_are_refused(heatmap, head_view, causal, changes):
    good = head_view(causal(5))
    heatmap.set_view(good)
    before = heatmap.grab().toImage()
    with pytest.raises(UsageError):
        heatmap.set_view(replace(good, record=replace(good.record, **changes)))
    assert heatmap.grab().toImage() == before


def test_a_tile_that_cannot_be_drawn_is_refused_whole(heatmap, head_view, causal):
    view = head_view(causal(3), block=4, n_tokens=12)
    heatmap.set_view(view)
    before = heatmap.grab().toImage()
    spoilt = replace(view.record, rows=(0, 2), columns=(0, 2), block=1)
    for weights in (np.full((2, 2), np.nan, np.float32), np.zeros((3, 2), np.float32)):
        with pytest.raises(VisualizerError):
            heatmap.set_view(replace(view, tile=replace(spoilt, weights=weights)))
        assert heatmap.grab().toImage() == before


@settings(deadline=None, max_examples=25)
@given(
    n=st.sampled_from([1, 2, 300, 4096, 8192]),
    block=st.sampled_from([1, 4, 64]),
    size=st.tuples(st.integers(1, 500), st.integers(1, 500)),
    zooms=st.lists(
        st.tuples(st.floats(0.1, 60), st.floats(-50, 600), st.floats(-50, 600)), max_size=3
    ),
)
def test_any_length_size_and_zoom_is_painted(big_view, n, block, size, zooms):
    heatmap = Heatmap()
    heatmap.resize(*size)
    heatmap.set_view(big_view(n, block if n < 4096 else max(block, 4)))
    canvas = QImage(*size, QImage.Format.Format_RGB32)
    heatmap.render(canvas)
    for factor, px, py in zooms:
        heatmap.zoom(factor, px, py)
        heatmap._point_at(n // 2, n // 3)
        heatmap.render(canvas)
    sight = heatmap._layout.in_sight()
    assert 0 <= sight[0] < sight[1] <= n
    assert 0 <= sight[2] < sight[3] <= n
    heatmap.deleteLater()


@pytest.fixture(scope="module")
def big_view(qapp):
    """Makes views of long texts, each once."""
    made = {}

    def make(n, block):
        if (n, block) not in made:
            made[n, block] = _big_view(n, block)
        return made[n, block]

    return make


def _big_view(n, block):
    from visualizer.engine.records import HeadRecord
    from visualizer.engine.tokenization import Tokenization
    from visualizer.session.views import HeadView

    n_cells = -(-n // block)
    weights = np.tril(np.random.default_rng(0).random((n_cells, n_cells), dtype=np.float32))
    index = np.arange(n, dtype=np.int64)
    text = Tokenization("a" * n, index, (b"a",) * n, index.copy(), index + 1, 0, "made-up")
    record = HeadRecord(1, 0, 0, n, (0, n), (0, n), block, weights)
    return HeadView(record, text, n - 1, 1, 1, "linear", "one", "made-up")
