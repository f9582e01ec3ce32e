"""The legend: its scale is named, its marks can be read and never touch, whatever the scale."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from visualizer.ui.theme import DARK, LIGHT
from visualizer.ui.widgets.attention_image import attention_table
from visualizer.ui.widgets.colour_legend import (
    BAR_PX,
    ColourLegend,
    _fitting_marks,
    mark_texts,
    paint_colour_bar,
    scale_text,
)
from visualizer.ui.widgets.colour_scale import ColourMapping
from visualizer.ui.widgets.metric_colours import MetricColours
from visualizer.ui.widgets.view_colours import HeadColours

SCALES = ("linear", "log", "square root", "percentile", "row")
SHOWN = st.one_of(
    st.builds(
        ColourMapping,
        st.sampled_from(["linear", "log", "square root"]),
        st.floats(2e-4, 1),
    ),
    st.builds(
        MetricColours,
        st.floats(0, 10),
        st.floats(11, 10_000),
        st.sampled_from(["share", "bits", "tokens", "cosine"]),
    ),
)


@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_is_named_and_has_marks(head_view, causal, scale):
    colours = HeadColours(head_view(causal(20), colour_scale=scale))
    texts = mark_texts(colours)
    assert len(texts) == len(colours.ticks()) >= 4
    places = [place for place, _ in colours.ticks()]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0.0, 1.0)
    names = [scale_text(other) for other in SCALES]
    assert len(set(names)) == len(names)


def test_marks_of_a_row_end_at_its_largest(head_view, causal):
    colours = HeadColours(head_view(causal(4), colour_scale="row"))
    assert mark_texts(colours) == ["0", "25 %", "50 %", "75 %", "row's largest"]


def test_the_first_mark_of_log_stands_for_all_below():
    assert mark_texts(ColourMapping("log"))[0] == "≤ 0.0001"
    assert mark_texts(ColourMapping())[0] == "0"


@settings(deadline=None, max_examples=60)
@given(colours=SHOWN, width=st.integers(60, 700))
def test_marks_never_touch(qapp, colours, width):
    metrics = QFontMetricsF(qapp.font())
    marks = _fitting_marks(colours, QRectF(0, 0, width, BAR_PX), metrics)
    spans = [(left, left + metrics.horizontalAdvance(text)) for _, left, text in marks]
    inner = spans if len(spans) > 2 else []
    for (_, end), (start, _) in pairwise(inner):
        assert end < start
    texts = mark_texts(colours)
    assert (marks[0][2], marks[-1][2]) == (texts[0], texts[-1])


@pytest.mark.parametrize("width", [120, 160, 470])
@pytest.mark.parametrize("scale", SCALES)
def test_nothing_is_cut_at_the_ends(qtbot, head_view, causal, scale, width):
    legend = ColourLegend()
    qtbot.addWidget(legend)
    legend.resize(width, legend.sizeHint().height())
    view = head_view(causal(20), colour_scale=scale)
    legend.set_mapping(HeadColours(view), scale_text(scale))
    image = legend.grab().toImage()
    paper = image.pixelColor(width - 1, 0)
    edges = [(x, y) for x in (0, width - 1) for y in range(20, image.height())]
    faint = [abs(image.pixelColor(x, y).lightness() - paper.lightness()) for x, y in edges]
    assert max(faint) < 120


@pytest.mark.parametrize("palette", ["ink", "viridis", "cividis"])
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_bar_shows_the_palette(qapp, head_view, causal, theme, palette):
    view = head_view(causal(4))
    image = QImage(280, 40, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    colours = HeadColours(replace(view, palette=palette))
    paint_colour_bar(painter, QRectF(12, 2, 256, 10), colours, theme)
    painter.end()
    table = attention_table(theme, palette).astype(int)
    for level in (20, 128, 240):
        drawn = np.array(image.pixelColor(12 + level, 6).getRgb()[:3])
        assert np.abs(drawn - table[level]).max() <= 6


def test_a_legend_without_room_keeps_both_ends(qapp):
    colours = MetricColours(0.0, 1.0, "share")
    metrics = QFontMetricsF(qapp.font())
    marks = _fitting_marks(colours, QRectF(0, 0, 5, 10), metrics)
    assert [text for _, _, text in marks] == ["0", "100 %"]
