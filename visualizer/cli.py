"""The command line: reads the words, runs a command or the window, turns failures into a line."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
import traceback
import warnings

from visualizer.commands.arguments import (
    ArgumentParser,
    add_common_options,
    head_choice,
    natural,
    picture_file,
    window_size,
)
from visualizer.commands.interrupts import Interrupted
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import Cancelled
from visualizer.lessons.prose import LESSON_KEYS

COMMANDS = (
    "tokens",
    "predict",
    "score",
    "generate",
    "attention",
    "heads",
    "export",
    "pair",
    "models",
    "lesson",
    "bench",
)
"""Each a module of `visualizer.commands`, in the order of the help."""

_WINDOW_OPTIONS = ("screenshot", "size", "theme", "prompt", "lesson", "layer", "head")
_EPILOG = """\
Without a command the window opens. TEXT may be - for standard input.
Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted, 143 terminated, 129 hung up.
"""
_DEBUG = "VISUALIZER_TRACEBACK"  # set, it shows where an unexpected failure came from


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: Words after the program's name; those of the process if None.

    Returns:
        Exit status: 0 done, 1 failed, 2 wrong usage, 141 nobody reads, 128 and more: ended by a
        signal.
    """
    if argv is None and not sys.warnoptions:
        warnings.simplefilter("ignore")  # libraries' advice to programmers
    try:
        _prepare_streams()
        args = build_parser().parse_args(argv)
        status = _run(args)
        sys.stdout.flush()
        return status
    except SystemExit as error:  # argparse, after --help, --version and wrong usage
        return error.code if isinstance(error.code, int) else 1
    except UsageError as error:
        return _fail(str(error), 2)
    except VisualizerError as error:
        return _fail(str(error), 1)
    except Interrupted as error:
        return _fail(f"ended by {error}" if error.status != 130 else "interrupted", error.status)
    except (KeyboardInterrupt, Cancelled):
        return _fail("interrupted", 130)
    except BrokenPipeError:
        _forget_stdout()
        return 141
    except MemoryError:
        return _fail("there is not enough memory", 1)
    except Exception as error:
        if os.environ.get(_DEBUG):
            traceback.print_exc()
        return _fail(f"unexpected failure, {type(error).__name__}: {error}", 1)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; imports neither Qt nor torch."""
    parser = ArgumentParser(
        prog="visualizer",
        description="A desktop microscope for language models.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    window = parser.add_argument_group("the window")
    window.add_argument(
        "--screenshot", type=picture_file, metavar="OUT.png", help="draw the window and exit"
    )
    window.add_argument("--size", type=window_size, metavar="WxH", help="such as 1280x800")
    window.add_argument("--theme", choices=("light", "dark"))
    window.add_argument("--prompt", metavar="TEXT", help="text to begin with")
    window.add_argument("--lesson", choices=LESSON_KEYS, metavar="NAME", help="lesson to open")
    window.add_argument(
        "--layer", dest="window_layer", type=natural, metavar="L", help="layer to begin with"
    )
    window.add_argument(
        "--head", dest="window_head", type=head_choice, metavar="H|mean", help="head to begin with"
    )
    add_common_options(parser, is_parent=False)
    common = ArgumentParser(add_help=False)
    add_common_options(common, is_parent=True)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in COMMANDS:
        importlib.import_module(f"visualizer.commands.{name}").add_parser(subparsers, common)
    return parser


def _run(args: argparse.Namespace) -> int:
    if args.command is None:
        return _open_window(args)
    for name in _WINDOW_OPTIONS:
        value = getattr(args, f"window_{name}" if name in ("layer", "head") else name)
        if value is not None:
            raise UsageError(
                "--{name} is an option of the window; {command} cannot use it there.",
                name=name,
                command=args.command,
            )
    status: int = args.run(args)
    return status


def _open_window(args: argparse.Namespace) -> int:
    try:
        from visualizer.app import run
        from visualizer.session.options import WindowOptions

        return run(
            WindowOptions(
                model=args.model,
                device=args.device,
                dtype=args.dtype,
                offline=args.offline,
                language=args.lang,
                theme=args.theme,
                size=args.size,
                prompt=args.prompt,
                lesson=args.lesson,
                layer=args.window_layer,
                head=args.window_head,
                screenshot=args.screenshot,
            )
        )
    except Interrupted:
        if args.screenshot is not None:
            raise
        os._exit(0)  # there is no window yet, and so nothing to be kept


def _prepare_streams() -> None:
    """UTF-8 whatever the locale says: JSON must be, and tokens are in every script."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _fail(sentence: str, status: int) -> int:
    """Say in one line what went wrong."""
    _finish_stdout()
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # of a terminal that is gone
            print(f"visualizer: {' '.join(sentence.split())}", file=sys.stderr, flush=True)
    return status


def _finish_stdout() -> None:
    try:
        sys.stdout.flush()
    except (OSError, AttributeError, ValueError):
        _forget_stdout()


def _forget_stdout() -> None:
    """Keep the interpreter from complaining at exit that nobody reads."""
    if sys.stdout is not None:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
