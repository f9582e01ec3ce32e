"""The tokenizer bench on screen: rows, hover, choices, pages."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication

from visualizer.engine.encodings import ENCODINGS, load_encoding
from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.tokenizer_bench import OWN, BenchRow, bench_view
from visualizer.session.vocabulary_desk import (
    decoded_ids,
    entries,
    token_facts,
)
from visualizer.ui.panels.tokenizer_panel import TokenizerPanel
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.vocabulary_pane import DECODE, SEARCH, TOKEN

TEXT = "Strawberry 大模型\nand more"


@pytest.fixture(scope="module")
def known():
    return {name: load_encoding(name) for name in ENCODINGS}


@pytest.fixture
def make_view(known):
    """The rows of a text; gpt2 stands for the model's own."""

    def make(text=TEXT, names=ENCODINGS, *, special=False):
        rows = []
        for name in names:
            key = OWN if name == "gpt2" else name
            tokens = known[name].encode(text, parse_special=special)
            rows.append(BenchRow(key, name, known[name], tokens))
        return bench_view(text, rows, parse_special=special)

    return make


@pytest.fixture
def panel(qtbot, qapp, make_view):
    apply_theme(qapp, THEMES["light"])
    widget = TokenizerPanel()
    qtbot.addWidget(widget)
    widget.resize(1280, 320)
    widget.set_keys((OWN, "cl100k_base", "o200k_base"))
    widget.set_view(make_view())
    widget.show()
    return widget


def centre(panel, cut, index) -> QPoint:
    return panel.rows.token_rect(cut, index).center()


def test_counts_stand_beside_each_tokenizer(panel):
    assert panel.table.numbers(0) == ("14", "3.50", "2.07")
    assert panel.table.numbers(2)[0] == "8"
    assert panel.table.numbers(3) == ("", "", "")
    assert panel.figures_text().startswith("23 characters · 29 bytes · 4 words · ")


def test_stretches_begin_at_the_same_place(panel, make_view):
    alignment = make_view().alignment
    for firsts in alignment.firsts.T[:-1]:
        lefts = {panel.rows.token_rect(cut, int(i)).left() for cut, i in enumerate(firsts)}
        assert len(lefts) == 1
    tops = [panel.rows.token_rect(cut, 0).top() for cut in range(3)]
    assert tops == sorted(set(tops))


def test_hover_links_all_rows_and_reads_ids(qtbot, panel):
    with qtbot.waitSignal(panel.token_hovered) as hovered:
        qtbot.mouseMove(panel.rows.viewport(), centre(panel, 1, 1))  # "aw" of cl100k_base
    assert panel.rows.linked() == ((1, 2), (1, 2), (1, 2))
    assert hovered.args == [1]
    reading = panel.reading_text()
    assert "characters 3–5, bytes 3–5" in reading
    assert "gpt2 1831" in reading
    assert "cl100k_base 675" in reading
    with qtbot.waitSignal(panel.token_hovered) as left:
        qtbot.mouseMove(panel.rows.viewport(), QPoint(600, 200))
    assert left.args == [-1]
    assert panel.rows.linked() == ()


def test_the_tooltip_has_span_ids_and_bytes(panel):
    rows = dict(panel.rows.tooltip_rows(0, 0))
    assert rows["characters"] == "0–2"
    assert rows["gpt2"] == "1273 St (53 74)"
    assert rows["cl100k_base"] == "2645 Str (53 74 72)"


def test_a_token_pointed_at_elsewhere_is_linked(panel):
    panel.point_at(0)
    assert panel.rows.linked() == ((0, 1), (0, 1), (0, 1))
    panel.point_at(99)
    assert all(first == last for first, last in panel.rows.linked())


def test_parts_of_a_character_show_it_once_and_their_bytes(panel, make_view):
    panel.set_view(make_view("大模", ("gpt2",)))
    texts = [
        [run.text for run in panel.rows._glyphs(0, i).runs]
        for i in range(len(make_view("大模", ("gpt2",)).rows[0].tokenization))
    ]
    assert texts == [["大"], ["模", "E6"], ["A8"], ["A1"]]
    for index in range(4):
        room = panel.rows.token_rect(0, index).width()
        assert room == panel.rows._glyphs(0, index).width


