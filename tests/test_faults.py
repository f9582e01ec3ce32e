"""The table of faults names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (F\d\d) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_every_fault_has_a_test_that_exists_or_a_reason():
    rows = ROW.findall((ROOT / "tests" / "FAULTS.md").read_text("utf-8"))
    assert [name for name, _, _ in rows] == [f"F{n:02d}" for n in range(1, 54)]
    for name, _, tests in rows:
        found = TEST.findall(tests)
        assert found or "not tested" in tests, name
        for file, test in found:
            tree = ast.parse((ROOT / file).read_text("utf-8"))
            functions = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
            assert test in functions, f"{name}: {file}::{test}"
