"""Code to show of modules that the window must not import: found in their files, never run."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import CellType, CodeType, FunctionType


def listed(module: str, *names: str) -> list[Callable[..., object]]:
    """Functions of a module as objects whose source can be shown.

    The module's file is compiled but not executed, so that nothing it imports is imported. What
    is returned knows where it stands and must not be called.

    Args:
        module: Its full name.
        names: Of functions, "Class.method" for a method.

    Raises:
        LookupError: The module has no such function.
    """
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(module)
    source = Path(spec.origin).read_text(encoding="utf-8")
    whole = compile(source, spec.origin, "exec", dont_inherit=True)
    found = [(name, _found(whole, name)) for name in names]
    return [
        FunctionType(code, {"__name__": module}, name, None, tuple(map(_no_cell, code.co_freevars)))
        for name, code in found
    ]


def _no_cell(_name: str) -> CellType:
    """In place of what a function would share with the one around it."""
    return CellType()


def _found(code: CodeType, name: str) -> CodeType:
    """The code of a function by its dotted name."""
    for part in name.split("."):
        inner = [c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == part]
        if not inner:
            raise LookupError(name)
        code = inner[0]
    return code
