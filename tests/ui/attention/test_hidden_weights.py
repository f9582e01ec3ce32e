"""What a treatment hides is hatched, called hidden, and never written as 0, wherever it stands."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QGuiApplication

from visualizer.engine.errors import UsageError
from visualizer.engine.treatment import Treatment
from visualizer.session.export_tables import Origin
from visualizer.session.exports import head_csv, head_json, head_npz
from visualizer.session.pins_table import pins_npz, pins_table
from visualizer.session.token_links import column_region
from visualizer.ui.export_files import copy_cell, copy_head_table, copy_row
from visualizer.ui.figure_arcs import arcs_figure
from visualizer.ui.figure_files import figure_bytes
from visualizer.ui.figure_pins import pins_figure, plan_pins_figure
from visualizer.ui.figures import head_figure, head_figure_size, plan_head_figure
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.attention_arcs import AttentionArcs
from visualizer.ui.widgets.attention_text import AttentionText
from visualizer.ui.widgets.head_reading import heard, reading
from visualizer.ui.widgets.heatmap import Heatmap
from visualizer.ui.widgets.pinned_heads import PinnedHeads
from visualizer.ui.widgets.view_colours import HeadColours

N = 6


@pytest.fixture(params=["light", "dark"])
def theme(request, qapp):
    apply_theme(qapp, THEMES[request.param])
    yield THEMES[request.param]
    apply_theme(qapp, THEMES["light"])


@pytest.fixture
def hidden_view(head_view, causal):
    """The first token is hidden, and what is left of each row is taken as all of it."""

    def make(form="map"):
        weights = causal(N)
        weights[:, 0] = 0
        weights[1:] /= weights[1:].sum(axis=1, keepdims=True)
        view = head_view(weights, query=N - 1)
        record = replace(view.record, treatment=Treatment(("first",), discount=True))
        pins = ((record.layer, record.head),)
        return replace(view, record=record, form=form, pins=pins, pinned=(record,))

    return make


def shown(qtbot, widget, view):
    qtbot.addWidget(widget)
    widget.resize(480, 420)
    widget.set_view(view, HeadColours(view))
    widget.show()
    return widget


def strokes(image, area, theme):
    """Pixels in the colour of what is removed, in an area of logical pixels."""
    ratio, colour = image.devicePixelRatio(), QColor(theme.removed).rgb()
    xs = range(round(area.left() * ratio) + 1, round(area.right() * ratio) - 1)
    ys = range(round(area.top() * ratio) + 1, round(area.bottom() * ratio) - 1)
    return sum(image.pixelColor(x, y).rgb() == colour for x in xs for y in ys)


def test_hidden_cells_of_the_map_are_hatched_and_have_no_number(qtbot, theme, hidden_view):
    heatmap = shown(qtbot, Heatmap(), hidden_view())
    image = heatmap.grab().toImage()
    cell = heatmap.places.cell_area
    assert strokes(image, cell((3, 4), (0, 1)), theme) > 30
    for row, column in ((3, 1), (1, 4)):  # a weight, and what cannot be looked at
        area = cell((row, row + 1), (column, column + 1))
        assert strokes(image, area, theme) == 0
    # Nothing but strokes and paper: no digits.
    area, ratio = cell((3, 4), (0, 1)), image.devicePixelRatio()
    inside = area.adjusted(3, 3, -3, -3)
    colours = {
        image.pixelColor(round(x * ratio), round(y * ratio)).name()
        for x in np.arange(inside.left(), inside.right())
        for y in np.arange(inside.top(), inside.bottom())
    }
    assert len(colours) == 2


def test_pinned_heads_are_hatched_and_say_hidden(qtbot, theme, hidden_view):
    view = hidden_view("pins")
    pins = shown(qtbot, PinnedHeads(), view)
    square = pins.square(0)
    edge = square.width() / N
    column = QRectF(square.left(), square.top(), edge, square.height() - 2 * edge)
    assert strokes(pins.grab().toImage(), column, theme) > 50
    assert strokes(pins.grab().toImage(), column.translated(edge, 0), theme) == 0
    place = QPointF(square.left() + edge / 2, square.top() + 3.5 * edge)
    pins._point_at(*pins._units_at(place, 0))
    assert pins.weight_shown(view.record) == "hidden"
    pins._point_at(3, 1)
    assert float(pins.weight_shown(view.record)) > 0


def test_lines_have_hatched_ends_where_their_weight_is_hidden(qtbot, theme, hidden_view):
    arcs = shown(qtbot, AttentionArcs(), hidden_view("arcs"))
    assert arcs.hidden_ends(is_query=False) == [0]
    key = arcs.token_area(0, is_query=False)
    seen = QColor(theme.removed)
    image = arcs.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    found = [
        image.pixelColor(round(x * ratio), round(y * ratio)) == seen
        for x in np.arange(key.left(), key.right())
        for y in np.arange(key.top(), key.bottom())
    ]
    assert any(found)
    arcs._point_at(None, 0)  # the key: all that look at it
    assert arcs.hidden_ends(is_query=True) == list(range(N))
    arcs._point_at(None, 1)
    assert arcs.hidden_ends(is_query=True) == []


def test_tokens_of_the_text_are_hatched(qtbot, theme, hidden_view):
    text = shown(qtbot, AttentionText(), hidden_view("text"))
    assert np.flatnonzero(text.hidden).tolist() == [0]
    image = text.viewport().grab().toImage()
    assert strokes(image, QRectF(text.token_rect(0)), theme) > 3
    assert strokes(image, QRectF(text.token_rect(1)), theme) == 0
    text.set_incoming(True)  # the last token, which is not hidden
    assert not text.hidden.any()


def test_what_is_read_and_heard_says_hidden(hidden_view):
    view = hidden_view()
    assert reading(view, 3, 0).endswith("hidden by choice")
    assert heard(view, 3, 0).endswith("hidden by choice")
    assert "0.0" not in reading(view, 3, 0)
    assert "all that it looks at is hidden" in reading(view, 0, None)
    assert "is hidden by choice from all" in reading(view, None, 0)
    assert "hidden" not in reading(view, 3, 1) + reading(view, 3, None) + reading(view, None, 1)


def test_what_is_not_among_the_largest_is_no_0_either(head_view):
    weights = np.array([[1, 0], [0, 0.6]], np.float32)
    view = head_view(weights)
    view = replace(view, record=replace(view.record, treatment=Treatment(top_mass=0.5)))
    assert reading(view, 1, 0).endswith("hidden by choice")
    assert "not visible" in reading(view, 0, 1)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("theme_name", ["light", "dark", "print"])
def test_figures_are_hatched_in_every_format(theme_name, hidden_view):
    from visualizer.ui.figure_parts import FIGURE_THEMES

    view, theme = hidden_view(), FIGURE_THEMES[theme_name]
    data = head_figure(view, "png", theme_name=theme_name)
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    area, scale = plan_head_figure(view).map, picture.width / head_figure_size(view).width()
    colour = QColor(theme.removed).getRgb()[:3]

    def count(column):
        edge = area.width() / N
        box = (area.left() + column * edge, area.top(), area.left() + (column + 1) * edge)
        part = picture.crop(tuple(round(v * scale) for v in (*box, area.bottom())))
        return sum(n for n, seen in part.getcolors(1 << 24) if seen == colour)

    assert count(0) > 200
    assert count(1) == 0
    for kind in ("svg", "pdf"):
        plain = replace(view, record=replace(view.record, treatment=Treatment()))
        assert head_figure(view, kind, theme_name=theme_name) != head_figure(
            plain, kind, theme_name=theme_name
        )


@pytest.mark.usefixtures("qapp")
def test_pins_and_lines_are_hatched_in_figures(hidden_view):
    view, theme = hidden_view("pins"), THEMES["light"]
    colour = QColor(theme.removed).getRgb()[:3]
    data = figure_bytes(pins_figure(view, theme, "", {}), "png", 1600)
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    area = plan_pins_figure(view).maps[0]
    edge = area.width() / N
    box = (area.left(), area.top(), area.left() + edge, area.bottom())
    part = picture.crop(tuple(round(2 * v) for v in box))
    assert sum(n for n, seen in part.getcolors(1 << 24) if seen == colour) > 100
    plain = replace(view, record=replace(view.record, treatment=Treatment()))
    lines = [
        figure_bytes(arcs_figure(each, theme, "Same title", {}), "png", 1600)
        for each in (view, plain)
    ]
    assert lines[0] != lines[1]


def test_tables_leave_hidden_weights_out_and_say_so(hidden_view):
    view = hidden_view()
    facts, _, *rows = head_csv(view).splitlines()
    assert json.loads(facts[2:])["n_hidden"] == str(N)
    table = list(csv.reader(rows))
    assert [row[1] for row in table] == [""] * N
    assert float(table[3][2]) == pytest.approx(float(view.record.weights[3, 1]))
    assert table[1][4] == "0.0"  # it cannot look there: that is its weight
    report = json.loads(head_json(view))
    assert [row[0] for row in report["weights"]] == [None] * N
    assert report["n_hidden"] == N
    assert report["weights"][1][3] == 0
    arrays = np.load(io.BytesIO(head_npz(view)))
    assert arrays["is_hidden"][:, 0].all()
    assert arrays["is_hidden"].sum() == N
    pins = pins_table(view, Origin())
    assert pins.facts["n_hidden"] == str(N)
    assert pins.objects()[0]["L3·H5"] is None
    assert pins.objects()[N + 1]["L3·H5"] == 1.0
    assert np.load(io.BytesIO(pins_npz(view, Origin())))["is_hidden"].sum() == N


def test_nothing_is_said_of_hidden_weights_where_there_are_none(head_view, causal):
    view = head_view(causal(N))
    assert "n_hidden" not in head_csv(view)
    assert "n_hidden" not in json.loads(head_json(view))
    assert "is_hidden" not in np.load(io.BytesIO(head_npz(view)))


@pytest.mark.usefixtures("qapp")
def test_the_clipboard_gets_no_0_for_a_hidden_weight(hidden_view):
    view, clipboard = hidden_view(), QGuiApplication.clipboard()
    copy_head_table(view)
    assert [line.split("\t")[1] for line in clipboard.text().splitlines()[1:]] == ["hidden"] * N
    copy_row(view, 3)
    assert clipboard.text().splitlines()[1].split("\t")[1] == "hidden"
    with pytest.raises(UsageError, match="hidden by choice"):
        copy_cell(view, 3, 0)
    copy_cell(view, 3, 1)
    assert float(clipboard.text()) == pytest.approx(float(view.record.weights[3, 1]))


def test_a_part_in_sight_has_its_own_hidden_cells(hidden_view):
    from visualizer.session.exports import visible_part

    view = hidden_view()
    rows = column_region(view.record, 0)[:2]
    part = visible_part(replace(view, visible=(*rows, 1, 4)))
    assert "n_hidden" not in json.loads(head_json(part))
    part = visible_part(replace(view, visible=(2, 5, 0, 3)))
    assert json.loads(head_json(part))["n_hidden"] == 3
