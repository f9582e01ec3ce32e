"""`--out FILE`: what a command computed as a figure, a table or arrays, as the ending says."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from visualizer.commands.arguments import whole
from visualizer.engine.errors import UsageError
from visualizer.files import check_target, write_atomically
from visualizer.session.export_numbers import numbers_bytes
from visualizer.session.export_subjects import (
    FIGURES,
    FORMATS,
    LEAST_DPI,
    LEAST_WIDTH_PX,
    MOST_DPI,
    MOST_WIDTH_PX,
    Exportable,
    Kind,
    Subject,
)
from visualizer.session.exports import named_format


def add_out(parser: argparse.ArgumentParser, subject: Subject, help_text: str) -> None:
    """Declare `--out`, which may be given several times, and how figures are to look."""
    parser.add_argument(
        "--out",
        action="append",
        type=file_of(subject),
        default=[],
        metavar="FILE." + "|.".join(FORMATS[subject]),
        help=help_text,
    )
    look = parser.add_argument_group("figures")
    look.add_argument(
        "--theme", dest="figure_theme", choices=("light", "dark", "print"), default="light"
    )
    add_size(look)


def add_size(parser: argparse._ActionsContainer) -> None:
    """Declare how large a PNG is to be."""
    parser.add_argument(
        "--width",
        type=whole(LEAST_WIDTH_PX, MOST_WIDTH_PX),
        default=1600,
        metavar="PX",
        help=f"of a PNG, from {LEAST_WIDTH_PX} to {MOST_WIDTH_PX} (1600)",
    )
    parser.add_argument(
        "--dpi",
        type=whole(LEAST_DPI, MOST_DPI),
        default=300,
        metavar="N",
        help=f"of a PNG, from {LEAST_DPI} to {MOST_DPI} (300)",
    )


def file_of(subject: Subject) -> Callable[[str], Path]:
    """Argument type: a file whose ending names a format of `subject`."""

    def path_of(text: str) -> Path:
        path = Path(text)
        try:
            named_format(path, FORMATS[subject])
        except UsageError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        return path

    return path_of


def check_targets(paths: Iterable[Path]) -> None:
    """Refuse files that cannot be written, before a model is loaded.

    Raises:
        VisualizerError: One cannot.
    """
    for path in paths:
        check_target(path)


def write_out(args: argparse.Namespace, views: Exportable, subject: Subject) -> None:
    """Write each file of `--out`.

    Raises:
        VisualizerError: There is nothing of this kind, or a file cannot be written.
    """
    look = (args.figure_theme, args.width, args.dpi)
    for path in args.out:
        write_atomically(path, file_bytes(path, views, subject, look))


def file_bytes(
    path: Path, views: Exportable, subject: Subject, look: tuple[str, int, int] | None = None
) -> bytes:
    """What is to be written to a file.

    Args:
        path: Its ending names the format.
        views: What there is to write.
        subject: Which part of it.
        look: Theme, width in pixels and dots per inch of a figure; the usual ones if None.
    """
    named = named_format(path, FORMATS[subject])
    return kind_bytes(next(k for k in FORMATS[subject] if k == named), views, subject, look)


def kind_bytes(
    kind: Kind, views: Exportable, subject: Subject, look: tuple[str, int, int] | None = None
) -> bytes:
    """The same for a format that is known."""
    if kind not in FIGURES:
        return numbers_bytes(views.in_sight(), subject, kind)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from visualizer.ui.export_files import ExportChoice, export_bytes  # Qt only for pictures

    return export_bytes(views, subject, kind, ExportChoice(*look) if look else ExportChoice())
