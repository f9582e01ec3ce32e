"""The token strip: what it draws, where, and what it reports."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication

from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.token_links import TokenLinks
from visualizer.session.views import TokenStripView
from visualizer.ui.theme import THEMES, Theme, apply_theme, current_theme, token_font
from visualizer.ui.widgets.surprise_mark import SurpriseLegend, surprise_bits
from visualizer.ui.widgets.token_flow import TokenFlow
from visualizer.ui.widgets.token_glyphs import GlyphCache, RunKind
from visualizer.ui.widgets.token_strip import TokenStrip


def tokens_of(*pieces: bytes, n_added: int = 0, encoding: str = "by hand") -> Tokenization:
    """A tokenization with these pieces; the spans are those of the characters they touch."""
    text = b"".join(pieces[n_added:]).decode()
    character_of = [i for i, char in enumerate(text) for _ in char.encode()]
    starts, ends, at = [0] * n_added, [0] * n_added, 0
    for piece in pieces[n_added:]:
        starts.append(character_of[at])
        at += len(piece)
        ends.append(character_of[at - 1] + 1)
    ids = [int.from_bytes(piece, "big") % 49_152 for piece in pieces]
    return Tokenization(
        text,
        np.array(ids, np.int64),
        pieces,
        np.array(starts, np.int64),
        np.array(ends, np.int64),
        n_added,
        encoding,
    )


def view_of(tokens: Tokenization, query: int | None = None, **values) -> TokenStripView:
    values = {"logprobs": None, "entropies_bits": None, **values}
    return TokenStripView(tokens, query, **values)


SENTENCE = tokens_of(b"A", b" journey", b" of", b" a", b" thousand", b" miles", b" begins")
CHINESE = tokens_of(b"\xe5\xa4\xa7", b"\xe6", b"\xa8", b"\xa1", b"\xe5\x9e", b"\x8b!")


@pytest.fixture(autouse=True)
def _light(qapp):
    apply_theme(qapp, THEMES["light"])
    yield
    apply_theme(qapp, THEMES["light"])


@pytest.fixture
def strip(qtbot) -> TokenStrip:
    widget = TokenStrip()
    qtbot.addWidget(widget)
    widget.resize(300, 120)
    widget.show()
    return widget


def test_click_reports_the_token_under_the_pointer(qtbot, strip):
    strip.set_view(view_of(SENTENCE, 6))
    for index in (0, 4, 6):
        with qtbot.waitSignal(strip.token_selected) as caught:
            qtbot.mouseClick(
                strip.viewport(),
                Qt.MouseButton.LeftButton,
                pos=strip.token_rect(index).center(),
            )
        assert caught.args == [index]


def test_click_beside_the_text_reports_nothing(qtbot, strip):
    strip.set_view(view_of(SENTENCE, 6))
    with qtbot.assertNotEmitted(strip.token_selected):
        qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(290, 110))


def test_hover_reports_each_token_once_and_minus_one_on_leaving(qtbot, strip):
    strip.set_view(view_of(SENTENCE, 0))
    seen: list[int] = []
    strip.token_hovered.connect(seen.append)
    middle = strip.token_rect(2).center()
    qtbot.mouseMove(strip.viewport(), middle)
    qtbot.mouseMove(strip.viewport(), middle + QPoint(1, 0))
    qtbot.mouseMove(strip.viewport(), strip.token_rect(3).center())
    qtbot.mouseMove(strip.viewport(), QPoint(295, 115))
    assert seen == [2, 3, -1]


@pytest.mark.parametrize(
    ("key", "start", "target"),
    [
        (Qt.Key.Key_Left, 3, 2),
        (Qt.Key.Key_Right, 3, 4),
        (Qt.Key.Key_Home, 3, 0),
        (Qt.Key.Key_End, 3, 6),
        (Qt.Key.Key_Left, 0, None),
        (Qt.Key.Key_Right, 6, None),
        (Qt.Key.Key_Up, 0, None),
        (Qt.Key.Key_Down, 6, None),
    ],
)
def test_keys_move_the_selection(qtbot, strip, key, start, target):
    strip.set_view(view_of(SENTENCE, start))
    seen: list[int] = []
    strip.token_selected.connect(seen.append)
    qtbot.keyClick(strip, key)
    assert seen == ([] if target is None else [target])


def test_up_and_down_go_to_the_token_above_and_below(qtbot, strip):
    lines = tokens_of(b"one", b" two", b"\n", b"three", b" four")
    strip.set_view(view_of(lines, 1))
    seen: list[int] = []
    strip.token_selected.connect(seen.append)
    qtbot.keyClick(strip, Qt.Key.Key_Down)
    strip.set_view(view_of(lines, seen[-1]))
    qtbot.keyClick(strip, Qt.Key.Key_Up)
    assert seen[0] in (3, 4)
    assert seen[1] in (0, 1, 2)


def test_newline_breaks_the_line_and_long_text_wraps(strip):
    strip.set_view(view_of(tokens_of(b"a", b"\n", b"b", b" c"), 0))
    tops = [strip.token_rect(i).top() for i in range(4)]
    assert tops[0] == tops[1] < tops[2] == tops[3]
    strip.set_view(view_of(tokens_of(*[b" word"] * 40), 0))
    assert strip.token_rect(39).top() > strip.token_rect(0).top()
    assert all(strip.token_rect(i).right() <= 300 for i in range(40))


def test_only_tokens_in_sight_are_painted(qtbot, strip):
    n = 100_000
    strip.set_view(view_of(tokens_of(*[b" word", b" or", b" two.", b"\n"] * (n // 4)), 0))
    strip.grab()
    in_sight = strip.painted_tokens
    assert 0 < in_sight < 100
    strip.verticalScrollBar().setValue(strip.verticalScrollBar().maximum() // 2)
    strip.grab()
    assert 0 < strip.painted_tokens < 100


def test_an_edit_at_the_end_lays_out_only_the_last_line():
    cache = GlyphCache(token_font())
    flow = TokenFlow(cache)
    pieces = [b" word", b" or", b" two."] * 20_000
    flow.set_tokens(tokens_of(*pieces), 400)
    assert flow.laid_out == 60_000
    flow.set_tokens(tokens_of(*pieces, b" more"), 400)
    assert flow.laid_out < 30
    assert len(cache) == 4


@pytest.mark.parametrize("place", [0, 30_000, 59_990])
def test_an_edit_anywhere_lays_out_a_few_lines(place):
    flow = TokenFlow(GlyphCache(token_font()))
    pieces = [b" word", b" or", b" two."] * 20_000
    for line in range(0, 60_000, 50):
        pieces[line] = b"\n"
    flow.set_tokens(tokens_of(*pieces), 400)
    for edited in ([b" more"], []):
        flow.set_tokens(tokens_of(*pieces[:place], *edited, *pieces[place + 1 :]), 400)
        assert flow.laid_out < 120
    flow.set_tokens(tokens_of(*pieces), 300)
    assert flow.laid_out == 60_000


@settings(max_examples=60, deadline=None)
@given(
    first=st.lists(st.sampled_from([b"a", b" bb", b"\n", b" cccccc", b"d" * 60, b""]), max_size=60),
    keep=st.integers(0, 60),
    then=st.lists(st.sampled_from([b"a", b" bb", b"\n", b" eee"]), max_size=30),
    left_out=st.integers(0, 60),
    width=st.integers(30, 500),
)
def test_laying_out_from_the_first_change_is_the_same_as_from_the_start(
    qapp, first, keep, then, left_out, width
):
    first = [piece for piece in first if piece]
    second = [*first[:keep], *then, *first[keep + left_out :]]
    cache = GlyphCache(token_font())
    step, whole = TokenFlow(cache), TokenFlow(cache)
    step.set_tokens(tokens_of(*first), width)
    step.set_tokens(tokens_of(*second), width)
    whole.set_tokens(tokens_of(*second), width)
    for name in ("lefts", "widths", "lines", "line_starts"):
        np.testing.assert_array_equal(getattr(step, name), getattr(whole, name))
    assert [step.glyphs(i) for i in range(len(step))] == [
        whole.glyphs(i) for i in range(len(whole))
    ]
    # No two spans overlap, none passes the edge, and the tokens are in reading order.
    assert (whole.lefts + whole.widths <= max(width, 1)).all()
    same_line = whole.lines[1:] == whole.lines[:-1]
    assert (whole.lefts[1:] >= whole.lefts[:-1] + whole.widths[:-1])[same_line].all()
    assert (np.diff(whole.lines) >= 0).all()


def test_another_character_with_the_same_first_bytes_is_drawn_anew(qapp):
    flow = TokenFlow(GlyphCache(token_font()))
    flow.set_tokens(tokens_of(b"\xe5\xa4", b"\xa7"), 400)
    assert [run.text for run in flow.glyphs(0).runs] == ["大", "E5 A4"]
    flow.set_tokens(tokens_of(b"\xe5\xa4", b"\xa9"), 400)
    assert [run.text for run in flow.glyphs(0).runs] == ["天", "E5 A4"]
    for last, character in ((b"\xa1", "模"), (b"\xa2", "樢")):  # each piece in a line of its own
        flow.set_tokens(tokens_of(b"\xe6", b"\xa8", last), 10)
        assert flow.n_lines == 3
        assert flow.glyphs(0).runs[0].text == character


def test_pieces_of_one_character_are_shown_as_bytes_with_the_character_once(qapp):
    flow = TokenFlow(GlyphCache(token_font()))
    flow.set_tokens(CHINESE, 400)
    shown = [[(run.text, run.kind) for run in flow.glyphs(i).runs] for i in range(6)]
    assert shown == [
        [("大", RunKind.INK)],
        [("模", RunKind.WHOLE), ("E6", RunKind.HEX)],
        [("A8", RunKind.HEX)],
        [("A1", RunKind.HEX)],
        [("型", RunKind.WHOLE), ("E5 9E", RunKind.HEX)],
        [("8B", RunKind.HEX), ("!", RunKind.INK)],
    ]
    assert flow.joined.tolist() == [False, True, True, False, True, False]


def test_what_cannot_be_seen_is_made_visible(qapp):
    expected = {
        b" a b\t\n": "·a·b⇥⏎",
        "\u200b".encode(): display_text("\u200b".encode()),
        "\u202e".encode(): display_text("\u202e".encode()),
        "\u00a0".encode(): display_text("\u00a0".encode()),
        b"\x00": display_text(b"\x00"),
        "\u0301".encode(): "◌\u0301",
        b"\xff": "FF",
        b"": "∅",
    }
    cache = GlyphCache(token_font())
    shown = {p: "".join(run.text for run in cache.glyphs(p).runs) for p in expected}
    assert shown == expected
    assert all(text.isprintable() for text in shown.values())
    split = GlyphCache(token_font()).glyphs(b"\xe2\x80", "\u202e")
    assert [run.text for run in split.runs] == [display_text("\u202e".encode()), "E2 80"]


def test_surprise_is_in_bits():
    bits = surprise_bits(np.log(np.array([1.0, 0.5, 2.0**-10])))
    np.testing.assert_allclose(bits, [0, 1, 10], atol=1e-12)
    assert not np.signbit(bits[0])
    assert math.isnan(surprise_bits(np.array([math.nan]))[0])
    assert math.isinf(surprise_bits(np.array([-math.inf]))[0])


def test_missing_surprise_says_why(strip):
    logprobs = np.array([math.nan, math.log(0.25), math.nan, -math.inf, -1.0, -1.0, -1.0])
    strip.set_view(view_of(SENTENCE, 1, logprobs=logprobs))
    said = [dict(strip.tooltip_rows(i))["surprise"] for i in range(4)]
    assert "first token" in said[0]
    assert said[1] == "2.00 bits"
    assert said[2] == "not computed yet"
    assert "infinite" in said[3]
    assert "probability" not in dict(strip.tooltip_rows(2))
    strip.set_view(view_of(SENTENCE, 1, logprobs=logprobs, stale=True))
    assert "2.00" not in str(strip.tooltip_rows(1)), "an old number looks current"


def test_tooltip_holds_every_fact(strip):
    entropies = np.full(7, 1.5)
    logprobs = np.full(7, math.log(0.25))
    strip.set_view(view_of(SENTENCE, 1, logprobs=logprobs, entropies_bits=entropies))
    rows = dict(strip.tooltip_rows(1))
    assert rows["token"] == "·journey"
    assert rows["index"] == "1 of 7"
    assert rows["id"] == str(int(SENTENCE.ids[1]))
    assert rows["bytes"] == "20 6A 6F 75 72 6E 65 79"
    assert rows["characters"] == "1–9"
    assert rows["probability"] == "0.25"
    assert rows["log-probability"] == "−1.3863"
    assert rows["surprise"] == "2.00 bits"
    assert rows["entropy after it"] == "1.50 bits"


def test_added_and_special_tokens_have_no_fill(qtbot, strip):
    tokens = tokens_of(b"<s>", b"hi", b"<end>", n_added=1)
    strip.set_view(view_of(tokens, None, special_ids=frozenset({int(tokens.ids[2])})))
    theme_fills = {QColor(fill).name() for fill in THEMES["light"].token_fills}
    picture = strip.viewport().grab().toImage()
    edges = []
    for index in range(3):
        rect = strip.token_rect(index)
        edges.append(picture.pixelColor(rect.left() + 1, rect.center().y()).name() in theme_fills)
    assert edges == [False, True, False]
    assert dict(strip.tooltip_rows(0))["added"]
    assert dict(strip.tooltip_rows(2))["special"]


def test_the_selected_token_is_outlined_in_the_query_hue(strip):
    strip.set_view(view_of(SENTENCE, 1))
    rect = strip.token_rect(1)
    picture = strip.viewport().grab().toImage()
    colour = picture.pixelColor(rect.left(), rect.center().y())
    assert colour == QColor(THEMES["light"].query)


def test_a_greater_surprise_has_a_thicker_and_stronger_underline(strip):
    logprobs = np.array([math.nan, 0.0, -5 * math.log(2), -10 * math.log(2), -90.0, -1.0, -1.0])
    strip.set_view(view_of(SENTENCE, None, logprobs=logprobs))
    picture = strip.viewport().grab().toImage()
    weights = []
    for index in (1, 2, 3, 4):
        rect = strip.token_rect(index)
        column = [picture.pixelColor(rect.center().x(), rect.bottom() + 2 + dy) for dy in range(7)]
        weights.append(sum(255 - colour.lightness() for colour in column))
    assert weights[0] < weights[1] < weights[2] == weights[3]
    assert weights[0] > 0


def test_the_selected_token_is_kept_in_sight(strip):
    many = tokens_of(*[b" word"] * 500)
    for query in (499, 0, 250):
        strip.set_view(view_of(many, query))
        assert strip.viewport().rect().contains(strip.token_rect(query))


def test_new_numbers_do_not_scroll_a_text_that_is_being_read(strip):
    many = tokens_of(*[b" word"] * 500)
    strip.set_view(view_of(many, 499))
    strip.verticalScrollBar().setValue(0)
    strip.set_view(view_of(many, 499, logprobs=np.full(500, -1.0)))
    assert strip.verticalScrollBar().value() == 0


def test_the_selection_can_be_heard(strip):
    strip.set_view(view_of(SENTENCE, 1, logprobs=np.full(7, math.log(0.5))))
    assert strip.accessibleName()
    assert "token 1 of 7, ·journey" in strip.accessibleDescription()
    assert "1.00 bits" in strip.accessibleDescription()
    strip.set_view(None)
    assert "No token" in strip.accessibleDescription()


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_is_readable_on_every_fill(theme: Theme):
    for fill in theme.token_fills:
        assert contrast(theme.ink, fill) >= 4.5
        assert contrast(theme.quiet, fill) >= 3.0  # the small bytes
    assert len(set(theme.token_fills)) == 6


@pytest.mark.parametrize(
    "view",
    [
        None,
        view_of(tokens_of()),
        view_of(tokens_of(b"x"), 0),
        view_of(tokens_of(b"x"), 7),
        view_of(tokens_of(b"y" * 3000), 0, logprobs=np.array([math.nan])),
        view_of(tokens_of(b"\n", b"\n", b"\n"), 2, logprobs=np.array([-1.0, -math.inf, 0.0])),
        view_of(CHINESE, 3, stale=True),
    ],
    ids=["none", "empty", "one", "query gone", "wider than the strip", "newlines", "partial"],
)
def test_odd_views_are_drawn_in_both_themes(qtbot, qapp, strip, view):
    with qtbot.capture_exceptions() as errors:
        for theme in THEMES.values():
            apply_theme(qapp, theme)
            for size in ((300, 120), (40, 30)):
                strip.resize(*size)
                strip.set_view(view)
                strip.grab()
    assert not errors


def test_a_theme_switch_repaints(qapp, strip):
    strip.set_view(view_of(SENTENCE, 1))
    light = strip.viewport().grab().toImage()
    apply_theme(qapp, THEMES["dark"])
    dark = strip.viewport().grab().toImage()
    apply_theme(qapp, THEMES["light"])
    assert dark.pixelColor(295, 115) == QColor(THEMES["dark"].surface)
    assert strip.viewport().grab().toImage() == light


def test_the_legend_is_named_and_drawn(qtbot):
    legend = SurpriseLegend()
    qtbot.addWidget(legend)
    legend.resize(legend.sizeHint())
    assert legend.accessibleName()
    assert "bits" in legend.toolTip()
    colours = {legend.grab().toImage().pixelColor(x, 8).name() for x in range(legend.width())}
    assert len(colours) > 2


def contrast(one: str, other: str) -> float:
    """Ratio of relative luminances. Source: WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(name: str) -> float:
    parts = QColor(name).getRgbF()[:3]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# ---------------------------------------------------------------------------------- attention


