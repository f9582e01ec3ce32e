"""SVG and PDF figures: text is text, colours are numbers, and each file says where it is from."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from visualizer.engine.errors import NonFiniteError, UsageError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.exports import head_provenance, overview_provenance
from visualizer.session.provenance import Provenance
from visualizer.ui.figure_files import SVG_METADATA_NAMESPACE
from visualizer.ui.figure_parts import label_font, one_line
from visualizer.ui.figure_pdf import XMP_NAMESPACE, with_true_text
from visualizer.ui.figures import (
    head_figure,
    head_figure_size,
    overview_figure,
    plan_head_figure,
)
from visualizer.ui.theme import LIGHT, colour_table
from visualizer.ui.widgets.colour_scale import ColourMapping
from visualizer.ui.widgets.column_label import stacks

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
WHEN = datetime(2031, 12, 24, 18, 0, 1, tzinfo=UTC)
ORIGIN = Provenance("ab" * 32, "llama", "cpu", "float32")
CHINESE = ("大", "模型", "可以", "·一", "人", "。", "é", "Hello", "😀")

pytestmark = pytest.mark.usefixtures("qapp")
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None or shutil.which("pdftoppm") is None,
    reason="poppler's programs are not installed",
)


def words(*texts):
    """A tokenization with these tokens; "·" begins one with a space."""
    pieces = [text.replace("·", " ").encode("utf-8", "surrogatepass") for text in texts]
    lengths = [len(piece.decode("utf-8", "replace")) for piece in pieces]
    ends = np.cumsum(lengths, dtype=np.int64)
    ids = np.arange(7, 7 + len(pieces), dtype=np.int64)
    text = b"".join(pieces).decode("utf-8", "replace")
    return Tokenization(text, ids, tuple(pieces), ends - lengths, ends, 0, "made up")


def root_of(svg):
    return ElementTree.fromstring(svg.decode("utf-8"))


def texts_of(svg):
    return [element.text or "" for element in root_of(svg).iter(f"{SVG}text")]


def embedded_map(svg):
    """The largest image in the file, as Pillow reads it."""
    pictures = []
    for element in root_of(svg).iter(f"{SVG}image"):
        data = base64.b64decode(element.get(XLINK).partition("base64,")[2])
        pictures.append(Image.open(io.BytesIO(data)).convert("RGB"))
    return max(pictures, key=lambda picture: picture.width * picture.height)


def png_facts(png):
    """The facts one by one, which must be those of the JSON but for NUL, and the JSON's."""
    texts = dict(Image.open(io.BytesIO(png)).text)
    facts = json.loads(texts.pop("provenance"))
    assert texts == {key: text.replace("\0", "\ufffd") for key, text in facts.items()}
    return facts


def svg_facts(svg):
    place = f"{SVG}metadata/{{{SVG_METADATA_NAMESPACE}}}provenance"
    return json.loads(root_of(svg).findtext(place))


def pdf_facts(pdf):
    packet = re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", pdf, re.DOTALL).group()
    root = ElementTree.fromstring(packet.decode("utf-8"))
    return json.loads(next(root.iter(f"{{{XMP_NAMESPACE}}}provenance")).text)


