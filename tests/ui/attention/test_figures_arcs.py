"""One head as lines between tokens, as a figure."""

from __future__ import annotations

import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from visualizer.engine.errors import UsageError
from visualizer.engine.records import Prompt
from visualizer.session.export_subjects import FORMATS, Exportable, suggested_stem
from visualizer.session.provenance_reading import read_view
from visualizer.session.state import ViewState
from visualizer.session.views import MOST_ARC_UNITS
from visualizer.ui.export_files import ExportChoice, export_bytes
from visualizer.ui.figure_arcs import plan_arcs_figure
from visualizer.ui.figure_parts import WIDTH
from visualizer.ui.theme import LIGHT

pytestmark = pytest.mark.usefixtures("qapp")
CHOICE = ExportChoice(width_px=int(WIDTH) * 2)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def views(head_view, causal):
    weights = np.zeros((5, 5), np.float32)
    weights[0, 0] = weights[1, 0] = weights[2, 2] = weights[4, 1] = 1.0
    weights[3, 0] = weights[3, 3] = 0.5
    view = replace(head_view(causal(5)), query=2)
    view = replace(view, record=replace(view.record, weights=weights))
    state = ViewState(Prompt(view.tokenization.text), layer=3, head=5)
    return Exportable(state, "made-up model", head=view)


def middle(plan, row, key):
    """Half-way between a query and a key: there the curve is, by its symmetry."""
    columns = plan.columns
    y = (columns.middle(row) + columns.middle(key)) / 2
    return (columns.left + columns.right) / 2, y


def test_a_line_is_where_a_weight_is_and_nowhere_else(views):
    data = export_bytes(views, "arcs", "png", CHOICE)
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    plan, weights = plan_arcs_figure(views.arcs), views.arcs.record.weights
    paper = np.array(list(bytes.fromhex(LIGHT.paper[1:])))
    drawn = {middle(plan, *line)[1] for line in np.argwhere(weights > 0).tolist()}
    for row in range(5):
        for key in range(row + 1):
            x, y = middle(plan, row, key)
            near = pixels[round(y * 2) - 1 : round(y * 2) + 2, round(x * 2)]
            is_line = bool((np.abs(near - paper).sum(axis=1) > 60).any())
            if weights[row, key] > 0:
                assert is_line, (row, key)
            elif min(abs(y - other) for other in drawn) > 4:
                assert not is_line, (row, key)


def test_the_selected_query_has_its_own_colour(views):
    data = export_bytes(views, "arcs", "png", CHOICE)
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    x, y = middle(plan_arcs_figure(views.arcs), 2, 2)
    assert tuple(pixels[round(y * 2), round(x * 2)]) == tuple(bytes.fromhex(LIGHT.query[1:]))


def test_tokens_are_text_on_both_sides(views):
    root = ElementTree.fromstring(export_bytes(views, "arcs", "svg", CHOICE).decode())
    found = [element.text or "" for element in root.iter(f"{SVG}text")]
    for text in plan_arcs_figure(views.arcs).texts.plain:
        assert found.count(text) >= 2
    assert any("selected query" in text for text in found)


@pytest.mark.parametrize("kind", FORMATS["arcs"])
def test_the_file_brings_the_lines_back(views, tmp_path, kind):
    path = tmp_path / f"arcs.{kind}"
    path.write_bytes(export_bytes(views, "arcs", kind, CHOICE))
    state, record = read_view(path).state, views.head.record
    assert (state.form, state.layer, state.head) == ("arcs", record.layer, record.head)
    assert suggested_stem(views, "arcs").endswith("-arcs")


def test_a_longer_text_has_none(head_view, causal):
    assert Exportable(head=head_view(causal(MOST_ARC_UNITS))).has("arcs")
    long = Exportable(head=head_view(causal(MOST_ARC_UNITS + 1)))
    assert not long.has("arcs")
    with pytest.raises(UsageError, match=f"at most {MOST_ARC_UNITS} tokens"):
        export_bytes(long, "arcs", "png")
