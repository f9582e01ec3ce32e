"""Where the program's own files and the user's files are."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_data"  # inside an installed wheel; a checkout has the folders beside us


def bundled_path(*parts: str) -> Path:
    """Path of a file that travels with the program, in a checkout and in an install.

    Args:
        parts: Path below the project's top level, beginning with "resources" or "models".
    """
    root = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent
    return root.joinpath(*parts)


def cache_path(*parts: str) -> Path:
    """Path below the folder for downloaded and converted models.

    `VISUALIZER_CACHE` names another folder than the user's cache directory.
    """
    root = os.environ.get("VISUALIZER_CACHE") or platformdirs.user_cache_dir("visualizer")
    return Path(root).joinpath(*parts)


def data_path(*parts: str) -> Path:
    """Path below the folder for what the user has made with the program, such as trainings.

    `VISUALIZER_DATA` names another folder than the user's data directory.
    """
    root = os.environ.get("VISUALIZER_DATA") or platformdirs.user_data_dir("visualizer")
    return Path(root).joinpath(*parts)


def settings_file() -> Path:
    """The file in which the window keeps what it remembers from one start to the next.

    `VISUALIZER_CONFIG` names another folder than the user's for configurations.
    """
    root = os.environ.get("VISUALIZER_CONFIG") or platformdirs.user_config_dir("visualizer")
    return Path(root) / "visualizer.ini"