def drawn_by_qt(svg, width):
    renderer = QSvgRenderer(QByteArray(svg))
    assert renderer.isValid()
    size = renderer.viewBoxF().size()
    image = QImage(width, round(width * size.height() / size.width()), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return Image.fromarray(np.ascontiguousarray(buffer[:, :, 2::-1]))


def drawn_by_poppler(pdf, width, folder):
    (folder / "figure.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-png", "-singlefile", "-scale-to-x", str(width), "-scale-to-y", "-1"]
    subprocess.run([*command, folder / "figure.pdf", folder / "page"], check=True, timeout=60)
    with Image.open(folder / "page.png") as picture:
        return picture.convert("RGB")


def read_by_poppler(pdf, folder):
    (folder / "figure.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", "-enc", "UTF-8", folder / "figure.pdf", "-"]
    done = subprocess.run(command, check=True, timeout=60, capture_output=True)
    return done.stdout.decode("utf-8")


def check_colours(picture, view, cells):
    """The colour in the middle of each cell is that of its weight."""
    area = plan_head_figure(view).map
    factor = picture.width / head_figure_size(view).width()
    n_rows, n_columns = view.record.weights.shape
    table = colour_table(LIGHT.attention)
    levels = ColourMapping(view.colour_scale).levels(view.record.weights)
    for row, column in cells:
        x = (area.left() + (column + 0.5) * area.width() / n_columns) * factor
        y = (area.top() + (row + 0.5) * area.height() / n_rows) * factor
        found = np.array(picture.getpixel((int(x), int(y))), dtype=int)
        assert np.abs(found - table[levels[row, column]]).max() <= 1, (row, column)


def corners(n):
    return [(0, 0), (n - 1, 0), (n - 1, n - 1), (0, n - 1), (n // 2, n // 3), (n - 1, n // 2)]


# ------------------------------------------------------------------------------------ colours


@pytest.mark.parametrize(("n", "colour_scale"), [(1, "linear"), (10, "log"), (60, "linear")])
def test_qt_draws_the_weights_of_an_svg(head_view, causal, n, colour_scale):
    view = head_view(causal(n), colour_scale=colour_scale)
    check_colours(drawn_by_qt(head_figure(view, "svg"), 1200), view, corners(n))


@needs_poppler
@pytest.mark.parametrize(("n", "colour_scale"), [(10, "log"), (60, "linear")])
def test_poppler_draws_the_weights_of_a_pdf(head_view, causal, tmp_path, n, colour_scale):
    view = head_view(causal(n), colour_scale=colour_scale)
    picture = drawn_by_poppler(head_figure(view, "pdf"), 1200, tmp_path)
    check_colours(picture, view, corners(n))


@pytest.mark.parametrize("n", [3, 100, 700])
def test_the_image_in_an_svg_holds_every_cell_as_a_square(head_view, causal, n):
    view = head_view(causal(n))
    pixels = np.asarray(embedded_map(head_figure(view, "svg")))
    edge = pixels.shape[0] // n
    assert pixels.shape == (n * edge, n * edge, 3)
    assert edge == (64 if n == 3 else 2048 // n)
    levels = ColourMapping().levels(view.record.weights)
    expected = colour_table(LIGHT.attention)[levels]
    assert np.array_equal(pixels, expected.repeat(edge, axis=0).repeat(edge, axis=1))


def test_more_cells_than_the_image_can_hold_keep_their_maximum_and_it_is_said(head_view):
    weights = np.zeros((2100, 2100), dtype=np.float32)
    weights[2051, 1234] = 1.0
    svg = head_figure(head_view(weights), "svg")
    picture = embedded_map(svg)
    assert picture.width == 2048
    darkest = tuple(colour_table(LIGHT.attention)[255].tolist())
    assert darkest in {colour for _, colour in picture.getcolors(1 << 16)}
    assert any("a dot is the maximum of its cells" in text for text in texts_of(svg))
    exact = head_figure(head_view(weights[:300, :300]), "svg")
    assert not any("a dot is the maximum" in text for text in texts_of(exact))


def test_all_heads_in_an_svg_are_the_thumbnails(overview_view):
    thumbnails = np.random.default_rng(0).random((3, 4, 5, 5)).astype(np.float32)
    svg = overview_figure(overview_view(thumbnails, block=2), "svg")
    pixels = np.asarray(embedded_map(svg)).astype(int)
    assert pixels.shape == (3 * 125 + 2 * 2, 4 * 125 + 3 * 2, 3)  # cells of 25, gaps of 2 pixels
    pitch = 127
    for layer, head, row, column in ((0, 0, 0, 0), (2, 3, 4, 4), (1, 2, 3, 1), (2, 0, 0, 4)):
        y, x = layer * pitch + row * 25 + 12, head * pitch + column * 25 + 12
        place = np.sqrt(thumbnails[layer, head, row, column]) * 255
        around = colour_table(LIGHT.attention)[[int(place) - 1, int(place) + 1]].astype(int)
        assert (pixels[y, x] >= around.min(axis=0) - 1).all()
        assert (pixels[y, x] <= around.max(axis=0) + 1).all()
    shown = " ".join(texts_of(svg))
    for text in ("All heads of made-up model", "L2", "H3", "maximum over 2 × 2 tokens"):
        assert text in shown


# --------------------------------------------------------------------------------------- text


def test_every_token_is_a_text_of_the_svg(head_view, causal):
    view = replace(head_view(causal(9)), tokenization=words(*CHINESE))
    texts = texts_of(head_figure(view, "svg"))
    for token in CHINESE:  # a row and a column each; one of two scripts is in parts
        if len(token) > 1 and stacks(token):  # upright over its column
            assert set(token) | {token} <= set(texts), token
            continue
        for part in re.findall("[·一]|[^·一]+", token) if "一" in token else [token]:
            assert texts.count(part) >= 2, token
    assert "L3·H5 of made-up model" in texts
    assert "key (is looked at) →" in texts


@needs_poppler
def test_poppler_reads_the_text_of_a_pdf(head_view, causal, tmp_path):
    view = replace(head_view(causal(9)), tokenization=words(*CHINESE))
    text = read_by_poppler(head_figure(view, "pdf"), tmp_path)
    for token in CHINESE[:-1]:  # an emoji in colours is an image in a PDF
        assert text.count(token) >= 2, token
    assert "L3·H5 of made-up model" in text
    assert "key (is looked at) →" in text
    assert "9 tokens: 大模型可以 一人。éHello" in text
    info = subprocess.run(
        ["pdfinfo", tmp_path / "figure.pdf"], check=True, timeout=60, capture_output=True
    ).stdout.decode()
    assert re.search(r"Title: +L3·H5 of made-up model\n", info)
    assert re.search(r"Creator: +visualizer ", info)
    assert re.search(r"Pages: +1\n", info)


def test_fonts_have_families_that_other_machines_know(head_view, causal):
    svg = head_figure(head_view(causal(4)), "svg").decode()
    used = set(re.findall(r'<text[^>]* font-family="([^"]*)"', svg))
    rules = dict(re.findall(r'text\[font-family="([^"]*)"\] \{ font-family: (.*) \}', svg))
    assert used == set(rules)
    assert not any("," in family for family in used)  # Qt would take it for one name
    assert sorted(rule.split(", ")[-1] for rule in rules.values()) == [
        "'Noto Color Emoji'",
        "sans-serif",
    ]
    assert any("monospace, 'Noto Color Emoji'" in rule for rule in rules.values())


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_thousand_tokens_are_small_quick_and_readable(head_view, kind):
    weights = np.tril(np.random.default_rng(0).random((1024, 1024)))  # noise packs worst
    view = head_view((weights / weights.sum(axis=1, keepdims=True)).astype(np.float32))
    view = replace(view, scale_range="largest", colour_scale="log")
    before = time.process_time()
    data = head_figure(view, kind)
    assert time.process_time() - before < 2.0
    assert len(data) < 5e6
    if kind == "svg":
        labels = [
            element for element in root_of(data).iter(f"{SVG}text") if "·" in (element.text or "")
        ]
        baselines = sorted(float(element.get("y")) for element in labels)
        rows = np.unique(np.round([y for y in baselines if y > 20], 1))
        assert 15 <= len(rows) <= 60
        assert np.diff(rows[1:]).min() >= label_font().pixelSize()


@pytest.mark.parametrize("figure", ["head", "overview"])
def test_the_same_view_and_time_give_the_same_svg_and_png(head_view, overview_view, causal, figure):
    def drawn(kind):
        if figure == "head":
            return head_figure(head_view(causal(5)), kind, when=WHEN)
        return overview_figure(overview_view(np.ones((2, 2, 3, 3), np.float32)), kind, when=WHEN)

    assert drawn("svg") == drawn("svg")
    assert drawn("png") == drawn("png")


# --------------------------------------------------------------------------------- provenance


def test_every_format_says_where_a_head_is_from(head_view, causal):
    view = replace(head_view(causal(4), head="mean"), provenance=ORIGIN)
    expected = head_provenance(view, WHEN)
    svg = head_figure(view, "svg", when=WHEN)
    assert svg_facts(svg) == expected
    assert pdf_facts(head_figure(view, "pdf", when=WHEN)) == expected
    assert png_facts(head_figure(view, when=WHEN)) == expected
    description = root_of(svg).findtext(f"{SVG}desc")
    for text in ("made-up model", "ab" * 32, "2031-12-24T18:00:01Z", "visualizer "):
        assert text in description
    assert [element.text for element in root_of(svg).iter(f"{SVG}title")] == [
        "L3·mean of made-up model"
    ]


def test_every_format_says_where_all_heads_are_from(overview_view):
    view = replace(overview_view(np.ones((2, 3, 4, 4), np.float32)), provenance=ORIGIN)
    expected = overview_provenance(view, WHEN)
    assert expected["prompt"] == "A journey of a"
    assert svg_facts(overview_figure(view, "svg", when=WHEN)) == expected
    assert pdf_facts(overview_figure(view, "pdf", when=WHEN)) == expected
    assert png_facts(overview_figure(view, when=WHEN)) == expected


HOSTILE = [
    "</metadata></svg><script>",
    "]]> & &amp; <desc> \"'",
    "a\0b\x1b[31m\x7f\x85",
    "line\r\nend\n\ttab ",
    "\u202eright to left\u202c \ufffe\uffff",
    "😀👩‍👩‍👧 é 大\u2f24",
    "x" * 20_000,
]


@pytest.mark.parametrize("prompt", HOSTILE)
def test_no_prompt_breaks_a_file(head_view, causal, prompt):
    tokenization = words(prompt, prompt)
    view = replace(head_view(causal(2)), tokenization=tokenization, model_name=prompt[:100])
    expected = head_provenance(view, WHEN)
    assert svg_facts(head_figure(view, "svg", when=WHEN)) == expected
    assert pdf_facts(head_figure(view, "pdf", when=WHEN)) == expected
    assert png_facts(head_figure(view, when=WHEN)) == expected


@settings(deadline=None, max_examples=100)
@given(text=st.text())
def test_one_line_shows_nothing_that_xml_or_a_line_cannot_hold(text):
    shown = one_line(text)
    assert ElementTree.fromstring(f"<a>{shown.replace('&', '').replace('<', '')}</a>") is not None
    assert shown.splitlines() in ([], [shown])
    assert shown.count(" ") >= text.count(" ")


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_what_is_no_pattern_makes_no_figure(head_view, overview_view, kind):
    with pytest.raises(UsageError):
        head_figure(head_view(np.zeros((0, 0), np.float32), n_tokens=2), kind)
    with pytest.raises(NonFiniteError):
        head_figure(head_view(np.full((2, 2), np.nan, np.float32)), kind)
    with pytest.raises(NonFiniteError):
        overview_figure(overview_view(np.full((1, 1, 2, 2), np.inf, np.float32)), kind)


def test_glyph_tables_of_a_pdf_name_characters_and_not_radicals():
    table = (
        b"\nbegincmap\n2 beginbfrange\n<0000> <0000> <0000>\n<0009> <2F25> "
        b"[<2F24> <0009> <2E80> <6A21> ]\n<0001> <0001> <2F00>\nendbfrange\nendcmap\n"
    )
    outside = b"stream\n<2F24> [<2F24>]\nendstream\n"
    mended = with_true_text(outside + table + outside)
    assert (
        mended
        == outside
        + table.replace(
            b"[<2F24> <0009> <2E80> <6A21> ]", b"[<5927> <0020> <2E80> <6A21> ]"
        ).replace(b"<0001> <0001> <2F00>", b"<0001> <0001> <4E00>")
        + outside
    )
