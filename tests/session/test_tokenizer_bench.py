"""Rows of tokenizers: aligned by bytes, counted, linked."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.encodings import ENCODINGS, load_encoding
from visualizer.engine.errors import VisualizerError
from visualizer.engine.token_alignment import align
from visualizer.engine.tokenization import Tokenization
from visualizer.session.tokenizer_bench import (
    BenchRow,
    bench_view,
    byte_places,
    linked_bytes,
    linked_tokens,
    n_own,
)

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.lists(
        st.sampled_from(
            ["Strawberry", " thousand", "大模型", "👩‍💻", "e\u0301", "\n\n", "  x", "שלום"]
        ),
        max_size=6,
    ).map("".join),
)
EXAMPLES = settings(deadline=None, max_examples=60, database=None)


@cache
def loaded(name):
    return load_encoding(name)


def view_of(text, names=ENCODINGS, **more):
    rows = [BenchRow(n, n, loaded(n), loaded(n).encode(text, **more)) for n in names]
    return bench_view(text, rows, parse_special=False)


def tokens(text, pieces, spans, *, n_added=0, lossless=True):
    starts, ends = (np.array(each, np.int64) for each in zip(*spans, strict=True))
    ids = np.arange(len(pieces), dtype=np.int64)
    return Tokenization(text, ids, tuple(pieces), starts, ends, n_added, "x", lossless)


def test_published_cuts_of_strawberry():
    view = view_of("Strawberry")
    assert view.alignment.places.tolist() == [0, 5, 10]
    assert view.alignment.firsts.tolist() == [[0, 2, 3], [0, 2, 3], [0, 2, 3]]
    assert view.alignment.differs.tolist() == [True, False]
    assert view.n_differing == 1
    assert (view.counts.characters, view.counts.bytes, view.counts.words) == (10, 10, 1)


@EXAMPLES
@given(text=TEXTS)
def test_alignment_is_that_of_the_stretches(text):
    view = view_of(text)
    stretches = align([row.tokenization for row in view.rows])
    alignment = view.alignment
    assert len(alignment.differs) == len(stretches)
    for number, stretch in enumerate(stretches):
        assert (alignment.places[number], alignment.places[number + 1]) == (
            stretch.start,
            stretch.end,
        )
        ranges = alignment.firsts[:, number : number + 2].tolist()
        assert [tuple(each) for each in ranges] == list(stretch.tokens)
        assert bool(alignment.differs[number]) != stretch.is_same
    data = text.encode()
    for row, firsts in zip(view.rows, alignment.firsts, strict=True):
        for number in range(len(alignment.differs)):
            part = row.tokenization.pieces[firsts[number] : firsts[number + 1]]
            assert b"".join(part) == data[slice(*alignment.places[number : number + 2].tolist())]


@EXAMPLES
@given(text=TEXTS.filter(bool), data=st.data())
def test_linked_tokens_are_those_that_share_a_byte(text, data):
    view = view_of(text)
    cut = data.draw(st.integers(0, 2))
    index = data.draw(st.integers(0, len(view.rows[cut].tokenization) - 1))
    start, end = (int(x) for x in view.places[cut][index : index + 2])
    for row, (first, last) in enumerate(linked_tokens(view, cut, index)):
        places = view.places[row]
        shares = [i for i in range(len(places) - 1) if places[i] < end and places[i + 1] > start]
        assert list(range(first, last)) == shares


def test_added_tokens_stand_in_front_and_belong_to_no_byte():
    one = tokens("ab", [b"<s>", b"a", b"b"], [(0, 0), (0, 1), (1, 2)], n_added=1)
    other = tokens("ab", [b"ab"], [(0, 2)])
    view = bench_view(
        "ab", [BenchRow("a", "a", None, one), BenchRow("b", "b", None, other)], parse_special=False
    )
    assert view.alignment.places.tolist() == [0, 0, 2]
    assert view.alignment.firsts.tolist() == [[0, 1, 3], [0, 0, 1]]
    assert view.alignment.differs.tolist() == [True, True]
    assert view.places[0].tolist() == [0, 0, 1, 2]
    assert (n_own(one), n_own(other)) == (2, 1)
    assert linked_tokens(view, 1, 0) == ((1, 3), (0, 1))
    assert linked_tokens(view, 0, 0) == ((0, 1), (0, 0))


def test_a_tokenizer_that_changes_the_text_is_aligned_by_its_own_spans():
    changed = tokens("Ça  va", [b"ca", b"va"], [(0, 2), (4, 6)], lossless=False)
    plain = tokens("Ça  va", ["Ça".encode(), b"  va"], [(0, 2), (2, 6)])
    assert byte_places(changed).tolist() == [0, 5, 7]
    view = bench_view(
        "Ça  va",
        [BenchRow("a", "a", None, changed), BenchRow("b", "b", None, plain)],
        parse_special=False,
    )
    assert view.alignment.places.tolist() == [0, 7]
    assert view.alignment.firsts[:, -1].tolist() == [2, 2]
    assert linked_bytes(view, 5, 6) == ((1, 2), (1, 2))


def test_tokens_without_bytes_belong_to_a_stretch_also_at_the_end():
    one = tokens("ab", [b"", b"ab", b""], [(0, 0), (0, 2), (2, 2)])
    other = tokens("ab", [b"ab"], [(0, 2)])
    view = bench_view(
        "ab", [BenchRow("a", "a", None, one), BenchRow("b", "b", None, other)], parse_special=False
    )
    assert view.alignment.firsts.tolist() == [[0, 3], [0, 1]]


def test_what_is_left_out_in_front_belongs_to_the_first_token():
    changed = tokens("  a", [b"a"], [(2, 3)], lossless=False)
    assert byte_places(changed).tolist() == [0, 3]


@pytest.mark.parametrize("text", ["", "a\ud800b"])
def test_empty_and_broken_text(text):
    view = view_of(text)
    assert view.text == text.replace("\ud800", "\ufffd")
    assert view.counts.bytes == len(view.text.encode())
    assert view.alignment.places[-1] == view.counts.bytes
    assert bool(len(view.alignment.differs)) == bool(text)
    assert all(row.tokenization.text == view.text for row in view.rows)


def test_rows_without_tokens_are_kept_and_left_out_of_the_alignment():
    rows = [
        BenchRow("a", "a", reason=VisualizerError("no")),
        BenchRow("gpt2", "gpt2", loaded("gpt2"), loaded("gpt2").encode("Strawberry")),
        BenchRow("b", "b"),
    ]
    view = bench_view("Strawberry", rows, parse_special=False)
    assert view.cut == (1,)
    assert len(view.alignment.differs) == 3
    assert view.n_differing == 0  # there is nothing to differ from
    assert [row.is_awaited for row in view.rows] == [False, False, True]
    assert bench_view("x", rows[:1], parse_special=False).alignment is None
