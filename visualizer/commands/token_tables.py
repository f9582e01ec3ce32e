"""The answers of `visualizer tokens` as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from visualizer.commands.tables import table
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.tokenizer_bench import BenchView, n_own, ratio
from visualizer.session.vocabulary_desk import DecodedIds, Entry, TokenFacts


def tokens_table(tokenization: Tokenization, *, changes_text: bool = True) -> str:
    """One text, one tokenizer; `changes_text` is what it means that bytes do not join to it."""
    rows = []
    for token in map(tokenization.token, range(len(tokenization))):
        is_added = token.index < tokenization.n_added
        rows.append(
            (
                str(token.index),
                str(token.id),
                display_text(token.data),
                token.data.hex(" "),
                "added" if is_added else f"{token.start}-{token.end}",
            )
        )
    lines = [table(("#", "id", "token", "bytes", "span"), rows, ">><<<")] if rows else []
    n_characters = len(tokenization.text)
    lines.append(f"{len(tokenization)} tokens, {n_characters} characters, {tokenization.encoding}")
    if not tokenization.is_lossless and changes_text:
        lines.append("This tokenizer changes the text: its tokens do not join to it exactly.")
    return "\n".join(lines) + "\n"


def compare_table(view: BenchView) -> str:
    """A line for each stretch that all tokenizers end alike, "≠" where they cut it differently."""
    alignment = view.alignment
    assert alignment is not None
    rows = []
    for number, differs in enumerate(alignment.differs.tolist()):
        cells = [
            _cut(view, cut, *alignment.firsts[cut, number : number + 2].tolist())
            for cut in range(len(view.cut))
        ]
        rows.append(("≠" if differs else "", str(int(alignment.places[number])), *cells))
    names = [row.name for row in view.rows]
    lines = [table(("", "byte", *names), rows, "<>" + "<" * len(names))] if rows else []
    lines.append(_counts(view))
    lines += [
        f"{row.name} changes the text: it is aligned by the spans that it gives itself."
        for row in view.rows
        if row.tokenization is not None and not row.tokenization.is_lossless
    ]
    return "\n".join(lines) + "\n"


def _cut(view: BenchView, cut: int, first: int, end: int) -> str:
    tokens = view.rows[view.cut[cut]].tokenization
    assert tokens is not None
    return " | ".join(display_text(piece) or "∅" for piece in tokens.pieces[first:end])


def _counts(view: BenchView) -> str:
    counts = view.counts
    rows = []
    for row in view.rows:
        assert row.tokenization is not None
        n_tokens = n_own(row.tokenization)
        per_word, per_token = ratio(n_tokens, counts.words), ratio(counts.bytes, n_tokens)
        rows.append((row.name, str(n_tokens), _number(per_word), _number(per_token)))
    header = ("tokenizer", "tokens", "tokens per word", "bytes per token")
    same = (
        f"characters: {counts.characters}, bytes: {counts.bytes}, words: {counts.words}, "
        f"stretches cut differently: {view.n_differing}"
    )
    return f"\n{table(header, rows, '<>>>')}\n{same}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def merges_table(facts: TokenFacts) -> str:
    """A line for each step in a token's making."""
    entry = facts.entry
    special = ", special" if entry.is_special else ""
    lines = [
        f"id {entry.id} of {facts.name}: {display_text(entry.data) or '(nothing)'}  "
        f"{entry.data.hex(' ')}{special}"
    ]
    if facts.merges is None:
        said = "This id stands for nothing." if not entry.data else "There are no merges here."
        lines.append(said)
    else:
        rows = [
            (
                str(number),
                "" if step.rank < 0 else str(step.rank),
                " | ".join(map(display_text, step.parts)),
            )
            for number, step in enumerate(facts.merges)
        ]
        lines.append(table(("step", "rank", "parts"), rows, ">><"))
        if not facts.is_built:
            lines.append("No merges lead to this token: it is looked up whole.")
    return "\n".join(lines) + f"\n\nids around it\n{_entries(facts.neighbours)}\n"


def search_table(found: Sequence[Entry], most: int) -> str:
    """Tokens found, the closest first."""
    if not found:
        return "No token contains this.\n"
    more = f"\nthe closest {most}" if len(found) == most else ""
    return f"{_entries(found)}{more}\n"


def decode_table(decoded: DecodedIds) -> str:
    """Ids as tokens and as text, and what of it is no text."""
    lines = [
        tokens_table(decoded.tokenization, changes_text=False).rstrip("\n"),
        "",
        decoded.tokenization.text,
    ]
    lines += [
        f"not valid UTF-8 at byte {offset}: {data.hex(' ')}" for offset, data in decoded.broken
    ]
    return "\n".join(lines) + "\n"


def _entries(entries: Sequence[Entry]) -> str:
    rows = [
        (
            str(entry.id),
            display_text(entry.data) or "(nothing)",
            entry.data.hex(" "),
            "special" if entry.is_special else "",
        )
        for entry in entries
    ]
    return table(("id", "token", "bytes", ""), rows, "><<<")
