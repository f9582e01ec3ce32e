"""The matrix: its numbers and colours, pointing, the keyboard, editing in place, and figures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from visualizer.ui.figure_files import Figure, figure_bytes
from visualizer.ui.figure_parts import PRINT
from visualizer.ui.theme import DARK, LIGHT, apply_theme
from visualizer.ui.widgets.attention_image import luminance
from visualizer.ui.widgets.column_label import draw_column_label, stacks
from visualizer.ui.widgets.matrix_layout import cell_text
from visualizer.ui.widgets.matrix_painting import MatrixColours
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView, matrix_size, paint_matrix

WORDS = ("I", "love", "oranges")


def make_matrix(**more):
    values = np.arange(9, dtype=np.float64).reshape(3, 3) / 8
    return Matrix(**{"values": values, "row_labels": WORDS, "column_labels": WORDS, **more})


@pytest.fixture
def view(qtbot):
    view = MatrixView(title="weights", editable=True)
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.set_matrix(make_matrix(row_title="query", column_title="key"))
    view.show()
    view.activateWindow()
    view.setFocus()
    return view


def middle(view, row, column) -> QPoint:
    return view.cell_rect(row, column).center().toPoint()


def test_values_of_another_shape_than_the_labels_are_refused():
    with pytest.raises(ValueError, match="2 labels for 3"):
        make_matrix(row_labels=("a", "b"))
    with pytest.raises(ValueError, match="two dimensions"):
        Matrix(np.zeros(3))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.125, "0.12"),
        (-2.0, "−2.00"),
        (-0.001, "0.00"),
        (np.nan, "–"),
        (-np.inf, "−∞"),
        (12345678.0, "1.2·10⁷"),
    ],
)
def test_what_stands_in_a_cell(value, text):
    assert cell_text(value, 2) == text


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("kind", ["weights", "diverging", "counts"])
def test_numbers_can_be_read_on_every_colour(theme, kind):
    colours = MatrixColours(theme, kind, np.array([[-2.0, 3.0]]))
    for value in np.linspace(colours.low, colours.high, 101):
        both = [colours.fill(value), colours.ink(value)]
        lit = luminance(np.array([colour.getRgbF()[:3] for colour in both]))
        assert (lit.max() + 0.05) / (lit.min() + 0.05) >= 4.5


def test_the_diverging_scale_is_symmetric_around_zero():
    for values in ([[-1.0, 4.0]], [[-4.0, 1.0]], [[-4.0, -np.inf, np.nan]]):
        colours = MatrixColours(LIGHT, "diverging", np.array(values))
        assert (colours.low, colours.high) == (-4.0, 4.0)
    assert colours.level(0.0) in (127, 128)
    assert MatrixColours(LIGHT, "weights", np.array([[0.2]])).high == 1.0
    assert MatrixColours(LIGHT, "counts", np.array([[7.0]])).high == 7.0


def test_a_heatmap_has_the_colours_that_the_cells_have():
    values = np.array([[0.0, 0.5, 1.0], [np.nan, -np.inf, 0.25]])
    colours = MatrixColours(LIGHT, "weights", values)
    pixels = colours.pixels(values)
    for place, value in np.ndenumerate(values):
        assert QColor.fromRgb(int(pixels[place])) == colours.fill(float(value))


def test_numbers_where_there_is_room_and_a_heatmap_where_there_is_not(view):
    assert view.matrix_layout().digits == 2
    view.resize(150, 300)
    assert view.matrix_layout().digits == 1
    view.resize(60, 60)
    assert not view.matrix_layout().has_numbers
    assert view.matrix_layout().kind == "counts"  # without numbers there must be colours


@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (30, 30), (200, 200), (512, 512), (3, 400)])
def test_everything_stays_within_the_widget(qtbot, shape):
    view = MatrixView(title="t")
    qtbot.addWidget(view)
    labels = tuple(f"token {n}" for n in range(shape[1]))
    view.set_matrix(Matrix(np.zeros(shape), column_labels=labels, colours="weights"))
    for size in ((500, 400), (900, 700)):
        view.resize(*size)
        layout = view.matrix_layout()
        assert QRectF(view.rect()).contains(layout.grid)
        assert layout.legend.bottom() <= view.height()
        view.grab()
    assert view.sizeHint().width() <= 1000
    assert view.sizeHint().height() <= 900


def test_nothing_and_an_empty_matrix_can_be_drawn(view):
    for matrix in (None, Matrix(np.zeros((0, 0))), Matrix(np.zeros((0, 3)), colours="weights")):
        view.set_matrix(matrix)
        assert view.matrix() is matrix
        assert not view.grab().isNull()
        assert view.cell_at(view.rect().center().toPointF()) == (-1, -1)


def test_the_pointer_is_told_and_read(view, qtbot):
    told = []
    view.cell_hovered.connect(lambda *cell: told.append(cell))
    qtbot.mouseMove(view, middle(view, 1, 2))
    assert "key 2: oranges" in view.accessibleDescription()
    assert "value 0.625" in view.accessibleDescription()
    qtbot.mouseMove(view, QPoint(1, 1))
    assert told == [(1, 2), (-1, -1)]


def test_pointing_from_outside_tells_nobody(view, qtbot):
    before = view.grab().toImage()
    with qtbot.assertNotEmitted(view.cell_hovered), qtbot.assertNotEmitted(view.cell_selected):
        view.set_pointed(2, 0)
    assert view.grab().toImage() != before
    view.set_pointed(17, 0)  # another matrix may be larger
    view.set_pointed(-1, -1)
    assert view.grab().toImage() == before


def test_the_tooltip_has_four_decimals_and_whole_numbers_whole(view):
    third = make_matrix(values=np.full((3, 3), 1 / 3), row_title="query")
    view.set_matrix(third)
    assert view.tooltip_rows(0, 1) == [
        ("query", "0: I"),
        ("column", "1: love"),
        ("value", "0.3333"),
    ]
    for value, words in (
        (-np.inf, "−∞ (hidden)"), (np.inf, "∞"), (-2.0, "−2"), (-0.0, "0"), (1234567.0, "1234567"),
        (-0.49942, "−0.4994"), (2.5e-7, "2.5·10⁻⁷"),
    ):  # fmt: skip
        view.set_matrix(make_matrix(values=np.full((3, 3), value)))
        assert view.tooltip_rows(0, 0)[2] == ("value", words)


def test_chinese_over_narrow_columns_stays_upright(view, monkeypatch):
    """Where a long label has to be turned, 一 would be read as 丨."""
    drawn = []
    draw = QPainter.drawText

    def recorded(painter, place, *rest):
        drawn.append((rest[-1], painter.transform().isRotating(), place))
        draw(painter, place, *rest)

    monkeypatch.setattr(QPainter, "drawText", recorded)
    names = ("<begin>", "一", "千三")
    view.set_matrix(make_matrix(row_labels=(), column_labels=names))
    view.resize(150, 300)
    assert view.matrix_layout().is_rotated
    view.grab()
    rotated = {text: is_rotated for text, is_rotated, _ in drawn}
    assert rotated["<begin>"]
    assert not any(rotated[char] for char in "一千三")
    places = {text: place for text, _, place in drawn}
    layout = view.matrix_layout()
    assert places["千"].center().y() < places["三"].center().y() < layout.header.bottom()
    for char, column in (("一", 1), ("千", 2), ("三", 2)):
        assert places[char].center().x() == pytest.approx(layout.cell(0, column).center().x())


def test_a_stack_of_characters_is_cut_where_there_is_no_room(qtbot, monkeypatch):
    drawn = []
    monkeypatch.setattr(QPainter, "drawText", lambda self, *rest: drawn.append(rest[-1]))
    image = QImage(40, 200, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    em = QFontMetricsF(painter.font()).horizontalAdvance("一")
    draw_column_label(painter, 20, 190, 3 * em, "一二三")
    draw_column_label(painter, 20, 190, 3 * em, "一二三四")
    painter.end()
    assert drawn == [*"一二三", *"一二⋮"]
    assert [stacks(text) for text in ("〇年", "", "a一", "…", " 一")] == [True, *[False] * 4]


def test_keys_walk_and_tell(view, qtbot):
    told = []
    view.cell_selected.connect(lambda *cell: told.append(cell))
    keys = (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Home)
    for key in keys:
        qtbot.keyClick(view, key)
    qtbot.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert told == [(0, 0), (1, 0), (1, 2), (0, 2), (0, 0), (2, 2)]


def test_a_click_chooses(view, qtbot):
    with qtbot.waitSignal(view.cell_selected) as chosen:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 2, 1))
    assert chosen.args == [2, 1]


def test_a_number_is_typed_and_tab_goes_on(view, qtbot):
    told = []
    view.cell_edited.connect(lambda *edit: told.append(edit))
    old = view.matrix().values
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 0, 2))
    qtbot.keyClick(view, "7")
    qtbot.keyClicks(view.editor(), ".5")
    qtbot.keyClick(view.editor(), Qt.Key.Key_Tab)
    assert view.selected() == (1, 0)
    qtbot.keyClicks(view.editor(), "-3")
    qtbot.keyClick(view.editor(), Qt.Key.Key_Return)
    assert view.editor() is None
    assert told == [(0, 2, 7.5), (1, 0, -3.0)]
    assert view.matrix().values[0, 2] == 7.5
    assert old[0, 2] == 0.25  # the matrix that was handed over is as it was


@pytest.mark.parametrize("text", ["abc", "", "nan", "1e999", "1,5"])
def test_what_is_no_number_is_refused_with_a_sentence(view, qtbot, monkeypatch, text):
    said = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, words, *_: said.append(words))
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 1, 1))
    view.editor().setText(text)
    with qtbot.assertNotEmitted(view.cell_edited):
        qtbot.keyClick(view.editor(), Qt.Key.Key_Return)
    assert view.editor().text() == "0.5"
    assert len(said) == 1
    assert f"“{text}” is not a number" in said[0]
    assert view.matrix().values[1, 1] == 0.5
    qtbot.keyClick(view.editor(), Qt.Key.Key_Escape)
    assert view.editor() is None


def test_a_value_that_was_only_looked_at_is_not_told(view, qtbot):
    third = np.full((3, 3), 1 / 3)
    view.set_matrix(make_matrix(values=third))
    with qtbot.assertNotEmitted(view.cell_edited):
        view.edit_cell(0, 0)
        qtbot.keyClick(view.editor(), Qt.Key.Key_Return)
    assert view.matrix().values[0, 0] == 1 / 3


def test_another_matrix_may_come_in_answer_to_an_edit(view, qtbot):
    def answer(row, column, value):
        view.set_matrix(make_matrix(values=np.full((3, 3), value)))

    view.cell_edited.connect(answer)
    view.edit_cell(0, 0)
    view.editor().setText("4")
    qtbot.keyClick(view.editor(), Qt.Key.Key_Tab)
    assert view.editor().text() == "4"
    view.set_matrix(Matrix(np.zeros((2, 2))))  # another shape: nothing is left to be edited
    assert view.editor() is None


def test_without_editing_no_editor_opens(qtbot):
    view = MatrixView()
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.set_matrix(make_matrix())
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 1, 1))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert view.findChild(QWidget) is None


def test_the_picture_follows_the_theme(view, qapp):
    apply_theme(qapp, LIGHT)
    light = view.grab().toImage()
    apply_theme(qapp, DARK)
    dark = view.grab().toImage()
    apply_theme(qapp, LIGHT)
    assert light != dark
    assert view.grab().toImage() == light


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=lambda theme: theme.name)
def test_a_figure_has_its_text_as_text(qapp, theme):
    matrix = make_matrix(colours="diverging", highlight_rows=(0,), highlight_cells=((1, 1),))
    size = matrix_size(matrix, "Scores")

    def paint(painter, rect):
        paint_matrix(painter, rect, matrix, theme, "Scores")

    figure = Figure(
        size, "Scores", {"application": "visualizer", "date": "2026-01-02T03:04:05Z"}, theme, paint
    )
    svg = figure_bytes(figure, "svg", 800).decode()
    for text in ("Scores", "oranges", "0.75", "+1.00"):
        assert f">{text}<" in svg
    assert figure_bytes(figure, "pdf", 800).startswith(b"%PDF")


def test_a_large_figure_is_one_image(qapp):
    matrix = Matrix(np.eye(100), colours="weights")
    size = matrix_size(matrix, "")
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor(LIGHT.paper))
    painter = QPainter(image)
    paint_matrix(painter, QRectF(image.rect()), matrix, LIGHT)
    painter.end()
    colours = {image.pixelColor(x, y).name() for x in range(0, 400, 7) for y in range(0, 400, 7)}
    assert LIGHT.attention[-1].lower() in colours