def links_of(tokens, outgoing=None, incoming=None, **values):
    places = [None if p is None else np.array(p, np.float32) for p in (outgoing, incoming)]
    return TokenLinks(tokens, *places, **values)


def edge_colour(strip, index, *, upper):
    """What is drawn along the upper or lower edge of a span, in its middle."""
    image = strip.viewport().grab().toImage()
    rect, scale = strip.token_rect(index), image.devicePixelRatio()
    y = rect.top() + 1 if upper else rect.bottom() - 1
    return image.pixelColor(round(rect.center().x() * scale), round(y * scale))


def test_what_is_looked_at_is_marked_above_and_what_looks_below(strip):
    theme = THEMES["light"]
    strip.set_view(view_of(SENTENCE, 3))
    plain = [edge_colour(strip, 1, upper=upper).name() for upper in (True, False)]
    strip.set_links(links_of(SENTENCE, [0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0]))
    assert edge_colour(strip, 1, upper=True).name() == theme.key.lower()
    assert edge_colour(strip, 1, upper=False).name() == plain[1]
    assert edge_colour(strip, 5, upper=False).name() == theme.query.lower()
    assert edge_colour(strip, 4, upper=True) == edge_colour(strip, 4, upper=False)
    strip.set_links(None)
    assert edge_colour(strip, 1, upper=True).name() == plain[0]


