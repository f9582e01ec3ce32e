"""An inspected pair as a figure: bars are the products, and the numbers are text."""

from __future__ import annotations

import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from visualizer.engine.attention_records import PairRecord
from visualizer.engine.records import Prompt
from visualizer.session.export_subjects import FIGURES, Exportable
from visualizer.session.provenance_reading import read_view
from visualizer.session.state import ViewState
from visualizer.session.views import PairView
from visualizer.ui.export_files import ExportChoice, export_bytes
from visualizer.ui.figure_pair import plan_pair_figure
from visualizer.ui.figure_parts import WIDTH
from visualizer.ui.panels.pair_facts import PairFacts
from visualizer.ui.theme import LIGHT

pytestmark = pytest.mark.usefixtures("qapp")
CHOICE = ExportChoice(width_px=int(WIDTH) * 2)
SVG = "{http://www.w3.org/2000/svg}"
PRODUCTS = np.array([3.0, -1.5, 0.0, 0.75, -4.0, 2.25, 1.0, -0.25])


@pytest.fixture
def views(head_view, causal):
    text = head_view(causal(5)).tokenization
    scores = np.array([1.0, 0.5, -0.5, 0.25])
    weights = np.exp(scores) / np.exp(scores).sum()
    record = PairRecord(
        request_id=1, layer=2, head=1, key_value_head=0, query=3, key=1,
        query_vector=np.ones(8, np.float32), key_vector=PRODUCTS.astype(np.float32),
        products=PRODUCTS, scaling=0.4, score=0.5, softcap=None, capped=0.5, bias=None,
        is_visible=True, window=None, sink_logit=None, sink_weight=None,
        normaliser=float(np.log(np.exp(scores).sum())), weight=float(weights[1]),
        row_keys=np.arange(4), row_scores=scores, row_weights=weights, value_norm=2.0,
        written_norm=0.5, head_output_norm=1.5, candidate_id=9, logit=5.0, logit_without=4.25,
    )  # fmt: skip
    state = ViewState(Prompt(text.text), layer=2, head=1, query=3, key=1)
    view = PairView(record, text, "·step", "made-up model")
    return Exportable(state, "made-up model", pair=view)


def test_bars_are_the_products(views):
    data = export_bytes(views, "pair", "png", CHOICE)
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    plan = plan_pair_figure(views.pair)
    assert plan.top == 5.0
    top, bottom = round(plan.chart.top() * 2), round(plan.chart.bottom() * 2)
    for dimension, product in enumerate(PRODUCTS.tolist()):
        x = round(plan.bar(dimension, product, 8).center().x() * 2)
        column = pixels[top:bottom, x]
        hue = LIGHT.accent if product >= 0 else LIGHT.warning
        height = int((column == list(bytes.fromhex(hue[1:]))).all(axis=1).sum()) / 2
        expected = abs(product) / plan.top * plan.chart.height() / 2
        assert height == pytest.approx(expected, abs=1.5), dimension
        other = LIGHT.warning if product >= 0 else LIGHT.accent
        assert not (column == list(bytes.fromhex(other[1:]))).all(axis=1).any()


def test_every_fact_of_the_inspector_is_text(views):
    root = ElementTree.fromstring(export_bytes(views, "pair", "svg", CHOICE).decode())
    found = {element.text or "" for element in root.iter(f"{SVG}text")}
    words, view = PairFacts(), views.pair
    for facts in (words.score(view), words.weight(view), words.written(view), words.effect(view)):
        for fact in facts:
            assert fact.name in found
            assert fact.value in found
    assert any("query 3" in text for text in found)


@pytest.mark.parametrize("kind", FIGURES)
def test_the_file_brings_the_pair_back(views, tmp_path, kind):
    path = tmp_path / f"pair.{kind}"
    path.write_bytes(export_bytes(views, "pair", kind, replace(CHOICE, theme_name="dark")))
    state = read_view(path).state
    assert (state.layer, state.head, state.query, state.key) == (2, 1, 3, 1)


def test_products_of_zero_are_drawn(views):
    flat = replace(views.pair.record, products=np.zeros(8))
    shown = replace(views, pair=replace(views.pair, record=flat))
    assert export_bytes(shown, "pair", "png", CHOICE).startswith(b"\x89PNG")
