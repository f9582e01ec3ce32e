"""What exported files say of themselves is read back; broken and foreign files are refused."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from PySide6.QtGui import QImage

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import Prompt
from visualizer.session import provenance_reading
from visualizer.session.export_subjects import Exportable, subject_facts
from visualizer.session.provenance import Provenance
from visualizer.session.provenance_reading import NoViewError, read_provenance, read_view
from visualizer.session.state import ViewState
from visualizer.session.view_file import ViewFileError, view_json
from visualizer.ui.export_files import export_bytes

KINDS = ("png", "svg", "pdf", "csv", "npz", "json")
WHEN = datetime(2031, 12, 24, 18, 0, 1, tzinfo=UTC)
TEXT = 'A journey "of" <&> \u2028 大 \U0001f600 \x00 # {}'
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def views(head_view, causal):
    state = ViewState(Prompt("A journey of a"), layer=3, head=5, n_candidates=17)
    view = head_view(causal(4))
    return Exportable(state, "a model", Provenance("ab" * 32), head=view)


@pytest.fixture
def written(views, tmp_path):
    """Every kind of file, by kind."""
    paths = {}
    for kind in KINDS:
        paths[kind] = tmp_path / f"file.{kind}"
        paths[kind].write_bytes(export_bytes(views, "head", kind, when=WHEN))
    return paths


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_all_facts_and_the_view_back(views, written, kind):
    path = written[kind]
    assert read_provenance(path) == subject_facts(views, "head", WHEN)
    request = read_view(path)
    assert request.state == views.state
    assert (request.model, request.weights_sha256) == ("a model", "ab" * 32)
    renamed = path.rename(path.with_suffix(".dat"))  # by content, not by name
    assert read_view(renamed).state == views.state


@pytest.mark.parametrize("kind", KINDS)
def test_any_text_of_the_view_survives(views, tmp_path, kind):
    state = ViewState(Prompt(TEXT), layer=3, head=5)
    object.__setattr__(views, "state", state)
    object.__setattr__(views.head.tokenization, "text", TEXT)
    (tmp_path / "f").write_bytes(export_bytes(views, "head", kind, when=WHEN))
    assert read_view(tmp_path / "f").state.prompt.text == TEXT
    assert read_provenance(tmp_path / "f")["prompt"] == TEXT


def test_readers_of_others_see_the_same(views, written):
    view = subject_facts(views, "head", WHEN)["view"]
    assert Image.open(written["png"]).text["view"] == view
    assert QImage(str(written["png"])).text("view") == view
    with np.load(written["npz"], allow_pickle=False) as archive:
        assert str(archive["view"]) == view
    assert json.loads(written["json"].read_text("utf-8"))["provenance"]["view"] == view
    line = written["csv"].read_text("utf-8").split("\n", 1)[0]
    assert json.loads(line.removeprefix("# "))["view"] == view


def test_numpy_reads_the_table_past_the_comment(views, written):
    numbers = np.loadtxt(
        written["csv"], delimiter=",", comments="#", quotechar='"', skiprows=2, usecols=range(1, 5)
    )
    assert np.array_equal(numbers.astype(np.float32), views.head.record.weights)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_cut_anywhere_is_refused_in_one_sentence(written, tmp_path, kind):
    data = written[kind].read_bytes()
    cut = tmp_path / f"cut.{kind}"
    for share in (0.0, 0.001, 0.1, 0.3, 0.5, 0.9):
        cut.write_bytes(data[: int(len(data) * share)])
        with contextlib.suppress(NoViewError, ViewFileError):
            assert read_view(cut).state.n_candidates == 17  # what is said stands before the cut


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_changed_bytes_are_refused_or_read_and_nothing_else(tmp_path_factory, kind, data):
    folder = tmp_path_factory.getbasetemp() / "changed"
    original = _originals(folder)[kind]
    place = data.draw(st.integers(0, len(original) - 1))
    noise = data.draw(st.binary(min_size=1, max_size=8))
    path = folder / "changed"
    path.write_bytes(original[:place] + noise + original[place + len(noise) :])
    for read in (read_view, read_provenance):
        with contextlib.suppress(VisualizerError):
            read(path)


_ORIGINALS: dict[str, bytes] = {}


def _originals(folder):
    """Small files of every kind, made once."""
    if not _ORIGINALS:
        folder.mkdir(exist_ok=True)
        facts = {"application": "visualizer 1", "view": view_json(ViewState()), "model": "m"}
        text = json.dumps(facts)
        chunk = b"tEXt" + b"provenance\0" + text.encode()
        _ORIGINALS["png"] = (
            b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(chunk) - 4) + chunk
            + struct.pack(">I", zlib.crc32(chunk))
        )  # fmt: skip
        _ORIGINALS["svg"] = (
            '<svg xmlns="http://www.w3.org/2000/svg"><metadata><provenance xmlns='
            f'"urn:visualizer:provenance">{text}</provenance></metadata></svg>'
        ).encode()
        _ORIGINALS["pdf"] = (
            '%PDF-1.4\n<x:xmpmeta xmlns:x="a" xmlns:v="urn:visualizer:provenance">'
            f"<v:provenance>{text}</v:provenance></x:xmpmeta>"
        ).encode()
        _ORIGINALS["csv"] = f"# {text}\na,b\n".encode()
        _ORIGINALS["json"] = json.dumps({"provenance": facts}).encode()
        file = io.BytesIO()
        np.savez_compressed(file, provenance=np.array(text))
        _ORIGINALS["npz"] = file.getvalue()
    return _ORIGINALS


def test_foreign_files_carry_no_view(tmp_path):
    picture = io.BytesIO()
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "mine")
    Image.new("RGB", (2, 2)).save(picture, "png", pnginfo=texts)
    archive = io.BytesIO()
    np.savez(archive, a=np.zeros(2))
    files = {
        "a.png": (picture.getvalue(), False),
        "a.pdf": (b"%PDF-1.4\nnothing\n%%EOF", False),
        "a.npz": (archive.getvalue(), False),
        "a.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", True),
        "a.csv": (b"a,b\n1,2\n", True),
        "b.csv": (b"# {not json\n1,2\n", True),
        "a.json": (b'{"a": 1}', True),
        "b.json": (b'{"provenance": {"application": "other 1"}}', True),
    }
    for name, (data, is_text) in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(NoViewError) as caught:
            read_view(tmp_path / name)
        assert str(caught.value).startswith(f"{name} carries no view of this program. ")
        assert caught.value.is_text is is_text


def test_bombs_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance_reading, "MOST_FACTS_BYTES", 100_000)
    text = b'{"application": "visualizer 1", "prompt": "' + b"a" * 10_000_000 + b'"}'
    packed = b"zTXtprovenance\0\0" + zlib.compress(text, 9)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(packed) - 4) + packed
    (tmp_path / "a.png").write_bytes(png + struct.pack(">I", zlib.crc32(packed)))
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("provenance.npy", bytes(10_000_000))
    entities = '<!DOCTYPE a [<!ENTITY b "cccc">]><svg>' + "&b;" * 10 + "</svg>"
    (tmp_path / "a.svg").write_text(entities)
    header = b"\x93NUMPY\x01\x00v\x00{'descr': '<U4000000000', 'fortran_order': False, 'shape': ()}"
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("provenance.npy", header.ljust(127) + b"\n")
    for name in ("a.png", "a.npz", "a.svg", "b.npz"):
        with pytest.raises(NoViewError):
            read_view(tmp_path / name)


def test_what_is_no_file_is_said(tmp_path):
    for path in (tmp_path, tmp_path / "missing", tmp_path / "a\0b"):
        with pytest.raises(VisualizerError, match="Cannot read"):
            read_view(path)


def test_a_byte_order_mark_and_other_line_ends_are_no_obstacle(written):
    for kind in ("csv", "json"):
        data = written[kind].read_bytes().replace(b"\n", b"\r\n")
        written[kind].write_bytes(b"\xef\xbb\xbf" + data)
        assert read_view(written[kind]).state.n_candidates == 17
