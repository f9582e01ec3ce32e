from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.reading import MOST_TEXT_BYTES, read_matrix, read_text_file


def written(tmp_path, data):
    path = tmp_path / "file"
    path.write_bytes(data)
    return path


def test_a_text_is_read_with_one_kind_of_line_end(tmp_path):
    path = written(tmp_path, "\ufeffé\r\nb\rc\n".encode())
    assert read_text_file(path) == "é\nb\nc\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"ab\xffc", "0xFF at offset 2"),
        (b"ab\0c", "not a text: there is a zero byte at offset 2"),
    ],
)
def test_bad_texts(tmp_path, data, words):
    with pytest.raises(VisualizerError, match=words):
        read_text_file(written(tmp_path, data))


def test_a_file_of_50_megabytes_is_refused_unread(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(VisualizerError, match=r"larger than 10 MB"):
        read_text_file(path)
    with path.open("wb") as file:
        file.write(b"a" * MOST_TEXT_BYTES)
    assert len(read_text_file(path)) == MOST_TEXT_BYTES


@pytest.mark.parametrize("name", ["missing", ".", "a\0b"])
def test_files_that_cannot_be_read(tmp_path, name):
    for read in (read_text_file, read_matrix):
        with pytest.raises(VisualizerError, match="Cannot read"):
            read(tmp_path / name)


def test_a_matrix_is_read_exactly(tmp_path):
    path = written(tmp_path, b"\xef\xbb\xbf1, -2.5\r\n\r\n1e-3,.25\r\n")
    np.testing.assert_array_equal(read_matrix(path), [[1, -2.5], [1e-3, 0.25]])
    assert read_matrix(written(tmp_path, b"7")).shape == (1, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n , \n", "empty"),
        (b"1,2\n3\n", "line 2: 1 numbers where the first row has 2"),
        (b"1,nan\n", "line 1, column 2: 'nan' is not a finite number"),
        (b"1,2\ninf,3\n", "line 2, column 1"),
        (b"1,1e999\n", "column 2"),
        (b"a,b\n1,2\n", "line 1, column 1: 'a'"),
        (b"1,\n", "column 2: ''"),
        (b"1_000\n", "not a finite number"),
        ("１\n".encode(), "not a finite number"),
        (b"1,\xff\n", "not a table"),
        (b"1\n" * 513, "more than 512 rows"),
        (b",".join([b"1"] * 513), "more than 512 rows or columns"),
        (b'"' + b"1" * 200_000 + b'"', "not a table"),
    ],
)
def test_bad_matrices(tmp_path, data, words):
    with pytest.raises(VisualizerError, match=words) as caught:
        read_matrix(written(tmp_path, data))
    assert "\n" not in str(caught.value)
