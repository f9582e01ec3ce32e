"""Lines between tokens: which are drawn, where, in which colour, and what they report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt

from visualizer.engine.treatment import Treatment
from visualizer.session.views import MOST_ARC_UNITS
from visualizer.ui.theme import THEMES, apply_theme, current_theme
from visualizer.ui.widgets.attention_arcs import LEAST_LEVEL, AttentionArcs
from visualizer.ui.widgets.view_colours import HeadColours


@pytest.fixture(autouse=True)
def _light(qapp):
    apply_theme(qapp, THEMES["light"])
    yield
    apply_theme(qapp, THEMES["light"])


@pytest.fixture
def arcs(qtbot):
    widget = AttentionArcs()
    qtbot.addWidget(widget)
    widget.resize(480, 420)
    widget.show()
    return widget


def show(arcs, view):
    arcs.set_view(view, HeadColours(view))


def weights_of(*cells, n=5, weight=0.5):
    weights = np.zeros((n, n), np.float32)
    for row, column in cells:
        weights[row, column] = weight
    return weights


def colours_between(arcs, row, column):
    """What is drawn half way along the line of a query and a key."""
    image = arcs.viewport().grab().toImage()
    start = arcs.token_area(row, is_query=True).center()
    end = arcs.token_area(column, is_query=False).center()
    middle = arcs.viewport().width() // 2
    y = round((start.y() + end.y()) / 2)
    scale = image.devicePixelRatio()
    names = set()
    for dy in (-2, -1, 0, 1, 2):
        place = QPoint(round(middle * scale), round((y + dy) * scale))
        names.add(image.pixelColor(place).name())
    return names


def hues(names, hue):
    """Whether one of the colours is of the same hue as a colour of the theme."""
    from PySide6.QtGui import QColor

    wanted = QColor(hue).hslHue()
    found = [QColor(name) for name in names]
    return any(c.hslSaturation() > 60 and abs(c.hslHue() - wanted) < 12 for c in found)


# ---------------------------------------------------------------------------------- drawing


def test_a_line_for_each_weight_that_can_be_seen(arcs, head_view):
    weights = weights_of((4, 1), (2, 0))
    weights[3, 3] = (LEAST_LEVEL - 0.6) / 255
    show(arcs, head_view(weights))
    assert arcs.shown_lines() == [(2, 0), (4, 1)]
    paper = {current_theme().paper.lower()}
    assert colours_between(arcs, 4, 1) != paper
    assert colours_between(arcs, 3, 3) == paper


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**31), pointed=st.integers(-6, 5))
def test_pointing_leaves_exactly_the_lines_of_that_token(arcs, head_view, causal, seed, pointed):
    weights = causal(6, seed)
    show(arcs, head_view(weights))
    levels = np.rint(weights * 255)
    is_key, token = pointed < 0, pointed if pointed >= 0 else -pointed - 1
    arcs._point_at(None if is_key else token, token if is_key else None)
    wanted = [
        (q, k)
        for q in range(6)
        for k in range(6)
        if levels[q, k] >= LEAST_LEVEL and (k if is_key else q) == token
    ]
    assert arcs.shown_lines() == wanted


def test_outgoing_lines_are_in_the_hue_of_queries_and_incoming_ones_in_that_of_keys(
    arcs, head_view
):
    show(arcs, head_view(weights_of((4, 1), weight=1.0)))
    theme = current_theme()
    arcs._point_at(4, None)
    assert hues(colours_between(arcs, 4, 1), theme.query)
    arcs._point_at(None, 1)
    assert hues(colours_between(arcs, 4, 1), theme.key)
    arcs._point_at(3, None)
    assert colours_between(arcs, 4, 1) == {theme.paper.lower()}


def test_the_selected_querys_lines_stand_out_from_the_others(arcs, head_view):
    show(arcs, head_view(weights_of((4, 1), (2, 2), weight=1.0), query=4))
    hue = current_theme().query
    assert hues(colours_between(arcs, 4, 1), hue)
    assert not hues(colours_between(arcs, 2, 2), hue)
    arcs._point_at(None, 1)
    assert hues(colours_between(arcs, 4, 1), current_theme().key)


def test_a_stronger_weight_makes_a_stronger_line(arcs, head_view):
    drawn = []
    for weight in (0.05, 0.4, 1.0):
        show(arcs, head_view(weights_of((4, 4), weight=weight)))
        image = arcs.viewport().grab().toImage()
        y = round(arcs.token_area(4, is_query=True).center().y() * image.devicePixelRatio())
        x = image.width() // 2
        column = [image.pixelColor(x, y + dy).lightness() for dy in range(-4, 5)]
        drawn.append(sum(255 - light for light in column))
    assert drawn[0] < drawn[1] < drawn[2]


def test_both_themes_draw_all_forms_of_pointing(qapp, arcs, head_view, causal):
    show(arcs, head_view(causal(6), query=5))
    seen = set()
    for name in THEMES:
        apply_theme(qapp, THEMES[name])
        for pointed in ((None, None), (3, None), (None, 3)):
            arcs._point_at(*pointed)
            seen.add(bytes(arcs.grab().toImage().constBits()))
    assert len(seen) == 6


def test_a_stale_head_is_dimmed(arcs, head_view, causal):
    show(arcs, head_view(causal(4)))
    fresh = arcs.grab().toImage()
    show(arcs, head_view(causal(4), stale=True))
    assert arcs.grab().toImage() != fresh


# ---------------------------------------------------------------------------------- limits


def test_forty_units_are_drawn_and_one_more_is_not(arcs, head_view, causal):
    assert AttentionArcs.can_draw(head_view(causal(MOST_ARC_UNITS)))
    assert not AttentionArcs.can_draw(head_view(causal(MOST_ARC_UNITS + 1)))
    assert not AttentionArcs.can_draw(head_view(causal(10), block=2, n_tokens=20))


def test_every_token_of_the_longest_text_can_be_reached(arcs, head_view, causal):
    arcs.resize(300, 240)
    show(arcs, head_view(causal(MOST_ARC_UNITS), query=0))
    arcs.setFocus()
    last = MOST_ARC_UNITS - 1
    arcs.verticalScrollBar().setValue(arcs.verticalScrollBar().maximum())
    assert arcs.token_area(last, is_query=True).bottom() <= arcs.viewport().height() + 1
    arcs.verticalScrollBar().setValue(0)
    assert arcs.token_area(0, is_query=True).top() > 0


def test_words_are_drawn_once_each(arcs, head_view):
    view = head_view(weights_of((2, 1), n=3), n_tokens=9, rows=(0, 3), columns=(0, 3))
    starts = np.array([0, 2, 5, 9], np.int64)
    record = replace(view.record, unit_starts=starts, treatment=Treatment(granularity="words"))
    show(arcs, replace(view, record=record, query=6))
    assert arcs.shown_lines() == [(2, 1)]
    assert arcs.selected_row() == 2


# ---------------------------------------------------------------------------------- pointing


def test_hovering_reports_queries_on_the_left_and_keys_on_the_right(qtbot, arcs, head_view, causal):
    show(arcs, head_view(causal(5)))
    for cell, is_query, wanted in ((3, True, [3, -1]), (1, False, [-1, 1])):
        place = arcs.token_area(cell, is_query=is_query).center()
        with qtbot.waitSignal(arcs.crosshair_moved) as moved:
            qtbot.mouseMove(arcs.viewport(), place.toPoint())
        assert moved.args == wanted
    assert arcs.target_at(QPointF(arcs.width() / 2, 200)) == (None, None)
    assert arcs.target_at(QPointF(5, 2)) == (None, None)


def test_a_click_on_either_side_selects_the_token(qtbot, arcs, head_view, causal):
    show(arcs, head_view(causal(5)))
    for is_query in (True, False):
        place = arcs.token_area(2, is_query=is_query).center().toPoint()
        with qtbot.waitSignal(arcs.row_selected) as selected:
            qtbot.mouseClick(arcs.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert selected.args == [2]


def test_the_keyboard_reaches_every_token_of_both_sides(qtbot, arcs, head_view, causal):
    show(arcs, head_view(causal(5), query=3))
    keys = Qt.Key
    for key, wanted in (
        (keys.Key_Down, (3, None)),
        (keys.Key_Down, (4, None)),
        (keys.Key_Down, (4, None)),
        (keys.Key_Right, (None, 4)),
        (keys.Key_Up, (None, 3)),
        (keys.Key_Home, (None, 0)),
        (keys.Key_Left, (0, None)),
        (keys.Key_End, (4, None)),
        (keys.Key_Escape, (None, None)),
    ):
        qtbot.keyClick(arcs, key)
        assert arcs.crosshair == wanted, key
    qtbot.keyClick(arcs, keys.Key_Right)
    with qtbot.waitSignal(arcs.row_selected) as selected:
        qtbot.keyClick(arcs, keys.Key_Return)
    assert selected.args == [3]


def test_a_shorter_text_lets_go_of_a_token_that_is_gone(qtbot, arcs, head_view, causal):
    show(arcs, head_view(causal(6)))
    arcs._point_at(5, None)
    with qtbot.waitSignal(arcs.crosshair_moved) as moved:
        show(arcs, head_view(causal(4)))
    assert moved.args == [-1, -1]
    arcs.clear()
    assert not arcs.grab().isNull()