def test_a_click_asks_for_the_token_and_shows_its_making(qtbot, panel, known):
    with qtbot.waitSignal(panel.look_up_requested) as asked:
        qtbot.mouseClick(panel.rows.viewport(), Qt.MouseButton.LeftButton, pos=centre(panel, 0, 1))
    assert asked.args == ["token", OWN, "1831"]
    assert panel.rows.selected() == (0, 1)
    facts = token_facts(known["gpt2"], 1831, known["gpt2"].merge_rules())
    panel.set_answer("token", facts)
    page = panel.pane.token_page
    assert page.title() == "raw"
    assert "id 1831 of 50,257" in page.facts_text()
    assert "bytes 72 61 77" in page.facts_text()
    assert "token 1 of 14" in page.facts_text()
    assert page.merges.parts() == (b"raw",)
    assert page.neighbours.ids() == list(range(1826, 1837))
    with qtbot.waitSignal(panel.look_up_requested) as asked:
        page.neighbours.itemClicked.emit(page.neighbours.topLevelItem(0), 0)
    assert asked.args == ["token", OWN, "1826"]


@pytest.mark.parametrize(
    ("name", "token_id", "said"),
    [
        ("gpt2", 50256, "No merges lead to this token"),
        ("cl100k_base", 100256, "stands for nothing"),
        ("gpt2", 64, "nothing is merged"),
    ],
)
def test_a_token_without_merges_says_why(panel, known, name, token_id, said):
    tokenizer = known[name]
    panel.set_answer("token", token_facts(tokenizer, token_id, tokenizer.merge_rules()))
    assert said in panel.pane.token_page.note()
    assert panel.pane.token_page.merges.isHidden()


def test_search_lists_tokens_and_says_how_many(qtbot, panel, known):
    pane = panel.pane
    pane.show_page(SEARCH)
    with qtbot.waitSignal(panel.look_up_requested) as asked:
        pane.search_page.set_query("E4 BD", as_hex=True)
    assert asked.args == ["hex", OWN, "E4 BD"]
    panel.set_answer("hex", entries(known["gpt2"], (19526, 20015)))
    assert pane.search_page.found.ids() == [19526, 20015]
    assert pane.search_page.message() == "2 tokens contain this."
    panel.set_answer("search", ())
    assert pane.search_page.message() == "No token contains this."
    panel.set_answer("hex", VisualizerError("{w} is not hexadecimal.", w="xy"))
    assert pane.search_page.message() == "xy is not hexadecimal."
    assert pane.search_page.found.ids() == []


def test_pasted_ids_become_text_and_faults_are_named(qtbot, panel, known):
    pane = panel.pane
    pane.show_page(DECODE)
    with qtbot.waitSignal(panel.look_up_requested) as asked:
        pane.decode_page.set_ids("1273 162")
    assert asked.args == ["decode", OWN, "1273 162"]
    panel.set_answer("decode", decoded_ids(known["gpt2"], "1273 162"))
    assert pane.decode_page.text() == "St⟨E6⟩"
    assert "no valid UTF-8 at byte 2: E6" in pane.decode_page.message()
    assert pane.decode_page.tokens.ids() == [1273, 162]
    panel.set_answer("decode", VisualizerError("There is no token {id}.", id=99999))
    assert (pane.decode_page.text(), pane.decode_page.tokens.ids()) == ("", [])
    assert pane.decode_page.message() == "There is no token 99999."


def test_ids_are_copied(panel, make_view):
    panel.copy_ids(0)
    ids = make_view().rows[0].tokenization.ids.tolist()
    assert QGuiApplication.clipboard().text() == " ".join(map(str, ids))


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_every_form_is_drawn_in_both_themes(qapp, panel, make_view, theme):
    apply_theme(qapp, THEMES[theme])
    pictures = []
    for button in panel._forms.buttons():
        button.click()
        pictures.append(panel.rows.grab().toImage())
        assert panel.rows.painted_tokens == sum(len(row.tokenization) for row in make_view().rows)
    assert len({bytes(p.constBits()) for p in pictures}) == 4
    assert "letters" in panel.reading_text()  # the last is the one with pictures


def test_what_is_cut_alike_is_not_filled(panel):
    image = panel.rows.viewport().grab().toImage()
    berry, straw = panel.rows.token_rect(0, 2), panel.rows.token_rect(0, 0)
    fills = {QColor(fill).name() for fill in THEMES["light"].token_fills}
    assert image.pixelColor(straw.left() + 2, straw.center().y()).name() in fills
    assert image.pixelColor(berry.left() + 2, berry.center().y()).name() not in fills


def test_special_tokens_are_chosen_and_seen(qtbot, panel, make_view):
    with qtbot.waitSignal(panel.parse_special_chosen) as chosen:
        panel._special.click()
    assert chosen.args == [True]
    panel.set_view(make_view("a<|endoftext|>", special=True))
    assert panel._special.isChecked()
    assert panel.rows._is_special(0, 1)
    panel.set_view(make_view("a<|endoftext|>"))
    assert not panel._special.isChecked()
    assert not panel.rows._is_special(0, 1)


