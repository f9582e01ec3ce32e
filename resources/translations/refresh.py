r"""Bring the translations up to date with the sources.

    python resources/translations/refresh.py            # update the .ts, then compile the .qm
    python resources/translations/refresh.py --check    # only say what is missing; status 1 if any

Texts are read from the sources here and handed to Qt's `pyside6-lupdate` as one list, because it
cannot see all of them by itself: templates of errors are raised in layers without Qt (context
"errors"), some contexts are constants of a module, escapes such as `\N{...}` are misread, and the
titles and hints of the example prompts are in a TOML file (context "examples").

To translate: run it, fill in the empty translations of the .ts (by hand or in Qt Linguist), run it
again, and commit the .ts and the .qm.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "visualizer"
EXAMPLES = ROOT / "resources" / "prompts" / "examples.toml"
TRANSLATION = Path(__file__).resolve().parent / "visualizer_zh_CN.ts"

Text = tuple[str, str]  # context, source text
_FIELD = re.compile(r"\{[^{}]*\}")


class UnreadableTextError(Exception):
    """A text in the sources that no tool can read, with its place."""


def _modules() -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(SOURCES.rglob("*.py"))
        if "_data" not in path.parts
    }


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _assigned(module: ast.Module) -> dict[str, list[ast.expr]]:
    """What each simple name of a module stands for, at its top or in a function."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def _readings(node: ast.expr, names: dict[str, list[ast.expr]]) -> list[str] | None:
    """The texts that an expression may be; None where only the running program knows."""
    parts: list[ast.expr]
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        parts = names.get(node.id, [])
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.Dict):
        parts = node.values
    elif isinstance(node, ast.Subscript):
        parts = [node.value]
    elif isinstance(node, ast.Call) and _called(node) == "get" and len(node.args) == 2:
        # `{...}.get(key, "text")`
        parts = [node.func.value, node.args[1]] if isinstance(node.func, ast.Attribute) else []
    else:
        parts = []
    readings = [_readings(part, names) for part in parts]
    if not readings or None in readings:
        return None
    return [text for reading in readings for text in reading or ()]


def _error_classes(modules: Iterable[ast.Module]) -> dict[str, ast.ClassDef]:
    """`VisualizerError` and all classes that are derived from it."""
    classes = {
        node.name: node
        for module in modules
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
    }
    found = {"VisualizerError": classes["VisualizerError"]}
    while True:
        more = {
            name: node
            for name, node in classes.items()
            if name not in found
            and any(isinstance(base, ast.Name) and base.id in found for base in node.bases)
        }
        if not more:
            return found
        found |= more


def _own_init(node: ast.ClassDef) -> ast.FunctionDef | None:
    methods = (item for item in node.body if isinstance(item, ast.FunctionDef))
    return next((method for method in methods if method.name == "__init__"), None)


def _template_nodes(module: ast.Module, classes: dict[str, ast.ClassDef]) -> Iterator[ast.expr]:
    """The first argument of every call that makes an error."""
    plain = {name for name, node in classes.items() if _own_init(node) is None}
    plain.add("VisualizerError")
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _called(node) in plain and node.args:
            yield node.args[0]
        elif isinstance(node, ast.ClassDef) and node.name in classes.keys() - {"VisualizerError"}:
            init = _own_init(node)
            for call in ast.walk(init) if init is not None else ():
                if isinstance(call, ast.Call) and _called(call) == "__init__" and call.args:
                    yield call.args[0]


def error_templates() -> set[Text]:
    """Every template of an error that the program can raise.

    Raises:
        UnreadableTextError: A template is computed where it is raised.
    """
    modules = _modules()
    classes = _error_classes(modules.values())
    found: set[Text] = set()
    for path, module in modules.items():
        names = _assigned(module)
        for node in _template_nodes(module, classes):
            texts = _readings(node, names)
            if texts is None:
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                raise UnreadableTextError(f"{place}: {ast.unparse(node)} is no text in the source")
            found |= {("errors", text) for text in texts if _FIELD.sub("", text).strip()}
    return found


def interface_texts() -> set[Text]:
    """Texts of `tr("...")`, `translate("Context", "...")` and `QT_TRANSLATE_NOOP`.

    Raises:
        UnreadableTextError: An argument of `tr` is computed.
    """
    found: set[Text] = set()
    for path, module in _modules().items():
        names = _assigned(module)
        for owner, call in _calls(module, ""):
            if _called(call) == "tr":
                texts = _readings(call.args[0], names)
                if texts is None or not owner:
                    place = f"{path.relative_to(ROOT)}:{call.lineno}"
                    raise UnreadableTextError(f"{place}: {ast.unparse(call)}")
                found |= {(owner, text) for text in texts}
            elif _called(call) in ("translate", "QT_TRANSLATE_NOOP") and len(call.args) >= 2:
                # What is computed here (an error's template, an action's text) is marked where
                # it is written down.
                contexts = _readings(call.args[0], names) or ()
                texts = _readings(call.args[1], names) or []
                found |= {(context, text) for context in contexts for text in texts}
    return found


def _calls(node: ast.AST, owner: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call below `node` with the class it stands in."""
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.ClassDef) else owner
        if isinstance(child, ast.Call):
            yield inside, child
        yield from _calls(child, inside)


def example_texts() -> set[Text]:
    """Titles and hints of the example prompts."""
    prompts = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))["prompt"]
    return {("examples", prompt[key]) for prompt in prompts for key in ("title", "look")}


def run_lupdate(target: Path) -> None:
    """Merge every text of the sources into `target`, dropping those that are gone."""
    listed = sorted(interface_texts() | error_templates() | example_texts())
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "listed.py"
        lines = (
            f"QCoreApplication.translate({_quoted(context)}, {_quoted(text)})"
            for context, text in listed
        )
        listing.write_text("\n".join(lines) + "\n", encoding="utf-8")
        subprocess.run(
            [
                *_tool("lupdate"),
                *("-no-obsolete", "-locations", "none", "-sort-messages", "-silent"),
                str(listing),
                *("-source-language", "en", "-target-language", "zh_CN", "-ts", str(target)),
            ],
            check=True,
        )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _tool(name: str) -> list[str]:
    return [str(Path(sysconfig.get_path("scripts")) / f"pyside6-{name}")]


def read_messages(path: Path) -> dict[Text, str | None]:
    """Translation of each text in a .ts file; None where there is none, or only a draft."""
    messages: dict[Text, str | None] = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            done = translation is not None and translation.get("type") is None
            text = translation.text if done and translation is not None else None
            messages[name, message.findtext("source") or ""] = text
    return messages


def missing_texts() -> list[Text]:
    """Texts of the sources that the .ts file does not translate."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "fresh.ts"
        run_lupdate(fresh)
        wanted = read_messages(fresh)
    known = read_messages(TRANSLATION)
    return sorted(text for text in wanted if not known.get(text))


def main() -> int:
    """Entry point of the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    options = parser.parse_args()
    if not options.check:
        run_lupdate(TRANSLATION)
        compiled = TRANSLATION.with_suffix(".qm")
        subprocess.run(
            [*_tool("lrelease"), "-silent", str(TRANSLATION), "-qm", str(compiled)], check=True
        )
    missing = missing_texts()
    for context, text in missing:
        print(f"{context}: {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
