"""Figures of bars, tokens, metrics and rankings: colours and lengths are the numbers."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import time
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from visualizer.engine.attention_records import METRICS, MetricsRecord
from visualizer.engine.records import Prompt
from visualizer.engine.treatment import Treatment
from visualizer.session.export_subjects import Exportable
from visualizer.session.state import OverviewDisplay, ViewState
from visualizer.session.views import BarsView, Candidate, TokenStripView
from visualizer.ui.export_files import ExportChoice, export_bytes, figure_of
from visualizer.ui.figure_bars import plan_bars_figure
from visualizer.ui.figure_overview import plan_overview_figure
from visualizer.ui.figure_parts import FIGURE_THEMES, PRINT, WIDTH
from visualizer.ui.figure_tokens import plan_tokens_figure
from visualizer.ui.theme import LIGHT, colour_table

pytestmark = pytest.mark.usefixtures("qapp")
SVG = "{http://www.w3.org/2000/svg}"
CHOICE = ExportChoice(width_px=int(WIDTH) * 2)


def bars(n=6, *, shaped=False):
    probs = [0.5 / 2**place for place in range(n)]
    candidates = tuple(
        Candidate(place + 1, 50 + place, b" w%d" % place, f"·w{place}", 9.0 - place, prob,
                  0.0 if shaped and place == 2 else prob, not (shaped and place == 2))
        for place, prob in enumerate(probs)
    )  # fmt: skip
    rest = 1 - sum(probs)
    return BarsView(3, "·of", False, candidates, rest, rest, 9, 49152, 2.5, 51, shaped)


@pytest.fixture
def views(head_view, overview_view, causal):
    view = head_view(causal(9))
    n = len(view.tokenization)
    logprobs = -np.arange(n, dtype=np.float64)
    logprobs[0] = np.nan
    strip = TokenStripView(view.tokenization, 4, logprobs, np.ones(n))
    values = {name: np.linspace(0, 1, 12).reshape(3, 4) for name in METRICS}
    values["induction"] = np.full((3, 4), np.nan)
    heads = replace(
        overview_view(np.random.default_rng(0).random((3, 4, 5, 5)).astype(np.float32)),
        metrics=MetricsRecord(1, 5, values, dict.fromkeys(METRICS, 5)),
    )
    state = ViewState(Prompt(view.tokenization.text), layer=3, head=5)
    return Exportable(state, "made-up model", head=view, overview=heads, bars=bars(), tokens=strip)


def picture(views, subject, choice=CHOICE):
    with Image.open(io.BytesIO(export_bytes(views, subject, "png", choice))) as opened:
        return np.asarray(opened.convert("RGB")).astype(int)


def texts(views, subject):
    root = ElementTree.fromstring(export_bytes(views, subject, "svg", CHOICE).decode())
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def rgb(colour):
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def test_bars_are_as_long_as_their_probabilities(views):
    pixels, plan = picture(views, "bars"), plan_bars_figure(views.bars)
    accent = rgb(LIGHT.accent)
    for place, candidate in enumerate(views.bars.candidates):
        row = round(plan.bar(place, 1).center().y() * 2)
        length = int((pixels[row] == accent).all(axis=1).sum()) / 2
        assert length == pytest.approx(candidate.prob * plan.bars.width(), abs=1.5)


def test_bars_have_their_numbers_as_text(views):
    found = texts(views, "bars")
    for text in ("·w0", "50.0 %", "9.00", "25.0 %", "everything else", "100 %", "1.6 %"):
        assert text in found, text
    assert any("entropy 2.50 bits" in text for text in found)
    assert "Next token after ·of" in found


def test_removed_candidates_are_hatched_and_not_in_the_accent(views):
    shaped = replace(views, bars=bars(shaped=True))
    pixels, plan = picture(shaped, "bars"), plan_bars_figure(shaped.bars)
    row = round(plan.bar(2, 1).center().y() * 2)
    assert not (pixels[row] == rgb(LIGHT.accent)).all(axis=1).any()
    assert any("removed tokens hatched" in text for text in texts(shaped, "bars"))


def test_tokens_stand_in_their_fills_in_order(views):
    pixels, plan = picture(views, "tokens"), plan_tokens_figure(views.tokens)
    assert [text.replace("·", " ") for text in plan.texts] == [
        piece.decode() for piece in views.tokens.tokenization.pieces
    ]
    for place, span in enumerate(plan.spans):
        x, y = round((span.left() + 1.5) * 2), round((span.top() + 2.5) * 2)
        assert tuple(pixels[y, x]) == rgb(LIGHT.token_fills[place % 6])
    tops = [span.top() for span in plan.spans]
    assert tops == sorted(tops)
    assert all(span.right() <= WIDTH - 27 for span in plan.spans)


def test_a_line_end_ends_the_line(views):
    text = views.tokens.tokenization
    pieces = list(text.pieces)
    pieces[2] = b"\n"
    strip = replace(views.tokens, tokenization=replace(text, pieces=tuple(pieces)))
    plan = plan_tokens_figure(strip)
    assert plan.spans[3].left() == plan.spans[0].left()
    assert plan.spans[3].top() > plan.spans[2].top()


def test_a_metric_is_a_colour_and_a_number_for_each_head(views):
    display = OverviewDisplay("diagonal")
    metric = replace(views, overview=replace(views.overview, display=display))
    pixels, plan = picture(metric, "overview"), plan_overview_figure(metric.overview)
    table = colour_table(LIGHT.attention)
    values = metric.overview.metrics.values["diagonal"]
    for layer in range(3):
        for head in range(4):
            cell = plan.cell(0, (layer, head))
            x, y = round((cell.left() + 4) * 2), round((cell.top() + 4) * 2)
            level = round(values[layer, head] * 255)
            assert np.abs(pixels[y, x] - table[level]).max() <= 1, (layer, head)
    found = texts(metric, "overview")
    assert {"0", "9", "18", "100", "L2", "H3"} <= set(found)
    assert any("cells: diagonal" in text for text in found)


def test_heads_without_a_number_are_hatched_and_said(views):
    display = OverviewDisplay("induction")
    metric = replace(views, overview=replace(views.overview, display=display))
    assert any("hatched: not defined" in text for text in texts(metric, "overview"))


@pytest.mark.parametrize("cells", ["pattern", "diagonal"])
def test_layers_without_attention_are_hatched_in_the_grid(views, cells):
    thumbnails = views.overview.thumbnails.copy()
    thumbnails[1] = 0
    heads = replace(views.overview, thumbnails=thumbnails, display=OverviewDisplay(cells))
    shown = replace(views, overview=heads)
    pixels, plan = picture(shown, "overview"), plan_overview_figure(heads)
    for layer, is_hatched in ((0, False), (1, True), (2, False)):
        cell = plan.cell(0, (layer, 2)).adjusted(4, 4, -4, -4)
        area = pixels[
            round(cell.top() * 2) : round(cell.bottom() * 2),
            round(cell.left() * 2) : round(cell.right() * 2),
        ]
        near = np.abs(area - rgb(LIGHT.removed)).max(axis=2) < 60
        paper = (area == rgb(LIGHT.paper)).all(axis=2)
        assert (near.mean() > 0.05 and paper.mean() > 0.3) == is_hatched, (layer, near.mean())
    said = any("hatched: no attention" in text for text in texts(shown, "overview"))
    assert said == (cells == "pattern")
    assert not any("hatched" in text for text in texts(views, "overview"))


def test_a_ranking_has_names_scores_and_pictures_in_its_order(views):
    scores = np.arange(12.0).reshape(3, 4) / 12
    ranking = tuple(divmod(place, 4) for place in range(11, 2, -1))
    ranked = replace(
        views.overview, scores=scores, ranking=ranking, display=OverviewDisplay(order="local")
    )
    found = texts(replace(views, overview=ranked), "overview")
    names = [text for text in found if re.fullmatch(r"L\d·H\d", text)]
    assert names == [f"L{layer}·H{head}" for layer, head in ranking]
    assert "91.7 %" in found
    assert any("9 of 12 heads are shown" in text for text in found)
    plan = plan_overview_figure(ranked)
    pixels = picture(replace(views, overview=ranked), "overview")
    cell = plan.cell(0, ranking[0])
    assert pixels.shape[0] / 2 == pytest.approx(plan.height, abs=1)
    assert cell.top() < plan.cell(8, ranking[8]).top()


def test_a_filter_veils_heads_in_the_grid(views):
    scores = views.overview.metrics.values["diagonal"]
    display = OverviewDisplay("diagonal", at_least=0.5)
    shown = replace(views.overview, display=display, scores=scores)
    pixels = picture(replace(views, overview=shown), "overview")
    cell = plan_overview_figure(shown).cell(0, (0, 3))
    veiled = pixels[round((cell.top() + 4) * 2), round((cell.left() + 4) * 2)]
    plain = colour_table(LIGHT.attention)[round(scores[0, 3] * 255)].astype(int)
    assert veiled.sum() > plain.sum()
    assert any("outside the filter" in text for text in texts(replace(views, overview=shown),
                                                             "overview"))  # fmt: skip


@pytest.mark.parametrize("subject", ["head", "overview", "bars", "tokens"])
def test_print_has_no_colours(views, subject):
    pixels = picture(views, subject, replace(CHOICE, theme_name="print"))
    assert (pixels.max(axis=2) - pixels.min(axis=2)).max() == 0
    assert tuple(pixels[0, 0]) == (255, 255, 255)
    levels = colour_table(PRINT.attention).astype(int).sum(axis=1)
    assert (np.diff(levels) <= 0).all()


@pytest.mark.parametrize("subject", ["head", "overview", "bars", "tokens"])
@pytest.mark.parametrize("theme_name", list(FIGURE_THEMES))
def test_every_figure_has_the_title_that_is_asked_for(views, subject, theme_name):
    choice = replace(CHOICE, theme_name=theme_name, title="A title of mine")
    figure = figure_of(views, subject, choice)
    assert figure.title == "A title of mine"
    assert b"A title of mine" in export_bytes(views, subject, "svg", choice)


def test_a_treated_mean_says_what_was_done(views):
    record = replace(
        views.head.record,
        members=((0, 1), (2, 3)),
        treatment=Treatment(("first", "diagonal"), True, 0.9, "words"),
        unit_starts=np.arange(10),
    )
    found = " ".join(texts(replace(views, head=replace(views.head, record=record)), "head"))
    for words in ("Mean of 2 heads", "L0·H1, L2·H3", "without the first token", "what is left",
                  "90 % of it", "words: summed"):  # fmt: skip
        assert words in found, words


def test_a_part_keeps_the_colours_of_the_whole(views):
    zoomed = replace(views.head, visible=(3, 6, 0, 3), colour_scale="percentile")
    whole = replace(views, head=replace(zoomed, visible=None))
    cut = replace(views, head=zoomed)

    def colours(shown):
        root = ElementTree.fromstring(export_bytes(shown, "head", "svg", CHOICE).decode())
        images = [e.get("{http://www.w3.org/1999/xlink}href") for e in root.iter(f"{SVG}image")]

        data = base64.b64decode(max(images, key=len).partition("base64,")[2])
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))

    all_cells, part = colours(whole), colours(cut)
    edge, part_edge = all_cells.shape[0] // 9, part.shape[0] // 3
    for row in range(3):
        for column in range(3):
            mine = part[(2 * row + 1) * part_edge // 2, (2 * column + 1) * part_edge // 2]
            theirs = all_cells[(2 * (row + 3) + 1) * edge // 2, (2 * column + 1) * edge // 2]
            assert tuple(mine) == tuple(theirs)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
@pytest.mark.parametrize(("subject", "words"), [("bars", "·w0"), ("tokens", "·journey")])
def test_poppler_reads_the_text(views, tmp_path, subject, words):
    (tmp_path / "f.pdf").write_bytes(export_bytes(views, subject, "pdf", CHOICE))
    command = ["pdftotext", "-layout", "-enc", "UTF-8", str(tmp_path / "f.pdf"), "-"]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert words in done.stdout.decode()


def test_a_drawing_can_be_as_wide_as_a_column_of_a_paper(views):
    choice = replace(CHOICE, width_mm=85.0)
    pdf = export_bytes(views, "head", "pdf", choice)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ", pdf)
    assert float(box.group(1)) / 72 * 25.4 == pytest.approx(85, abs=0.5)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_a_head_of_1024_tokens_is_quick_and_small(head_view, causal, kind):
    view = head_view(causal(1024))
    views = Exportable(ViewState(), "m", head=view)
    export_bytes(views, "head", "svg")  # fonts are read once
    start = time.process_time()
    data = export_bytes(views, "head", kind)
    assert time.process_time() - start < 2
    assert len(data) < 5_000_000
    if kind == "svg":
        root = ElementTree.fromstring(data.decode())
        labels = [e.text for e in root.iter(f"{SVG}text") if re.match(r"\d+ ", e.text or "")]
        assert 20 <= len(labels) <= 200
    assert json.loads(view_of(views))["format"] == "visualizer view"


def view_of(views):
    return views.document("head")


@pytest.mark.parametrize("ranking", [None, ((2, 1), (0, 3))], ids=["grid", "ranking"])
def test_pictures_that_hide_the_first_token_are_hatched_and_said(views, ranking):
    left = views.overview.thumbnails / 2
    left[..., 0] = 0
    heads = replace(views.overview, without_first=left, ranking=ranking)
    shown = replace(views, overview=heads)
    pixels, plan = picture(shown, "overview"), plan_overview_figure(heads)
    cell = plan.cell(0, (2, 1))
    first = pixels[
        round(cell.top() * 2) + 4 : round(cell.bottom() * 2) - 4,
        round(cell.left() * 2) + 4 : round((cell.left() + cell.width() / 5) * 2) - 4,
    ].reshape(-1, 3)
    assert {tuple(colour) for colour in first} >= {rgb(LIGHT.removed), rgb(LIGHT.paper)}
    found = texts(shown, "overview")
    assert any("hatched: the first token, hidden by choice" in text for text in found)
    assert "1" not in found  # the colour scale ends at the largest weight that is left
    written = json.loads(export_bytes(shown, "overview", "json", CHOICE))
    assert np.array_equal(np.float32(written["thumbnails"]), heads.thumbnails)
