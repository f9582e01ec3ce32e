"""`python -m visualizer`, and the `visualizer` command."""

import contextlib
import os
import sys

from visualizer.commands.interrupts import Interrupted, ended_by_signals


def main() -> int:
    """Run the command line of this process; signals end it from the first import on."""
    try:
        with ended_by_signals():
            from visualizer.cli import main as run

            status = run()
    except Interrupted as error:  # of an import
        status = error.status
    if status > 128:
        # Nothing is left to be undone, and taking torch down takes its time.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stdout.flush()
        os._exit(status)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