def test_a_weaker_weight_is_a_fainter_mark(strip):
    strip.set_view(view_of(SENTENCE, 3))
    fills = THEMES["light"].token_fills
    far = []
    for place in (0.2, 0.6, 1.0):
        strip.set_links(links_of(SENTENCE, [place] * 7, None))
        seen, fill = edge_colour(strip, 4, upper=True), QColor(fills[4])
        far.append(abs(seen.red() - fill.red()) + abs(seen.blue() - fill.blue()))
    assert far[0] < far[1] < far[2]


def test_marks_of_another_text_stay_on_the_tokens_that_both_have(strip):
    other = tokens_of(b"A", b" journey", b" off", b" a", b" thousand", b" miles", b" begins")
    strip.set_view(view_of(SENTENCE, 3))
    strip.set_links(links_of(other, [1] * 7, None))
    plain = QColor(THEMES["light"].token_fills[4]).name()
    assert edge_colour(strip, 4, upper=True).name() == plain
    faded = edge_colour(strip, 1, upper=True)
    assert faded.name() not in (THEMES["light"].key.lower(), plain)
    strip.set_view(view_of(other, 3))
    assert edge_colour(strip, 4, upper=True).name() == THEMES["light"].key.lower()


def test_the_pair_pointed_at_is_outlined_in_its_hues(strip):
    strip.set_view(view_of(SENTENCE, 6))
    before = strip.viewport().grab().toImage()
    strip.set_links(links_of(SENTENCE, pointed_query=4, pointed_key=1))
    image = strip.viewport().grab().toImage()
    assert image != before
    rect = strip.token_rect(4)
    theme = THEMES["light"]
    colours = {image.pixelColor(rect.center().x(), y).name() for y in (rect.top(), rect.bottom())}
    assert colours == {theme.query.lower()}
    rect = strip.token_rect(1)
    colours = {image.pixelColor(rect.center().x(), y).name() for y in (rect.top(), rect.bottom())}
    assert colours == {theme.key.lower()}


