"""Files of every kind that are damaged or made to do harm, dropped on the window."""

from __future__ import annotations

import bz2
import io
import json
import lzma
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from visualizer.engine.records import Prompt
from visualizer.session.export_subjects import Exportable
from visualizer.session.provenance_reading import NoViewError, read_view
from visualizer.session.state import ViewState
from visualizer.session.view_file import view_json
from visualizer.ui.export_files import ExportChoice, export_bytes

KINDS = ("png", "svg", "pdf", "csv", "npz", "json")
FACTS = {"application": "visualizer 1", "view": view_json(ViewState(Prompt("seen"))), "model": "m"}
TEXT = json.dumps(FACTS)


@pytest.fixture
def views(head_view, causal):
    return Exportable(ViewState(Prompt("ab"), layer=1), "", head=head_view(causal(3), layer=1))


def drop(app, path):
    """Drop a file; what is said of it, "" if it is shown."""
    app.window.banner.withdraw("file")
    app.commands.open_paths([path])
    notice = app.window.banner.shown
    return str(notice.message) if notice is not None and notice.key == "file" else ""


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_figure_is_shown_or_refused_in_a_sentence(
    qtbot, app, views, tmp_path, damaged, kind
):
    original = export_bytes(views, "head", kind, ExportChoice(width_px=100))
    path = tmp_path / f"figure.{kind}"
    n_refused = 0
    for n, data in enumerate(damaged(original)):
        path.write_bytes(data)
        # A long text takes its time on the screen: thousands are only looked into for a view.
        said = drop(app, path) if n < 60 else str(app.commands.view_files.open(path))
        n_refused += bool(said)
        assert "\n" not in said
    assert n_refused > 3
    path.write_bytes(original)
    app.commands.replace_text("other")
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        assert drop(app, path) == ""
    assert app.controller.state.prompt.text == "A journey of"  # the window works as before


def png(kind: bytes, body: bytes, n_before: int = 0) -> bytes:
    chunks = [(b"aaAa", b"")] * n_before + [(kind, body)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def svg(text: str = TEXT, head: str = "") -> str:
    return f'{head}<svg><metadata><provenance xmlns="urn:visualizer:provenance">{text}' + (
        "</provenance></metadata></svg>"
    )


def npz(data: bytes, compression: int = zipfile.ZIP_DEFLATED, name="provenance.npy") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr(name, data)
    return file.getvalue()


def npy(value: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(value), allow_pickle=True)
    return file.getvalue()


def encrypted() -> bytes:
    data = bytearray(npz(npy(TEXT)))
    for signature, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + place] |= 1
    return bytes(data)


def damaged_lzma() -> bytes:
    data = bytearray(npz(npy(TEXT), zipfile.ZIP_LZMA))
    data[60:70] = b"\xff" * 10
    return bytes(data)


BOMB = 400_000_000
ENTITIES = '<!ENTITY e0 "ha">' + "".join(
    f"<!ENTITY e{n} '" + f"&e{n - 1};" * 10 + "'>" for n in range(1, 9)
)
HARMFUL = {
    "short.png": png(b"iTXt", b"provenance\0\0\0"),
    "no-text.png": png(b"iTXt", b"provenance\0"),
    "cut.png": png(b"zTXt", b"provenance\0\0" + zlib.compress(TEXT.encode())[:20]),
    "bomb.png": png(b"zTXt", b"provenance\0\0" + zlib.compress(bytes(BOMB))),
    "bomb2.png": png(b"iTXt", b"provenance\0\1\0\0\0" + zlib.compress(bytes(BOMB))),
    "chunks.png": png(b"tEXt", b"provenance\0" + TEXT.encode(), 2_000_000),
    "endless.png": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXt" + bytes(1000),
    "unknown.svg": b'<?xml version="1.0" encoding="klingon"?>' + svg().encode(),
    "not-text.svg": b'<?xml version="1.0" encoding="base64"?>' + svg().encode(),
    "wide.svg": b'<?xml version="1.0" encoding="utf-32"?>' + svg().encode(),
    "entities.svg": svg("&e8;", f"<!DOCTYPE svg [{ENTITIES}]>").encode(),
    "entities16.svg": svg("&e8;", f"<!DOCTYPE svg [{ENTITIES}]>").encode("utf-16"),
    "outside.svg": svg("&x;", '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>').encode(),
    "elements.svg": b"<svg>" + b"<a/>" * 3_000_000 + b"</svg>",
    "deep.svg": b"<a>" * 3_000_000,
    "comment.svg": b"<svg><!--" + b"-" * 12_000_000,
    "packets.pdf": b"%PDF-1.4\n" + b"<x:xmpmeta " * 1_000_000,
    "open.pdf": b"%PDF-1.4\n<x:xmpmeta>" + b"</x:xmpmet " * 1_000_000,
    "encrypted.npz": encrypted(),
    "lzma.npz": damaged_lzma(),
    "lzma-whole.npz": npz(npy(TEXT), zipfile.ZIP_LZMA),
    "bzip2.npz": npz(npy(TEXT), zipfile.ZIP_BZIP2)[:200] + bz2.compress(b"") + lzma.compress(b""),
    "bomb.npz": npz(bytes(BOMB)),
    "header.npz": npz(npy("").replace(b"<U0", b"<U1")[:70]),
    "object.npz": npz(npy([None, 1])),
    "directory.npz": b"PK\3\4" + b"PK\1\2" * 3_000_000,
    "deep.json": b'{"provenance": ' + b"[" * 3_000_000,
    "deep2.json": b'{"a": ' * 3_000_000,
    "digits.json": b'{"provenance": ' + b"9" * 3_000_000 + b"}",
    "numbers.json": b'{"provenance": {"application": 1e999}}',
    "surrogate.csv": b'# {"application": "visualizer \\ud800", "model": "m"}\n',
    "deep.csv": b"# {" + b"[" * 3_000_000,
}


@pytest.fixture(scope="module")
def harmful(tmp_path_factory):
    """A folder with all of them."""
    folder = tmp_path_factory.mktemp("harmful")
    for name, data in HARMFUL.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("name", HARMFUL)
def test_a_file_made_to_do_harm_is_refused(harmful, name):
    with pytest.raises(NoViewError):
        read_view(harmful / name)


def test_dropped_they_are_refused_and_the_window_goes_on(qtbot, app, harmful):
    for name in HARMFUL:
        said = drop(app, harmful / name)
        if not said:  # it may be read as a text
            assert name.endswith((".svg", ".csv", ".json"))
        assert "\n" not in said
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.commands.replace_text("abc")


def test_a_huge_file_is_refused_unread(app, tmp_path):
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(20_000_000_000)
    assert "larger than 256 MB" in drop(app, tmp_path / "huge.txt")
    os.mkfifo(tmp_path / "pipe")
    assert "a pipe or a device" in drop(app, tmp_path / "pipe")
    assert "a pipe or a device" in drop(app, Path("/dev/zero"))
