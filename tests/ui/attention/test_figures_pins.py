"""The pinned heads as a figure, a table and arrays."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from visualizer.engine.errors import UsageError
from visualizer.engine.records import Prompt
from visualizer.session.export_numbers import numbers_bytes
from visualizer.session.export_subjects import FORMATS, Exportable
from visualizer.session.provenance_reading import read_provenance, read_view
from visualizer.session.state import ViewState
from visualizer.ui.export_files import ExportChoice, export_bytes
from visualizer.ui.figure_parts import WIDTH
from visualizer.ui.figure_pins import plan_pins_figure
from visualizer.ui.theme import LIGHT, colour_table
from visualizer.ui.widgets.view_colours import HeadColours

pytestmark = pytest.mark.usefixtures("qapp")
CHOICE = ExportChoice(width_px=int(WIDTH) * 2)
PINS = ((0, 1), (2, 0), (1, 1))


@pytest.fixture
def views(head_view, causal):
    view = head_view(causal(6))
    rng = np.random.default_rng(4)
    records = []
    for layer, head in PINS:
        weights = np.tril(rng.random((6, 6)) + 0.01).astype(np.float32)
        weights /= weights.sum(1, keepdims=True)
        records.append(replace(view.record, layer=layer, head=head, weights=weights))
    view = replace(view, pinned=tuple(records), pins=PINS)
    state = ViewState(Prompt(view.tokenization.text), layer=3, head=5)
    return Exportable(state, "made-up model", head=view)


def test_every_map_has_the_colours_of_its_weights(views):
    data = export_bytes(views, "pins", "png", CHOICE)
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    plan, colours = plan_pins_figure(views.pins), HeadColours(views.pins)
    table = colour_table(LIGHT.attention).astype(int)
    for record, area in zip(views.pins.pinned, plan.maps, strict=True):
        levels = colours.levels(record)
        edge = area.width() / 6
        for row in range(6):
            for column in range(6):
                x = round((area.left() + (column + 0.5) * edge) * 2)
                y = round((area.top() + (row + 0.5) * edge) * 2)
                assert np.abs(pixels[y, x] - table[levels[row, column]]).max() <= 1
    assert all(area.right() <= WIDTH - 27 for area in plan.maps)


def test_names_labels_and_what_is_missing_are_text(views):
    def texts(shown):
        root = ElementTree.fromstring(export_bytes(shown, "pins", "svg", CHOICE).decode())
        return [e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text")]

    found = texts(views)
    for name in ("L0·H1", "L2·H0", "L1·H1"):
        assert name in found
    assert "weights of 3 heads" in " ".join(found)
    one_less = replace(views.head, pinned=views.head.pinned[:2])
    assert "1 pinned heads are not known" in " ".join(texts(replace(views, head=one_less)))


def test_the_numbers_are_the_weights(views):
    text = numbers_bytes(views, "pins", "csv").decode().partition("\n")[2]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 36
    archive = np.load(io.BytesIO(numbers_bytes(views, "pins", "npz")), allow_pickle=False)
    assert archive["heads"].tolist() == [list(pin) for pin in PINS]
    for number, record in enumerate(views.pins.pinned):
        assert np.array_equal(archive["weights"][number], record.weights)
        name = f"L{record.layer}·H{record.head}"
        column = np.array([row[name] for row in rows], np.float32).reshape(6, 6)
        assert np.array_equal(column, record.weights)


@pytest.mark.parametrize("kind", FORMATS["pins"])
def test_the_file_brings_the_pinned_heads_back(views, tmp_path, kind):
    path = tmp_path / f"pins.{kind}"
    path.write_bytes(export_bytes(views, "pins", kind, CHOICE))
    state = read_view(path).state
    assert (state.form, state.pins) == ("pins", PINS)
    assert read_provenance(path)["heads"] == "0.1 2.0 1.1"


def test_without_pins_there_is_nothing(views):
    bare = replace(views, head=replace(views.head, pinned=()))
    assert not bare.has("pins")
    with pytest.raises(UsageError, match="no pinned heads"):
        export_bytes(bare, "pins", "png")
