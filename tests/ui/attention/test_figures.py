"""Figures: they open elsewhere, show the numbers, and say where they come from."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from visualizer.engine.errors import NonFiniteError, UsageError
from visualizer.ui.figures import (
    head_figure,
    head_figure_size,
    label_axes,
    overview_figure,
    paint_head_figure,
    plan_head_figure,
)
from visualizer.ui.theme import LIGHT, THEMES, colour_table
from visualizer.ui.widgets.colour_scale import ColourMapping


def opened(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def cell_colour(picture, view, row, column):
    """Colour at the middle of a cell, found from the figure's own plan."""
    area = plan_head_figure(view).map
    factor = picture.width / head_figure_size(view).width()
    n_rows, n_columns = view.record.weights.shape
    x = area.left() + (column + 0.5) * area.width() / n_columns
    y = area.top() + (row + 0.5) * area.height() / n_rows
    return picture.convert("RGB").getpixel((round(x * factor), round(y * factor)))


@pytest.mark.parametrize("theme_name", ["light", "dark"])
@pytest.mark.parametrize(("n", "colour_scale"), [(2, "linear"), (10, "log"), (60, "linear")])
@pytest.mark.usefixtures("qapp")
def test_colours_at_the_cells_centres_are_the_weights(
    head_view, causal, theme_name, n, colour_scale
):
    view = head_view(causal(n), colour_scale=colour_scale)
    picture = opened(head_figure(view, theme_name=theme_name, width_px=1000))
    assert picture.format == "PNG"
    assert picture.width == 1000
    table = colour_table(THEMES[theme_name].attention)
    levels = ColourMapping(colour_scale).levels(view.record.weights)
    for row, column in ((0, 0), (n - 1, 0), (n - 1, n - 1), (n // 2, 1), (0, n - 1)):
        assert cell_colour(picture, view, row, column) == tuple(table[levels[row, column]])


@pytest.mark.usefixtures("qapp")
def test_labels_stand_at_the_middle_of_their_cells(head_view, causal):
    plan = plan_head_figure(head_view(causal(4)))
    rows, columns = label_axes(plan, LIGHT)
    edge = plan.map.width() / 4
    words = ["A", "·journey", "·of", "·a"]
    for axis, start in ((rows, plan.map.top()), (columns, plan.map.left())):
        labels = axis.labels(12.0)
        assert [text for _, text, _ in labels] == words
        middles = [middle for middle, _, _ in labels]
        assert middles == pytest.approx([start + (n + 0.5) * edge for n in range(4)])


@pytest.mark.usefixtures("qapp")
def test_the_png_says_where_it_comes_from(head_view, causal):
    text = opened(head_figure(head_view(causal(4), layer=2, head="mean"))).info
    assert text["model"] == "made-up model"
    assert (text["layer"], text["head"]) == ("2", "mean")
    assert text["prompt"] == "A journey of a"
    assert text["application"].startswith("visualizer ")


@pytest.mark.usefixtures("qapp")
def test_a_longer_text_than_the_figure_has_pixels_keeps_its_bright_cell(head_view):
    weights = np.zeros((700, 700), dtype=np.float32)
    weights[555, 321] = 1.0
    picture = opened(head_figure(head_view(weights), width_px=400)).convert("RGB")
    darkest = tuple(colour_table(LIGHT.attention)[255])
    area = plan_head_figure(head_view(weights)).map
    cut = picture.crop(tuple(round(edge / 2) for edge in area.getCoords()))
    assert darkest in {colour for _, colour in cut.getcolors(1 << 16)}


@pytest.mark.parametrize("theme_name", ["light", "dark"])
@pytest.mark.usefixtures("qapp")
def test_the_sheet_around_the_map_is_paper(head_view, causal, theme_name):
    picture = opened(head_figure(head_view(causal(5)), theme_name=theme_name, width_px=600))
    paper = tuple(bytes.fromhex(THEMES[theme_name].paper[1:]))
    corners = [(0, 0), (599, 0), (0, picture.height - 1), (599, picture.height - 1)]
    assert {picture.convert("RGB").getpixel(corner) for corner in corners} == {paper}


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        (np.zeros((0, 0), np.float32), UsageError),
        (np.full((2, 2), np.nan, np.float32), NonFiniteError),
    ],
)
@pytest.mark.usefixtures("qapp")
def test_what_is_no_pattern_makes_no_figure(head_view, weights, error):
    with pytest.raises(error):
        head_figure(head_view(weights, n_tokens=2))


@pytest.mark.usefixtures("qapp")
def test_the_figure_fits_into_any_rectangle_and_leaves_the_painter_as_it_was(head_view, causal):
    image = QImage(300, 900, QImage.Format.Format_RGB32)
    image.fill(0xFF123456)
    painter = QPainter(image)
    paint_head_figure(painter, QRectF(50, 100, 200, 600), head_view(causal(6)), LIGHT)
    assert painter.transform().isIdentity()
    painter.end()
    outside = [image.pixel(x, y) for x, y in ((20, 400), (280, 400), (150, 20), (150, 880))]
    assert set(outside) == {0xFF123456}
    assert image.pixel(150, 400) != 0xFF123456


@pytest.mark.usefixtures("qapp")
def test_all_heads_as_a_figure(overview_view):
    thumbnails = np.zeros((3, 4, 5, 5), dtype=np.float32)
    thumbnails[2, 1] = 1.0
    data = overview_figure(overview_view(thumbnails, block=2), width_px=800)
    picture = opened(data)
    assert picture.info["model"] == "made-up model"
    darkest = tuple(colour_table(LIGHT.attention)[255])
    found = np.argwhere((np.asarray(picture.convert("RGB")) == darkest).all(axis=2))
    (top, left), (bottom, right) = found.min(axis=0), found.max(axis=0)
    assert bottom - top >= 60  # the one dark thumbnail; the legend's end is below it
    assert left > 100
    assert right < 700


def test_without_an_application_or_a_screen(tmp_path):
    """From a command line: nothing of Qt is running and there is no display."""
    script = tmp_path / "draw.py"
    script.write_text(
        "import sys, numpy as np\n"
        "from datetime import datetime, timezone\n"
        "from visualizer.engine.records import HeadRecord\n"
        "from visualizer.engine.tokenization import Tokenization\n"
        "from visualizer.session.views import HeadView\n"
        "from visualizer.ui.figures import head_figure\n"
        "n = np.arange(3)\n"
        "tokens = Tokenization('abc', n, (b'a', b'b', b'c'), n.copy(), n + 1, 0, 'letters')\n"
        "record = HeadRecord(1, 0, 0, 3, (0, 3), (0, 3), 1, np.eye(3, dtype=np.float32))\n"
        "view = HeadView(record, tokens, None, 1, 1, 'linear', 'one', 'm')\n"
        "when = datetime(2030, 1, 2, tzinfo=timezone.utc)\n"
        "first, second = head_figure(view, when=when), head_figure(view, when=when)\n"
        "assert first == second\n"
        "assert 'torch' not in sys.modules\n"
        "sys.stdout.buffer.write(first)\n"
    )
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert opened(done.stdout).size[0] == 1600