def test_choosing_another_tokenizer(qtbot, panel):
    choice = panel.table.choices()[1]
    keys = [choice.itemData(i) for i in range(choice.count())]
    assert OWN not in keys  # each row once
    with qtbot.waitSignal(panel.keys_chosen) as chosen:
        choice.activated.emit(choice.findData("gpt2"))
    assert chosen.args == [(OWN, "gpt2", "o200k_base")]
    with qtbot.waitSignal(panel.keys_chosen) as chosen:
        choice.activated.emit(choice.findData(""))
    assert chosen.args == [(OWN, "o200k_base")]


def test_a_dropped_file_is_a_tokenizer(qtbot, panel, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "tokenizer.json"))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(panel.file_chosen) as chosen:
        panel.dropEvent(event)
    assert chosen.args == [tmp_path / "tokenizer.json"]


def test_arrow_keys_go_along_a_row_and_between_rows(qtbot, panel):
    panel.rows.select(0, 0)
    places = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(panel.rows, key)
        places.append(panel.rows.selected())
    assert places == [(0, 1), (1, 1), (2, 1), (2, 0)]
    described = panel.rows.accessibleDescription()
    assert described == "Selected: token 0 of o200k_base, Str, id 3504."


def test_rows_that_are_awaited_or_refused_say_so(panel, known):
    text = known["gpt2"].encode("a")
    rows = [
        BenchRow(OWN, "gpt2", known["gpt2"], text),
        BenchRow("cl100k_base", "cl100k_base"),
        BenchRow("x.json", "x", reason=VisualizerError("{path} is no tokenizer.json.", path="x")),
    ]
    panel.set_view(bench_view("a", rows, parse_special=False))
    assert panel.table.numbers(1)[0] == "…"
    assert panel.reading_text() == "Loading cl100k_base …"
    panel.set_view(bench_view("a", [rows[0], rows[2]], parse_special=False))
    assert panel.table.numbers(1)[0] == "–"
    assert panel.reading_text() == "x is no tokenizer.json."
    panel.set_view(bench_view("a", [rows[2]], parse_special=False))
    assert panel.message() == "x is no tokenizer.json."


def test_an_empty_text_says_so(panel, make_view):
    panel.set_view(make_view(""))
    assert panel.message() == "No tokens: the text is empty."
    assert panel.table.numbers(0) == ("0", "–", "–")


def many(n_tokens, key):
    """A text of words of three letters, in tokens of its own for each key."""
    step = {"a": 3, "b": 4}[key]
    text = "abc " * (n_tokens * 3 // 4 + 1)
    text = text[: n_tokens * 3]
    places = np.arange(0, len(text) + step, step).clip(max=len(text))
    places = np.unique(places).astype(np.int64)
    pieces = tuple(text[a:b].encode() for a, b in itertools.pairwise(places))
    ids = (np.arange(len(pieces)) % 50_000).astype(np.int64)
    return text, Tokenization(text, ids, pieces, places[:-1], places[1:], 0, key)


def test_a_hundred_thousand_tokens_paint_only_those_in_sight(panel, known):
    rows = []
    for key in ("a", "b"):
        text, tokens = many(100_000, key)
        rows.append(BenchRow(key, key, known["o200k_base"], tokens))
    panel.set_view(bench_view(text, rows, parse_special=False))
    panel.rows.viewport().repaint()
    assert 0 < panel.rows.painted_tokens < 1500
    bar = panel.rows.verticalScrollBar()
    bar.setValue(bar.maximum())
    panel.rows.viewport().repaint()
    assert 0 < panel.rows.painted_tokens < 1500
    cut, index = panel.rows.token_at(centre(panel, 1, len(rows[1].tokenization) - 1))
    assert (cut, index) == (1, len(rows[1].tokenization) - 1)
    panel.rows.select(0, 50_000)
    assert panel.rows.viewport().rect().contains(centre(panel, 0, 50_000))


def test_another_form_keeps_the_text_that_is_in_sight(panel, known):
    text, tokens = many(20_000, "a")
    view = bench_view(text, [BenchRow("a", "a", known["o200k_base"], tokens)], parse_special=False)
    panel.set_view(view)
    bar = panel.rows.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = panel.rows._first_in_sight()
    panel.rows.set_form("bytes")
    assert abs(panel.rows._first_in_sight() - before) < 60


def test_the_pane_turns_to_the_token_of_another_row(qtbot, panel, known):
    panel.pane.show_page(DECODE)
    with qtbot.waitSignal(panel.look_up_requested) as asked:
        panel.rows.token_selected.emit(2, 0)
    assert asked.args == ["token", "o200k_base", "3504"]
    assert panel.pane.page() == TOKEN
    assert panel.pane.key == "o200k_base"
