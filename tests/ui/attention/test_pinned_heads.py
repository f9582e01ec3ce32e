"""Pinned heads side by side: as large as there is room, one crosshair, each its own numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor

from visualizer.engine.errors import NonFiniteError
from visualizer.session.head_labels import HeadLabel
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.attention_image import attention_table
from visualizer.ui.widgets.pinned_heads import PinnedHeads, largest_grid
from visualizer.ui.widgets.view_colours import HeadColours

PINS = ((3, 5), (0, 1), (2, 2))


@pytest.fixture(autouse=True)
def _light(qapp):
    apply_theme(qapp, THEMES["light"])
    yield
    apply_theme(qapp, THEMES["light"])


@pytest.fixture
def heads(qtbot):
    widget = PinnedHeads()
    qtbot.addWidget(widget)
    widget.resize(480, 400)
    widget.show()
    return widget


@pytest.fixture
def pinned_view(head_view, causal):
    """Three heads, each with weights of its own; the first is the one on show."""

    def make(n=6, *, block=1, query=None, known=3, **values):
        view = head_view(causal(n), block=block, query=query, **values)
        records = tuple(
            replace(view.record, layer=layer, head=head, weights=causal(n, seed + 1))
            for seed, (layer, head) in enumerate(PINS)
        )
        return replace(view, form="pins", pins=PINS, pinned=records[:known])

    return make


def show(heads, view):
    heads.set_view(view, HeadColours(view))


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(1, 12), width=st.floats(60, 2000), height=st.floats(60, 2000), t=st.floats(8, 40)
)
def test_squares_lie_inside_apart_and_could_not_be_larger(n, width, height, t):
    grid = largest_grid(n, width, height, t)
    squares = [grid.square(number) for number in range(n)]
    if grid.side_px > 1:
        room = QRectF(0, 0, width, height)
        titled = [square.adjusted(0, -t, 0, 0) for square in squares]
        assert all(room.contains(square) for square in titled)
        for number, one in enumerate(titled):
            assert not any(one.intersects(other) for other in titled[:number])
    best = 1.0
    for across in range(1, n + 1):
        down = -(-n // across)
        best = max(
            best,
            int(
                min(
                    (width - 2 - 12 * (across - 1)) / across,
                    (height - 2 - 12 * (down - 1)) / down - t,
                )
            ),
        )
    assert grid.side_px == best


def test_every_map_shows_its_own_weights(heads, pinned_view):
    view = pinned_view()
    show(heads, view)
    image = heads.grab().toImage()
    table = attention_table(THEMES["light"])
    for number, record in enumerate(view.pinned):
        area = heads.square(number)
        edge, scale = area.width() / 6, image.devicePixelRatio()
        for row, column in ((0, 0), (3, 1), (5, 5), (1, 4)):
            place = area.topLeft() + QPointF((column + 0.3) * edge, (row + 0.3) * edge)
            seen = image.pixelColor(round(place.x() * scale), round(place.y() * scale))
            level = round(float(record.weights[row, column]) * 255)
            assert seen.name() == QColor(*table[level].tolist()).name()


def test_the_crosshair_is_shared_and_each_head_tells_its_weight(qtbot, heads, pinned_view):
    view = pinned_view()
    show(heads, view)
    assert heads.weight_shown(view.pinned[0]) == ""
    area = heads.square(1)
    edge = area.width() / 6
    with qtbot.waitSignal(heads.crosshair_moved) as moved:
        place = area.topLeft() + QPointF(2.5 * edge, 4.5 * edge)
        qtbot.mouseMove(heads, place.toPoint())
    assert moved.args == [4, 2]
    assert heads.current_record() is view.pinned[1]
    for record in view.pinned:
        assert heads.weight_shown(record) == f"{record.weights[4, 2]:.4f}"


def test_pooled_weights_are_bounds(heads, pinned_view):
    view = pinned_view(4, block=8, n_tokens=32)
    show(heads, view)
    heads._point_at(20, 9)
    assert heads.weight_shown(view.pinned[2]) == f"≤ {view.pinned[2].weights[2, 1]:.4f}"


def test_heads_that_are_not_known_yet_keep_their_places(qtbot, heads, pinned_view):
    show(heads, pinned_view(known=1))
    before = heads.square(0)
    assert heads.record_of((2, 2)) is None
    assert not heads.grab().isNull()
    show(heads, pinned_view())
    assert heads.square(0) == before
    with qtbot.waitSignal(heads.head_chosen) as chosen:
        place = heads.square(2).center().toPoint()
        qtbot.mouseClick(heads, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [2, 2]


def test_the_keyboard_moves_the_crosshair_and_goes_from_head_to_head(qtbot, heads, pinned_view):
    view = pinned_view(query=3)
    show(heads, view)
    keys = Qt.Key
    for key, wanted in (
        (keys.Key_Right, (3, 0)),
        (keys.Key_Right, (3, 1)),
        (keys.Key_Up, (2, 1)),
        (keys.Key_Left, (2, 0)),
        (keys.Key_Left, (2, 0)),
        (keys.Key_Down, (3, 0)),
    ):
        qtbot.keyClick(heads, key)
        assert heads.crosshair == wanted
    qtbot.keyClick(heads, keys.Key_PageDown)
    assert heads.current_record() is view.pinned[1]
    with qtbot.waitSignal(heads.head_chosen) as chosen:
        qtbot.keyClick(heads, keys.Key_Return)
    assert chosen.args == [0, 1]
    qtbot.keyClick(heads, keys.Key_Escape)
    assert heads.crosshair == (None, None)


def test_levels_are_made_anew_only_for_other_weights_or_colours(heads, pinned_view, monkeypatch):
    made = []
    levels = HeadColours.levels

    def counting(self, record):
        made.append(record)
        return levels(self, record)

    monkeypatch.setattr(HeadColours, "levels", counting)
    view = pinned_view()
    show(heads, view)
    show(heads, replace(view, query=2))
    assert len(made) == 3
    show(heads, replace(view, colour_scale="log"))
    assert len(made) == 6
    show(heads, replace(view, colour_scale="log", top=0.5))
    assert len(made) == 9


def test_by_percentile_heads_follow_the_weights_they_are_measured_by(heads, pinned_view, causal):
    view = replace(pinned_view(), colour_scale="percentile")
    show(heads, view)
    before = heads.grab().toImage()
    other = replace(view.record, weights=np.sqrt(causal(6, 9)))
    show(heads, replace(view, record=other))
    assert heads.grab().toImage() != before


def test_one_head_without_numbers_is_refused(heads, pinned_view):
    view = pinned_view()
    weights = view.pinned[1].weights.copy()
    weights[3, 0] = np.inf
    spoiled = replace(view.pinned[1], weights=weights)
    with pytest.raises(NonFiniteError):
        show(heads, replace(view, pinned=(view.pinned[0], spoiled)))


def test_the_cross_of_a_title_takes_the_head_from_the_pins(qtbot, heads, pinned_view):
    show(heads, pinned_view())
    dropped: list[tuple[int, ...]] = []
    chosen: list[tuple[int, ...]] = []
    heads.head_dropped.connect(lambda *head: dropped.append(head))
    heads.head_chosen.connect(lambda *head: chosen.append(head))
    cross = heads.cross_rect(1)
    assert heads.number_at(cross.center()) == 1
    assert not cross.intersects(heads.square(1))
    qtbot.mouseClick(heads, Qt.MouseButton.LeftButton, pos=cross.center().toPoint())
    assert dropped == [PINS[1]]
    assert chosen == []


def test_a_title_says_what_its_head_does(heads, pinned_view):
    plain = pinned_view()
    label = HeadLabel("induction", 0.9, 0.1)
    show(heads, plain)
    before = heads.grab().toImage()
    show(heads, replace(plain, pin_labels={PINS[2]: (label,)}))
    assert heads.roles_of(PINS[2]) == "induction head"
    assert heads.roles_of(PINS[0]) == ""
    assert heads.grab().toImage() != before
