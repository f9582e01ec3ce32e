"""Every causal architecture of the installed transformers, small and random, through the engine.

Without VISUALIZER_THOROUGH=1 a few of different kinds are measured, with it all. Together with
VISUALIZER_WRITE_TABLES=1 the rows that were measured are written to resources/architectures.md:

    VISUALIZER_THOROUGH=1 VISUALIZER_WRITE_TABLES=1 python -m pytest tests/sweep
"""

from __future__ import annotations

import gc
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import transformers

from tests.sweep.features import FEATURES
from tests.sweep.measuring import TEXT, Outcome, measure
from tests.sweep.small_models import NOT_BUILT, causal_types, write_folder

THOROUGH = bool(os.environ.get("VISUALIZER_THOROUGH"))
WRITES = bool(os.environ.get("VISUALIZER_WRITE_TABLES"))
QUICK = (
    "llama",
    "gpt2",
    "bart",
    "gemma2",
    "gpt_oss",
    "deepseek_v3",
    "bloom",
    "jamba",
    "mamba2",
    "rwkv",
    "xlnet",
    "llama, longrope",
    "llama, is_causal off",
    "gemma3_text, bidirectional",
)
"""One of each kind: plain, learned positions, half an encoder-decoder, windows and softcaps, sinks,
latent keys, its own attention, hybrid, recurrences, and three that are easily shown wrong."""

LIMITS = {
    "blt": ("0 layers shown", "its four part models have attention of their own"),
    "dory": ("0 layers shown", "its layers run several times"),
    "prophetnet": ("refused", "its logits come from streams beside its final hidden states"),
}
"""What cannot be shown for a reason of the architecture's own: how that begins, and the reason."""

TABLE = Path(__file__).parents[2] / "resources" / "architectures.md"
_HEAD = """# Architectures

What becomes of each architecture that transformers {version} has a causal language model for.
Written by `tests/sweep`: it builds a small random model of every one, opens its folder, lets it
read a text of {n_tokens} tokens at once, letter by letter and edited, and compares all
probabilities and all weights of all heads with transformers' own pass (eager attention, no cache,
float32).

transformers reads two tokens first: at its first short text BigBird takes up full attention for
good, so that its sparse attention is not compared.

* **fast capture**: one attention function sees queries and keys; a keystroke costs one token.
* **slow path**: transformers hands out the weights.
* **predictions only**: there are no weights of attention between tokens.
* **refused**: with the sentence that is said.

Of {n_types} types: {counts}.
A small model stands for its architecture, not for every checkpoint of it.
"""
_COLUMNS = (
    "| architecture | path | heads shown | probabilities differ by | weights differ by | remark |"
)


@pytest.fixture(autouse=True, scope="module")
def _lean() -> Iterator[None]:
    """One thread, as tiny models want it; and no search through what the imports have made."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, Outcome]]:
    """What was measured, written to the table at the end where that is wanted."""
    measured: dict[str, Outcome] = {}
    yield measured
    if WRITES:
        _write(measured)


def _measured_names() -> list[str]:
    built = [name for name in causal_types() if name not in NOT_BUILT]
    names = [*built, *FEATURES] if THOROUGH else [n for n in QUICK if n in {*built, *FEATURES}]
    return names


@pytest.mark.parametrize("name", _measured_names())
def test_what_is_shown_is_what_transformers_computes(
    name: str, tmp_path: Path, outcomes: dict[str, Outcome]
) -> None:
    model_type, changes = FEATURES.get(name, (name, {}))
    write_folder(tmp_path / "model", model_type, **changes)
    outcome = measure(tmp_path / "model")
    if name in LIMITS:
        limit, reason = LIMITS[name]
        if any(fault.startswith(limit) for fault in outcome.faults):
            outcome.remark = "; ".join(filter(None, (reason, outcome.remark)))
        outcome.faults = [fault for fault in outcome.faults if not fault.startswith(limit)]
    outcomes[name] = outcome
    assert not outcome.faults, f"{outcome.path}: {'; '.join(outcome.faults)} ({outcome.remark})"


def test_the_table_tells_of_every_architecture() -> None:
    text = TABLE.read_text("utf-8")
    listed = _rows(text)
    missing = sorted({*causal_types()} - {*listed})
    if missing and f"transformers {transformers.__version__} " not in text:
        pytest.skip(f"written with another version of transformers; lacks {', '.join(missing)}")
    assert not missing
    wrong = [name for name, row in listed.items() if "**" in row]
    assert not wrong, "no number is known to be wrong"


# --------------------------------------------------------------------------------- the table


def _rows(text: str) -> dict[str, str]:
    """The lines of the tables by the name in their first column."""
    return {
        found[1]: found[0]
        for found in re.finditer(r"^\| ([^|]+?) \|.*$", text, re.MULTILINE)
        if found[1] != "architecture"
    }


def _row(name: str, outcome: Outcome) -> str:
    remark = outcome.remark
    if outcome.faults:
        remark = f"**{'; '.join(outcome.faults)}** {remark}".strip()
    numbers = (
        "–" if number is None else f"{number:.0e}" if number else "0"
        for number in (outcome.prob, outcome.weight)
    )
    cells = (name, outcome.path, outcome.heads or "–", *numbers, remark.replace("|", "/") or "–")
    return f"| {' | '.join(cells)} |"


def _write(measured: dict[str, Outcome]) -> None:
    rows = _rows(TABLE.read_text("utf-8")) if TABLE.is_file() else {}
    rows |= {name: _row(name, outcome) for name, outcome in measured.items()}
    rows |= {name: f"| {name} | not built | – | – | – | {why} |" for name, why in NOT_BUILT.items()}
    types = [name for name in causal_types() if name in rows]
    paths = Counter(rows[name].split(" | ")[1] for name in types)
    head = _HEAD.format(
        version=transformers.__version__,
        n_tokens=len(TEXT.encode()),
        n_types=len(types),
        counts=", ".join(f"{n} {path}" for path, n in paths.most_common()),
    )
    lines = [head]
    for title, names in (("Types", types), ("Further configurations", FEATURES)):
        lines += [f"## {title}", "", _COLUMNS, "|---" * _COLUMNS.count(" | ") + "|---|"]
        lines += [rows[name] for name in names if name in rows]
        lines.append("")
    TABLE.write_text("\n".join(lines), "utf-8")
