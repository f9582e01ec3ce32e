"""Which cells of the other matrices a cell of attention comes from, or goes into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

Step = Literal[
    "x", "w_q", "w_k", "w_v", "q", "k", "v", "scores", "scaled", "masked", "weights", "output"
]
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True)
class Marks:
    """What is outlined in one matrix."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()


def marks_of(step: Step, row: int, column: int) -> dict[Step, Marks]:
    """What a cell is computed from; of a number that is typed in, what is computed from it."""
    marks: dict[Step, Marks]
    if step == "x":
        marks = {"q": Marks(rows=(row,)), "k": Marks(rows=(row,)), "v": Marks(rows=(row,))}
    elif step in ("w_q", "w_k", "w_v"):
        product: dict[Step, Step] = {"w_q": "q", "w_k": "k", "w_v": "v"}
        marks = {product[step]: Marks(columns=(column,))}
    elif step in ("q", "k", "v"):
        weights: dict[Step, Step] = {"q": "w_q", "k": "w_k", "v": "w_v"}
        marks = {"x": Marks(rows=(row,)), weights[step]: Marks(columns=(column,))}
    elif step == "scores":
        marks = {"q": Marks(rows=(row,)), "k": Marks(rows=(column,))}
    elif step == "scaled":
        marks = {"scores": Marks(cells=((row, column),))}
    elif step == "masked":
        marks = {"scaled": Marks(cells=((row, column),))}
    elif step == "weights":
        marks = {"masked": Marks(rows=(row,))}
    else:
        marks = {"weights": Marks(rows=(row,)), "v": Marks(columns=(column,))}
    return marks


class LinkedMatrices:
    """The matrices of attention, of which one cell is looked at."""

    def __init__(self, views: dict[Step, MatrixView], changed: Callable[[], None]) -> None:
        """Link views.

        Args:
            views: By the step that each shows.
            changed: Called when another cell is looked at.
        """
        self._views = views
        self._matrices: dict[Step, Matrix] = {}
        self._changed = changed
        self.looked_at: tuple[Step, int, int] = ("output", 0, 0)

    def set_matrices(self, matrices: dict[Step, Matrix]) -> None:
        """Show others, with the cell that is looked at where it was, as far as it still exists."""
        self._matrices = matrices
        step, row, column = self.looked_at
        n_rows, n_columns = matrices[step].values.shape
        self.looked_at = (step, min(row, n_rows - 1), min(column, n_columns - 1))
        self._draw()

    def matrices(self) -> dict[Step, Matrix]:
        """As they are shown, marks left out."""
        return dict(self._matrices)

    def look_at(self, step: Step, row: int, column: int) -> None:
        """Look at another cell."""
        if row < 0 or column < 0 or not self._matrices:
            return
        if (step, row, column) != self.looked_at:
            self.looked_at = (step, row, column)
            self._draw()
            self._changed()

    def step_of(self, view: object) -> Step:
        """Which step a view shows."""
        return next(step for step, other in self._views.items() if other is view)

    def _draw(self) -> None:
        step, row, column = self.looked_at
        marks = marks_of(step, row, column)
        for name, view in self._views.items():
            mark = marks.get(name, Marks())
            matrix = replace(
                self._matrices[name],
                highlight_rows=mark.rows,
                highlight_columns=mark.columns,
                highlight_cells=mark.cells,
            )
            if name == step:
                matrix = replace(matrix, highlight_cells=((row, column),))
            old = view.matrix()
            if old is None or not _same(old, matrix):
                view.set_matrix(matrix)


def _same(old: Matrix, new: Matrix) -> bool:
    """Whether nothing would be drawn differently; values are the very same array or not."""
    return all(
        getattr(old, name) is getattr(new, name)
        if name == "values"
        else getattr(old, name) == getattr(new, name)
        for name in old.__dataclass_fields__
    )
