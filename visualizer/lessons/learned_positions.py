"""A small table of learned positions, for models at hand that have none. No torch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from visualizer.engine.errors import VisualizerError
from visualizer.locations import bundled_path

FILE = bundled_path("resources", "lessons", "learned_positions.safetensors")
"""Written by `models/train_positions.py`."""


def bundled_positions() -> npt.NDArray[np.float32]:
    """(P, C) the vectors that a small GPT-2 has learned for its positions.

    Raises:
        VisualizerError: The file is missing or damaged: the installation is not complete.
    """
    try:
        return load_file(FILE)["positions"]
    except Exception as error:  # safetensors raises its own kinds
        raise VisualizerError(
            "The learned positions cannot be read: {reason}. Install the program anew.",
            reason=str(error),
        ) from error
