"""The token-pair inspector: its words and numbers, its bars, its states, and its place."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip

from visualizer.engine.attention_records import PairRecord
from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import PairView, Unavailable
from visualizer.ui.panels.pair_panel import PairPanel
from visualizer.ui.theme import DARK, LIGHT, apply_theme
from visualizer.ui.widgets.dimension_bars import DimensionBars, lowering_hue, raising_hue
from visualizer.ui.widgets.fact_table import Fact, FactTable
from visualizer.ui.widgets.number_text import number_text
from visualizer.ui.widgets.row_competitors import SHOWN, RowCompetitors

PIECES = (b"A", b" journey", b" of", "大".encode(), b"\xe5", "😀".encode(), b"<b>", b" a\n", b"!")
WAIT = {"timeout": 20_000}


def make_text(pieces=PIECES):
    n = np.arange(len(pieces), dtype=np.int64)
    joined = b"".join(pieces).decode("utf-8", "replace")
    return Tokenization(joined, n, tuple(pieces), n, n + 1, 0, "made up")


def make_record(key=3, query=8, *, sink=None, n_dimensions=16, **more):
    generator = np.random.default_rng(7)
    scores = generator.normal(0, 2, query + 1)
    logits = scores if sink is None else np.append(scores, sink)
    normaliser = float(np.log(np.exp(logits).sum()))
    vectors = generator.normal(0, 1, (2, n_dimensions)).astype(np.float32)
    products = vectors.astype(np.float64).prod(axis=0)
    weights = np.exp(scores - normaliser)
    sees = key <= query
    values = {
        "request_id": 1, "layer": 14, "head": 8, "key_value_head": 2, "query": query, "key": key,
        "query_vector": vectors[0], "key_vector": vectors[1], "products": products,
        "scaling": 0.25, "score": 0.25 * float(products.sum()), "softcap": None,
        "capped": float(scores[key]) if sees else 0.5, "bias": None, "is_visible": sees,
        "window": None, "sink_logit": sink,
        "sink_weight": None if sink is None else math.exp(sink - normaliser),
        "normaliser": normaliser, "weight": float(weights[key]) if sees else 0.0,
        "row_keys": np.arange(query + 1), "row_scores": scores, "row_weights": weights,
        "value_norm": 2.0, "written_norm": 0.5, "head_output_norm": 2.0, "candidate_id": 7,
        "logit": 18.44, "logit_without": 18.31, "logit_again": 18.44, "parts_error": 2.5e-7,
    }  # fmt: skip
    return PairRecord(**{**values, **more})


def make_view(record=None, **more):
    return PairView(record or make_record(), make_text(), "·step", "tiny", **more)


@pytest.fixture
def panel(qtbot):
    panel = PairPanel()
    qtbot.addWidget(panel)
    panel.resize(420, 900)
    return panel


def words(panel):
    return " ".join(
        label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel)
    )


def facts_of(table):
    return {fact.name: fact.value for fact in table.facts}


# ------------------------------------------------------------------------------ what it says


def test_heading_and_summary_name_the_pair_and_what_it_moves(panel):
    panel.set_view(make_view())
    text = re.sub("<[^>]+>", "", words(panel)).replace("&nbsp;", " ")
    assert "L14·H8: query 8 ! → key 3 大" in text
    weight = 100 * make_record().weight
    assert f"'!' gives {weight:.1f} % of its attention to '大': rank " in panel.summary()
    assert "of 9 keys. This raises the logit of '·step' by 0.1300." in panel.summary()


@pytest.mark.parametrize(
    ("without", "sentence"),
    [
        (18.44, "This does not move the logit of '·step'."),
        (18.60, "This lowers the logit of '·step' by 0.1600."),
    ],
)
def test_direction_is_in_words(panel, without, sentence):
    panel.set_view(make_view(make_record(logit_without=without)))
    assert sentence in panel.summary()


def test_half_precision_is_compared_with_the_run_of_its_own_kind(panel):
    panel.set_view(make_view(make_record(logit=18.5, logit_again=18.41)))
    assert facts_of(panel.effect)["this pair moves it by"] == "+0.1000"


def test_every_part_of_the_chain_is_a_row(panel):
    record = make_record()
    panel.set_view(make_view(record))
    total = number_text(float(record.products.sum()), 4)
    assert facts_of(panel.score) == {
        "q·k = sum of 16 products": total,
        "score = q·k × scaling 0.25": number_text(record.score, 4),
    }
    exponent = number_text(record.capped - record.normaliser, 4)
    assert facts_of(panel.weight) == {
        "− normaliser of 9 keys": number_text(record.normaliser, 4),
        f"weight = exp({exponent})": number_text(record.weight, 4),
    }
    assert facts_of(panel.written) == {
        "|v| of the key": "2.000",
        "|weight × v| projected": "0.500",
        "the whole head": "2.000",
        "this pair ⁄ head": "25.0 %",
    }
    assert facts_of(panel.effect) == {
        "logit of '·step' after the query": "18.4400",
        "without this one contribution": "18.3100",
        "this pair moves it by": "+0.1300",
    }
    said = words(panel)
    assert f"The 16 products sum to {total}" in said
    assert "The 9 weights of the row sum to 1.000000." in said
    assert "at most 2.5·10⁻⁷ of its largest number" in said
    assert "Attention alone is no explanation" in said


def test_softcap_bias_and_sink_have_their_rows(panel):
    record = make_record(softcap=50.0, bias=-1.5, sink=0.25)
    panel.set_view(make_view(record))
    assert list(facts_of(panel.score))[2:] == [
        "softcap: 50 tanh(score ⁄ 50)",
        "+ position bias",
        "score with its bias",
    ]
    assert [fact.is_result for fact in panel.score.facts] == [False] * 4 + [True]
    assert "− normaliser of 9 keys and the sink" in facts_of(panel.weight)
    assert f"the sink takes the other {record.sink_weight:.6f}" in words(panel)
    assert panel.competitors.lines_text()[-1].startswith("sink, no token")


def test_a_masked_key_has_weight_0_and_says_why(panel):
    panel.set_view(make_view(make_record(key=8, query=4)))
    assert "comes after the query" in panel.summary()
    assert facts_of(panel.score)["mask: this key cannot be seen"] == "−∞"
    assert facts_of(panel.weight)["weight = exp(−∞)"] == "0.0000"
    assert "contributes nothing" in words(panel)
    panel.set_view(make_view(make_record(key=1, is_visible=False, window=4, weight=0.0)))
    assert "out of the query's window of 4 tokens" in panel.summary()


def test_what_cannot_be_known_is_missing_with_its_reason(panel):
    reason = VisualizerError("A gate hides {what}.", what="it")
    record = make_record(
        written_norm=None, head_output_norm=None, logit_without=None, unavailable=reason
    )
    panel.set_view(make_view(record))
    assert "A gate hides it." in words(panel)
    assert facts_of(panel.written) == {"|v| of the key": "2.000"}
    assert list(facts_of(panel.effect)) == ["logit of '·step' after the query"]
    assert "logit" not in panel.summary()
    assert "Measured" not in words(panel)


# --------------------------------------------------------------------------------- states


def test_unavailable_shows_the_reason_and_no_old_number(panel):
    panel.set_view(make_view())
    panel.set_view(Unavailable(VisualizerError("Choose a {thing}.", thing="cell")))
    assert panel.message() == "Choose a cell."
    assert "18.44" not in words(panel)
    assert not panel.export_button.isEnabled()
    panel.copy_table()
    panel.set_view(make_view())
    assert panel.message() == ""


def test_stale_numbers_are_dimmed_and_cannot_be_copied(panel):
    QGuiApplication.clipboard().setText("before")
    panel.set_view(make_view(stale=True))
    assert not panel.score.isEnabled()
    assert not panel.export_button.isEnabled()
    panel.copy_table()
    assert QGuiApplication.clipboard().text() == "before"
    panel.set_view(make_view())
    assert panel.score.isEnabled()
    assert panel.export_button.isEnabled()


def test_stale_bars_are_fainter(qtbot):
    bars = DimensionBars()
    qtbot.addWidget(bars)
    bars.resize(380, 120)
    record = make_record(n_dimensions=4)
    bars.set_record(record)
    fresh = bars.grab().toImage()
    bars.set_record(record, stale=True)
    dimmed = bars.grab().toImage()
    at = bars.bar_rect(bars.pointed()).center().toPoint()
    paper = bars.palette().window().color().lightness()
    distance = [abs(image.pixelColor(at).lightness() - paper) for image in (fresh, dimmed)]
    assert distance[1] < 0.6 * distance[0]


def test_fewer_rows_leave_none_behind(qtbot):
    table = FactTable()
    qtbot.addWidget(table)
    table.set_facts([Fact("a", "1"), Fact("b", "2")])
    table.set_facts([Fact("c", "3")])
    shown = [label.text() for label in table.findChildren(QLabel) if label.isVisibleTo(table)]
    assert shown == ["c", "3"]


# ----------------------------------------------------------------------------------- copying


def test_copy_is_a_table(panel):
    panel.set_view(make_view())
    panel.copy_table()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "L14·H8: query 8 '!' → key 3 '大'"
    assert "this pair moves it by\t+0.1300" in lines
    assert all(line.count("\t") == 1 for line in lines[1:])


def test_ctrl_c_copies_and_the_menu_exports(qtbot, panel):
    panel.set_view(make_view())
    panel.show()
    panel.activateWindow()
    panel.competitors.setFocus()
    qtbot.waitUntil(panel.competitors.hasFocus, **WAIT)
    QGuiApplication.clipboard().setText("before")
    qtbot.keyClick(panel.competitors, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "moves it by" in QGuiApplication.clipboard().text()
    menu = panel.export_button.popup_menu
    asked: list[str] = []
    panel.export_requested.connect(asked.append)
    QGuiApplication.clipboard().setText("before")
    for action in menu.actions():
        if not action.isSeparator():
            action.trigger()
    assert asked == ["png", "csv", "json"]
    assert QGuiApplication.clipboard().text() != "before"


def test_right_click_opens_the_same_menu(panel, monkeypatch):
    panel.set_view(make_view())
    opened: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: opened.append(menu))
    label = panel.score.findChildren(QLabel)[1]
    spot = label.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, label.mapToGlobal(spot))
    QApplication.sendEvent(label, event)
    assert opened == [panel.export_button.popup_menu]
    panel.set_view(make_view(stale=True))
    QApplication.sendEvent(label, event)
    assert len(opened) == 1


def test_numbers_can_be_selected(panel):
    panel.set_view(make_view())
    for label in panel.score.findChildren(QLabel):
        assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


# ------------------------------------------------------------------------------- competitors


@pytest.fixture
def row(qtbot):
    row = RowCompetitors()
    qtbot.addWidget(row)
    row.resize(380, 300)
    return row


def test_row_lists_the_strongest_and_the_pair(row):
    order = np.argsort(-make_record().row_weights, kind="stable")
    last = int(order[-1])
    row.set_view(make_view(make_record(key=last)))
    lines = row.lines_text()
    assert len(lines) == SHOWN + 2
    assert lines[0].startswith(f"{order[0]} ")
    assert lines[SHOWN].startswith(f"{last} ")
    assert lines[-1].startswith("3 others ")
    assert row.sizeHint().height() == row.row_rect(len(lines)).top()
    assert "rank 9 of 9" in row.accessibleDescription()


def test_a_click_or_the_arrows_choose_another_key(qtbot, row):
    order = np.argsort(-make_record().row_weights, kind="stable").tolist()
    row.set_view(make_view(make_record(key=order[1])))
    chosen: list[int] = []
    row.key_selected.connect(chosen.append)
    for line in (0, 1, SHOWN):  # the pair itself, and what is no key, choose nothing
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.row_rect(line).center())
    qtbot.keyClick(row, Qt.Key.Key_Down)
    qtbot.keyClick(row, Qt.Key.Key_Up)
    assert chosen == [order[0], order[2], order[0]]
    row.set_view(make_view(make_record(key=4)))
    chosen.clear()
    qtbot.keyClick(row, Qt.Key.Key_Left)
    qtbot.keyClick(row, Qt.Key.Key_Right)
    row.set_view(make_view(make_record(key=8)))
    qtbot.keyClick(row, Qt.Key.Key_Right)
    assert chosen == [3, 5]


def test_row_tooltips_name_score_weight_and_rank(row):
    record = make_record(sink=0.5)
    row.set_view(make_view(record))
    first = dict(row.tooltip_rows(0))
    best = int(np.argmax(record.row_weights))
    assert first["score"] == number_text(float(record.row_scores[best]), 4)
    assert first["rank"] == "1 of 9"
    assert row.tooltip_rows(len(row.lines_text()) - 1)[0] == ("", "sink, no token")


def test_the_pair_s_bar_has_the_key_s_hue(qtbot, row):
    record = make_record()
    best = int(np.argmax(record.row_weights))
    row.set_view(make_view(make_record(key=best)))
    image = row.grab().toImage()
    y = row.row_rect(0).center().y()
    colours = {image.pixelColor(x, y).name() for x in range(image.width())}
    assert LIGHT.key.lower() in colours or DARK.key.lower() in colours


# -------------------------------------------------------------------------------- dimensions


@pytest.fixture
def bars(qtbot):
    bars = DimensionBars()
    qtbot.addWidget(bars)
    bars.resize(380, 130)
    return bars


def test_bars_are_sorted_and_to_scale(bars):
    record = make_record()
    bars.set_record(record)
    order = np.argsort(-record.products, kind="stable")
    rects = [bars.bar_rect(int(d)) for d in order]
    assert all(a.left() < b.left() for a, b in pairwise(rects))
    largest = np.abs(record.products).max()
    tall = bars.bar_rect(int(np.abs(record.products).argmax())).height()
    for dimension in range(len(record.products)):
        expected = tall * abs(record.products[dimension]) / largest
        assert bars.bar_rect(dimension).height() == pytest.approx(max(expected, 1.0), abs=0.01)
    assert bars.pointed() == int(np.abs(record.products).argmax())


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_raising_and_lowering_have_two_hues_that_differ_in_lightness_from_paper(theme):
    from PySide6.QtGui import QColor

    paper = QColor(theme.paper).lightness()
    for hue in (raising_hue(theme), lowering_hue(theme)):
        assert abs(hue.lightness() - paper) > 80
    assert raising_hue(theme) != lowering_hue(theme)


def test_pointing_reads_a_dimension(qtbot, panel):
    panel.set_view(make_view())
    panel.show()
    record, bars = make_record(), panel.dimensions
    strongest = int(np.abs(record.products).argmax())
    assert panel.reading().startswith(f"dimension {strongest}: q ")
    target = int(np.argmin(record.products))
    spot = QPoint(round(bars.bar_rect(target).center().x()), 40)
    qtbot.mouseMove(bars, spot)
    qtbot.waitUntil(lambda: panel.reading().startswith(f"dimension {target}: "), **WAIT)
    assert panel.reading().endswith(number_text(float(record.products[target]), sign=True))
    QApplication.sendEvent(bars, QEvent(QEvent.Type.Leave))
    assert panel.reading().startswith(f"dimension {strongest}: ")


@pytest.fixture
def tips(monkeypatch):
    """What tooltips said."""
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, *_more: said.append(text))
    return said


def test_arrows_walk_along_the_dimensions(qtbot, bars, tips):
    record = make_record()
    bars.set_record(record)
    order = np.argsort(-record.products, kind="stable").tolist()
    told: list[int] = []
    bars.dimension_pointed.connect(told.append)
    keys = (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Left)
    for key in keys:
        qtbot.keyClick(bars, key)
    assert told == [order[0], order[1], order[-1], order[-2]]
    assert len(tips) == 4
    assert f"dimension {order[-2]}" in bars.accessibleDescription()


def test_a_tooltip_has_the_numbers_of_its_bar(bars, tips):
    record = make_record()
    bars.set_record(record)
    target = int(np.argmax(record.products))
    rows = dict(bars.tooltip_rows(target))
    assert rows["q"] == number_text(float(record.query_vector[target]), 5)
    assert rows["q × k"] == number_text(float(record.products[target]), 5, sign=True)
    assert rows["place"] == "1 of 16"
    x = round(bars.bar_rect(target).center().x())
    assert bars.dimension_at(x) == target
    assert bars.dimension_at(2.0) == -1
    spot = QPoint(x, 40)
    QApplication.sendEvent(
        bars, QHelpEvent(QEvent.Type.ToolTip, spot, bars.mapToGlobal(QPointF(spot)).toPoint())
    )
    assert rows["q × k"] in tips[-1]


@pytest.mark.parametrize("products", [np.zeros(8), np.ones(8), -np.ones(8), np.zeros(1)])
def test_any_products_can_be_drawn(bars, products):
    vectors = np.ones(len(products), np.float32)
    record = replace(
        make_record(),
        products=products.copy(),
        query_vector=vectors,
        key_vector=products.astype(np.float32),
    )
    bars.set_record(record)
    assert not bars.grab().isNull()
    bars.set_record(None)
    assert bars.pointed() == -1
    assert not bars.grab().isNull()


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e6, 1e6), st.integers(1, 5))
def test_number_text_never_turns_something_into_nothing(number, digits):
    powers = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    text = number_text(number, digits).replace("·10", "e").translate(powers)
    if abs(number) > 1e-300:
        assert float(text) == pytest.approx(number, abs=0.51 * 10**-digits)
    assert (float(text) == 0.0) == (number == 0.0)


def test_numbers_that_are_none():
    assert number_text(math.nan) == "–"
    assert number_text(math.inf) == "∞"
    assert number_text(-math.inf) == "−∞"
    assert number_text(0.5, 2, sign=True) == "+0.50"
    assert number_text(-0.0) == "0.000"


# ------------------------------------------------------------------------- looks and handling


@pytest.mark.parametrize("width", [300, 420])
def test_nothing_is_cut_off_at_the_sides(panel, width, qtbot):
    panel.resize(width, 500)
    panel.set_view(make_view(make_record(sink=0.5)))
    panel.show()
    qtbot.waitExposed(panel)
    for label in panel.findChildren(QLabel):
        if label.isVisibleTo(panel) and not label.wordWrap():
            assert label.width() >= label.minimumSizeHint().width()
    for table in (panel.score, panel.weight, panel.written, panel.effect):
        right = table.mapTo(panel, table.rect().topRight()).x()
        assert right <= panel.width()


def test_theme_change_reaches_the_heading(qtbot, qapp, panel):
    palette, style = qapp.palette(), qapp.style().name()
    try:
        seen = set()
        panel.set_view(make_view())
        panel.show()
        for theme in (LIGHT, DARK):
            apply_theme(qapp, theme)
            qapp.processEvents()
            seen.add(panel._heading.text())
        assert len(seen) == 2
    finally:
        qapp.setStyle(style)
        qapp.setPalette(palette)


def test_everything_is_named(panel):
    panel.set_view(make_view())
    assert panel.accessibleName()
    for widget in (panel.competitors, panel.dimensions, panel.export_button):
        assert widget.accessibleName()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert panel.competitors.accessibleDescription()
    assert "q × k" in panel.dimensions.accessibleDescription()
    for fact in panel.score.facts + panel.weight.facts + panel.written.facts:
        assert fact.tip


def test_a_token_cannot_smuggle_markup_into_the_heading(panel):
    panel.set_view(make_view(make_record(key=6)))
    assert "&lt;b&gt;" in panel._heading.text()
