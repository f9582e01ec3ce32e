"""The tokenizer bench in the window: when it works, in which thread, and what it shows."""

from __future__ import annotations

import threading

import pytest

from visualizer.engine.encodings import RankTokenizer, load_encoding
from visualizer.engine.errors import ModelLoadError, VisualizerError
from visualizer.engine.records import Prompt
from visualizer.locations import bundled_path
from visualizer.session.tokenizer_bench import OWN
from visualizer.session.vocabulary_desk import DecodedIds, TokenFacts
from visualizer.ui import tokenizer_worker
from visualizer.ui.controller import TOKENISE_AT_ONCE_CHARS
from visualizer.ui.tokenizer_feed import FIRST_KEYS, TokenizerFeed

WAIT = {"timeout": 20_000}
LONG = "a journey " * (TOKENISE_AT_ONCE_CHARS // 10 + 1)
TINY = bundled_path("models", "tiny", "tokenizer.json")


class Shown:
    def __init__(self, feed):
        self.views, self.answers = [], []
        feed.bench_view_changed.connect(self.views.append)
        feed.look_up_answered.connect(self._on_answered)

    def _on_answered(self, kind, result):
        self.answers.append((kind, result))

    def is_whole(self, text=None):
        if not self.views:
            return False
        view = self.views[-1]
        same = text is None or view.text == text
        return same and not view.stale and not any(row.is_awaited for row in view.rows)


@pytest.fixture(scope="module")
def gpt2():
    return load_encoding("gpt2")


@pytest.fixture
def feed(qapp):
    feed = TokenizerFeed()
    yield feed
    assert feed.shutdown(20_000)
    feed.deleteLater()


@pytest.fixture
def shown(feed):
    return Shown(feed)


def test_it_does_nothing_until_somebody_looks(qtbot, feed, shown):
    feed.set_prompt(Prompt("Strawberry"))
    assert shown.views == []
    assert feed._worker is None
    feed.set_keys(("gpt2",))
    feed.set_active(True)
    qtbot.waitUntil(shown.is_whole, **WAIT)
    assert shown.views[0].rows[0].is_awaited  # the rank file is read in the thread
    assert shown.views[-1].rows[0].tokenization.ids.tolist() == [1273, 1831, 8396]


def test_an_encoding_is_loaded_outside_the_gui_thread(qtbot, feed, shown, monkeypatch):
    threads = []
    real = tokenizer_worker._load

    def load(key, cancel):
        threads.append(threading.current_thread())
        return real(key, cancel)

    monkeypatch.setattr(tokenizer_worker, "_load", load)
    feed.set_keys(("gpt2",))
    feed.set_active(True)
    qtbot.waitUntil(shown.is_whole, **WAIT)
    assert threads
    assert threading.main_thread() not in threads


def test_a_short_text_is_cut_at_once_and_a_long_one_in_the_thread(qtbot, feed, shown, gpt2):
    feed.set_own("own", gpt2)
    feed.set_keys((OWN,))
    feed.set_active(True)
    feed.set_prompt(Prompt("Strawberry"))
    assert shown.is_whole("Strawberry")
    assert shown.views[-1].rows[0].name == "own"
    feed.set_prompt(Prompt(LONG))
    assert shown.views[-1].text == "Strawberry"
    qtbot.waitUntil(lambda: shown.is_whole(LONG), **WAIT)
    assert b"".join(shown.views[-1].rows[0].tokenization.pieces) == LONG.encode()


def test_an_edit_of_a_long_text_is_cut_where_it_was_edited(qtbot, feed, shown, monkeypatch):
    feed.set_keys(("gpt2", "cl100k_base"))
    feed.set_active(True)
    feed.set_prompt(Prompt(LONG))
    qtbot.waitUntil(lambda: shown.is_whole(LONG), **WAIT)
    lengths, whole = [], RankTokenizer.encode

    def noting(self, text, *, parse_special=False):
        lengths.append(len(text))
        return whole(self, text, parse_special=parse_special)

    monkeypatch.setattr(RankTokenizer, "encode", noting)
    edited = LONG[:500] + " of a thousand miles" + LONG[500:]
    feed.set_prompt(Prompt(edited))
    qtbot.waitUntil(lambda: shown.is_whole(edited), **WAIT)
    assert len(lengths) == 2
    assert max(lengths) < 60
    for row in shown.views[-1].rows:
        tokens = whole(row.tokenizer, edited)
        assert row.tokenization.ids.tolist() == tokens.ids.tolist()
        assert row.tokenization.starts.tolist() == tokens.starts.tolist()


def test_the_newest_text_wins(qtbot, feed, shown, gpt2, monkeypatch):
    entered, gate = threading.Semaphore(0), threading.Semaphore(0)
    real = tokenizer_worker._bench_of
    cut = []

    def held(request, shelf):
        cut.append(request.prompt.text)
        entered.release()
        assert gate.acquire(timeout=20)
        return real(request, shelf)

    monkeypatch.setattr(tokenizer_worker, "_bench_of", held)
    feed.set_own("own", gpt2)
    feed.set_keys((OWN,))
    feed.set_active(True)
    first, second, third = (LONG + end for end in "123")
    feed.set_prompt(Prompt(first))
    assert entered.acquire(timeout=20)
    feed.set_prompt(Prompt(second))
    feed.set_prompt(Prompt(third))
    qtbot.waitUntil(lambda: any(view.stale for view in shown.views), **WAIT)
    gate.release(10)
    qtbot.waitUntil(lambda: shown.is_whole(third), **WAIT)
    texts = [view.text for view in shown.views]
    assert first not in texts
    assert second not in texts
    assert cut == [first, third]  # the one between was never begun


def test_what_nobody_waits_for_any_more_is_not_loaded(qtbot, feed, shown, monkeypatch):
    entered, gate = threading.Semaphore(0), threading.Semaphore(0)
    real = tokenizer_worker._load
    loaded = []

    def load(key, cancel):
        loaded.append(key)
        entered.release()
        assert gate.acquire(timeout=20)
        return real(key, cancel)

    monkeypatch.setattr(tokenizer_worker, "_load", load)
    feed.set_keys(("gpt2", "cl100k_base"))
    feed.set_active(True)
    assert entered.acquire(timeout=20)
    feed.set_keys(("gpt2",))
    gate.release(10)
    qtbot.waitUntil(lambda: shown.is_whole() and len(shown.views[-1].rows) == 1, **WAIT)
    assert loaded == ["gpt2"]


def test_a_short_text_after_a_long_one_is_not_overwritten(qtbot, feed, shown, gpt2):
    feed.set_own("own", gpt2)
    feed.set_keys((OWN,))
    feed.set_active(True)
    feed.set_prompt(Prompt(LONG))
    feed.set_prompt(Prompt("short"))
    assert shown.is_whole("short")
    feed.look_up("decode", OWN, "1")  # answered after the long text was
    qtbot.waitUntil(lambda: bool(shown.answers), **WAIT)
    assert shown.views[-1].text == "short"


def test_pinned_ids_are_shown_as_they_are(feed, shown, gpt2):
    feed.set_own("own", gpt2)
    feed.set_keys((OWN,))
    feed.set_active(True)
    feed.set_prompt(Prompt("a", token_ids=(64, 162)))  # ends inside a character
    row = shown.views[-1].rows[0]
    assert row.tokenization.ids.tolist() == [64, 162]
    assert shown.views[-1].text == "a\ufffd"


@pytest.mark.parametrize(
    "text", ["", "a\ud800b", "e\u0301 👩‍💻 שלום\u202e\0\ufeff", "<|endoftext|>"]
)
@pytest.mark.parametrize("special", [False, True])
def test_adversarial_texts_join_in_every_row(qtbot, feed, shown, gpt2, text, special):
    feed.set_own("own", gpt2)
    feed.set_keys((OWN, "gpt2", str(TINY)))
    feed.set_active(True)
    feed.set_prompt(Prompt(text, parse_special=special))
    qtbot.waitUntil(shown.is_whole, **WAIT)
    view = shown.views[-1]
    assert view.parse_special == special
    assert len(view.cut) == 3
    for row in view.rows:
        tokens = row.tokenization
        assert b"".join(tokens.pieces[tokens.n_added :]) == view.text.encode()
    if text == "<|endoftext|>":
        assert (view.rows[0].tokenization.ids.tolist() == [50256]) == special


@pytest.mark.parametrize(
    "content",
    [None, b"", b"{", b"[]", b"\xff\xfe\0", b'{"model": {"type": "Nope"}}', b"[" * 100_000, "dir"],
    ids=["missing", "empty", "cut", "list", "binary", "unknown", "deep", "folder"],
)
def test_a_wrong_file_is_one_sentence_and_the_others_stay(
    qtbot, feed, shown, gpt2, tmp_path, content
):
    path = tmp_path / "tokenizer.json"
    if content == "dir":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    feed.set_own("own", gpt2)
    feed.set_keys((OWN,))
    feed.set_active(True)
    feed.open_file(path)
    assert feed.keys == (OWN, str(path))
    qtbot.waitUntil(lambda: shown.is_whole() and len(shown.views[-1].rows) == 2, **WAIT)
    good, bad = shown.views[-1].rows
    assert good.tokenization is not None
    assert isinstance(bad.reason, ModelLoadError)
    assert str(path) in str(bad.reason)
    assert "\n" not in str(bad.reason)


def test_a_file_that_was_mended_is_read_again(qtbot, feed, shown, tmp_path):
    path = tmp_path / "mine" / "tokenizer.json"
    feed.set_active(True)
    feed.open_file(path)
    assert feed.keys == (*FIRST_KEYS[:3], str(path))  # in place of the last of four
    feed.set_keys((str(path),))
    qtbot.waitUntil(shown.is_whole, **WAIT)
    path.parent.mkdir()
    path.write_bytes(TINY.read_bytes())
    feed.open_file(path)
    qtbot.waitUntil(lambda: shown.views[-1].rows[0].tokenization is not None, **WAIT)
    assert shown.views[-1].rows[0].name == "mine"


def test_questions_are_answered_and_only_the_newest_of_a_kind(qtbot, feed, shown, gpt2):
    feed.set_own("own", gpt2)
    feed.look_up("token", "gpt2", "5")  # not loaded: nobody to ask
    assert feed._worker is None
    for token_id in (1273, 1831, 8396):
        feed.look_up("token", OWN, str(token_id))
    feed.look_up("decode", OWN, "1273 50257")
    feed.look_up("search", OWN, "berry")
    qtbot.waitUntil(lambda: len(shown.answers) == 3, **WAIT)
    answers = dict(shown.answers)
    assert isinstance(answers["token"], TokenFacts)
    assert answers["token"].entry.id == 8396
    assert "50257" in str(answers["decode"])
    assert answers["search"][0].data == b"berry"
    feed.look_up("decode", OWN, "1273")
    qtbot.waitUntil(lambda: len(shown.answers) == 4, **WAIT)
    assert isinstance(shown.answers[-1][1], DecodedIds)


def test_an_answer_that_breaks_is_a_sentence_and_the_thread_goes_on(qtbot, feed, shown, gpt2):
    class Broken:
        name, vocabulary_size, special_ids = "broken", 5, frozenset()

        def __getattr__(self, name):
            raise RuntimeError("no such luck")

    feed.set_own("broken", Broken())
    feed.set_keys((OWN,))
    feed.look_up("search", OWN, "x")
    qtbot.waitUntil(lambda: bool(shown.answers), **WAIT)
    assert isinstance(shown.answers[0][1], VisualizerError)
    feed.set_own("own", gpt2)
    feed.look_up("search", OWN, "berry")
    qtbot.waitUntil(lambda: len(shown.answers) == 2, **WAIT)
    assert shown.answers[1][1]


# -------------------------------------------------------------------------- in the whole window


@pytest.fixture
def bench(qtbot, app):
    """The window with the bench open, on the model's bytes and gpt2."""
    app.bench.feed.set_keys((OWN, "gpt2"))
    app.window.actions_by_key["tokenizers"].trigger()
    panel = app.window.tokenizer_panel
    qtbot.waitUntil(lambda: panel.table.numbers(1)[0] == "1", **WAIT)
    return app


def test_the_command_opens_the_bench_on_the_text(bench):
    panel = bench.window.tokenizer_panel
    assert bench.window.docks["tokenizers"].isVisible()
    assert (panel.table.numbers(0)[0], panel.table.numbers(1)[0]) == ("2", "1")  # "ab"
    assert panel.rows.height() >= 60
    bench.window.actions_by_key["tokenizers"].trigger()
    assert bench.window.docks["tokenizers"].isHidden()


def test_it_follows_typing(qtbot, bench):
    panel = bench.window.tokenizer_panel
    bench.controller.set_prompt("ab大")
    assert panel.table.numbers(0)[0] == "5"
    assert panel.figures_text().startswith("3 characters · 5 bytes")
    bench.window.actions_by_key["tokenizers"].trigger()
    bench.controller.set_prompt("abc")
    assert panel.table.numbers(0)[0] == "5"
    bench.window.actions_by_key["tokenizers"].trigger()
    assert panel.table.numbers(0)[0] == "3"


def test_pointing_goes_both_ways(bench):
    window = bench.window
    window.tokenizer_panel.rows._point_at((0, 1))
    assert window.token_panel.strip._hovered == 1
    window.token_panel.strip._set_hovered(0)
    assert window.tokenizer_panel.rows.linked() == ((0, 1), (0, 1))


def test_special_tokens_are_one_setting(bench):
    window = bench.window
    window.tokenizer_panel._special.click()
    assert window.actions_by_key["parse_special"].isChecked()
    assert bench.controller.state.prompt.parse_special
    window.actions_by_key["parse_special"].trigger()
    assert not window.tokenizer_panel._special.isChecked()


def test_a_token_is_taken_apart_in_the_window(qtbot, bench):
    panel = bench.window.tokenizer_panel
    panel.rows._choose(1, 0)
    page = panel.pane.token_page
    qtbot.waitUntil(lambda: page.title() == "ab", **WAIT)
    assert page.merges.parts() == (b"ab",)
    assert len(page.neighbours.ids()) == 11
