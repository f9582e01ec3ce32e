"""Files as prompts: every encoding, and everything that is no text."""

from __future__ import annotations

import codecs
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.files import ReadError
from visualizer.ui.text_files import (
    MOST_BYTES,
    TextFileError,
    UnknownEncodingError,
    read_text_file,
)

TEXT = "Grüße, 世界 🙂\nsecond line\n"


@pytest.fixture
def write(tmp_path):
    def write(data: bytes, name="file.txt"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
    ],
)
def test_every_marked_encoding_gives_the_same_text(write, data):
    assert read_text_file(write(data)).text == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_found_out(write, encoding):
    file = read_text_file(write("Plain English words.\n".encode(encoding)))
    assert (file.text, file.encoding) == ("Plain English words.\n", encoding)


@pytest.mark.parametrize(
    ("data", "changed"), [(b"a\r\nb\rc\n", True), (b"a\nb\n", False), (b"", False)]
)
def test_line_ends_become_plain_and_that_is_said(write, data, changed):
    file = read_text_file(write(data))
    assert "\r" not in file.text
    assert file.had_other_line_ends is changed


@pytest.mark.parametrize("encoding", ["gb18030", "windows-1252"])
def test_another_encoding_is_the_user_s_to_choose(write, encoding):
    text = "大模型预测" if encoding == "gb18030" else "Größe"
    path = write(text.encode(encoding))
    with pytest.raises(UnknownEncodingError) as caught:
        read_text_file(path)
    assert encoding in caught.value.encodings
    assert caught.value.path == path
    assert read_text_file(path, encoding).text == text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40),
        b"\x7fELF\x02\x01\x01" + bytes(50),
        os.urandom(5000) + bytes(range(8)),
        b"text with a NUL \0 in it",
    ],
)
def test_what_is_no_text_is_refused(write, data):
    with pytest.raises(TextFileError, match="not a text file"):
        read_text_file(write(data))


def test_ten_megabytes_are_refused_before_they_are_decoded(write):
    with pytest.raises(ReadError, match="larger than 4 MB"):
        read_text_file(write(b"a" * 10_000_000))


def test_the_largest_file_is_still_read(write):
    assert len(read_text_file(write(b"a" * MOST_BYTES)).text) == MOST_BYTES


def test_a_wrong_choice_of_encoding_is_said(write):
    with pytest.raises(TextFileError, match="utf-8"):
        read_text_file(write(b"\xff\xfe\xff"), "utf-8")


def test_what_is_not_there_or_no_file_is_said(tmp_path):
    for path in (tmp_path / "missing.txt", tmp_path, tmp_path / "nul\0name"):
        with pytest.raises(ReadError):
            read_text_file(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ReadError, match="a pipe or a device"):
        read_text_file(pipe)


def test_any_bytes_are_read_or_refused_but_never_crash(tmp_path):
    path = tmp_path / "any"

    @settings(deadline=None, max_examples=150, database=None)
    @given(st.binary(max_size=300))
    def check(data):
        path.write_bytes(data)
        try:
            text = read_text_file(path).text
        except TextFileError:
            return
        text.encode()  # no lone surrogates

    check()