# ---------------------------------------------------------------------------------- stretches


def move(strip, index, *, held: bool) -> None:
    place = strip.token_rect(index).center()
    buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
    QApplication.sendEvent(
        strip.viewport(),
        QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(strip.viewport().mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


@pytest.fixture
def six(strip) -> TokenStrip:
    tokens = tokens_of(b"a", b" b", b" c", b"\n", b"d", b" e")
    strip.set_view(view_of(tokens, 1, logprobs=np.array([np.nan, -1, -2, -3, -1, -1.0])))
    return strip


def test_dragging_selects_a_stretch_both_ways(qtbot, six):
    told = []
    six.stretch_selected.connect(lambda *stretch: told.append(stretch))
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(six.viewport(), left, pos=six.token_rect(2).center())
    for index in (1, 0, 4):
        move(six, index, held=True)
    qtbot.mouseRelease(six.viewport(), left, pos=six.token_rect(4).center())
    move(six, 5, held=False)
    assert told == [(1, 3), (0, 3), (2, 5)]
    assert six.stretch == (2, 5)
    qtbot.mouseClick(six.viewport(), left, pos=six.token_rect(0).center())
    assert six.stretch == told[-1] == (0, 0)


def test_shift_extends_from_the_selected_token(qtbot, six):
    chosen = []
    six.token_selected.connect(chosen.append)
    shift, left = Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton
    qtbot.mouseClick(six.viewport(), left, shift, pos=six.token_rect(4).center())
    assert six.stretch == (1, 5)
    qtbot.keyClick(six, Qt.Key.Key_Up, shift)
    assert six.stretch == (0, 2)
    qtbot.keyClick(six, Qt.Key.Key_End, shift)
    assert six.stretch == (1, 6)
    assert chosen == []
    qtbot.keyClick(six, Qt.Key.Key_Escape)
    assert six.stretch == (0, 0)
    qtbot.keyClick(six, Qt.Key.Key_Right)
    assert chosen == [2]


def test_a_stretch_is_tinted_without_gaps(six):
    six.set_stretch(1, 3)
    image = six.viewport().grab().toImage()
    theme = current_theme()
    between = six.token_rect(1).right() + 1
    assert image.pixelColor(between, six.token_rect(1).bottom() - 2) != QColor(theme.surface)
    after = six.token_rect(2).right() + 2
    assert image.pixelColor(after, six.token_rect(2).bottom() - 2) == QColor(theme.surface)


def test_the_rank_is_read_and_in_the_tooltip(strip):
    tokens = tokens_of(b"a", b"b", b"c")
    strip.set_view(
        view_of(
            tokens,
            logprobs=np.array([np.nan, -1.0, -2.0]),
            ranks=np.array([0, 1, 1234]),
            margins=np.array([np.nan, math.log(3), -math.log(1e8)]),
        )
    )
    assert strip.short_surprise_text(2).endswith("rank 1,234")
    assert "rank" not in strip.short_surprise_text(0)
    rows = dict(strip.tooltip_rows(1))
    assert rows["rank"] == "1"
    assert rows["beside the others"] == "3.00 times as likely as the next"
    assert dict(strip.tooltip_rows(2))["beside the others"].startswith("the likeliest was 10^8.0")
    assert "rank" not in dict(strip.tooltip_rows(0))


@settings(max_examples=60, deadline=None)
@given(
    first=st.text(st.sampled_from("a大天模 \n"), max_size=12),
    keep=st.integers(0, 36),
    left_out=st.integers(0, 4),
    then=st.text(st.sampled_from("b大樢"), max_size=3),
)
def test_characters_of_several_tokens_are_those_of_the_new_text(qapp, first, keep, left_out, then):
    """A token a byte: an edit between two bytes changes which character they are."""
    data = first.encode()
    other = (data[:keep] + then.encode() + data[keep + left_out :]).decode("utf-8", "ignore")
    cache = GlyphCache(token_font())
    step, whole = TokenFlow(cache), TokenFlow(cache)
    one, two = (tokens_of(*(bytes([b]) for b in text.encode())) for text in (first, other))
    step.set_tokens(one, 120)
    step.set_tokens(two, 120)
    whole.set_tokens(two, 120)
    assert [step.glyphs(i) for i in range(len(step))] == [
        whole.glyphs(i) for i in range(len(whole))
    ]
    np.testing.assert_array_equal(step.lefts, whole.lefts)
    np.testing.assert_array_equal(step.lines, whole.lines)
