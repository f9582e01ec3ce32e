"""What the tooltips of bars say: every number in full."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject

from visualizer.session.views import BarsView, Candidate, WordRow
from visualizer.ui.widgets.bar_rows import percent_text
from visualizer.ui.widgets.messages import error_text
from visualizer.ui.widgets.number_text import typeset

TipRows = list[tuple[str, str]]
_MOST_PARTS = 12


class BarTips(QObject):
    """Names and values of each kind of row."""

    def of_candidate(self, view: BarsView, candidate: Candidate, old: float | None) -> TipRows:
        """A token; `old` is its probability before the text changed."""
        rows = [
            (self.tr("token"), candidate.text),
            (self.tr("rank"), f"{candidate.rank}"),
            (self.tr("probability"), typeset(f"{candidate.prob:.6g}")),
            (self.tr("log-probability"), _log_text(candidate.prob)),
            (self.tr("logit"), typeset(f"{candidate.logit:.4f}")),
        ]
        if view.shaped:
            rows.append((self.tr("after sampling"), self._after_sampling(candidate)))
        rows += self._before(old, candidate.prob)
        rows += [
            (self.tr("id"), f"{candidate.token_id}"),
            (self.tr("bytes"), candidate.data.hex(" ").upper()),
        ]
        if candidate.is_special:
            rows.append((self.tr("special"), self.tr("a special token of this model")))
        if candidate.token_id == view.actual_id:
            rows.append((self.tr("text"), self.tr("this token really came next")))
        return rows

    def of_rest(self, view: BarsView) -> TipRows:
        """Everything that has no row among the candidates."""
        others = view.vocabulary_size - len(view.candidates)
        rows = [
            (self.tr("everything else"), self.tr("{n:,} tokens").format(n=others)),
            (self.tr("probability"), typeset(f"{view.rest_prob:.6g}")),
        ]
        if view.shaped:
            kept = view.n_kept - sum(candidate.kept for candidate in view.candidates)
            rows.append((self.tr("after sampling"), typeset(f"{view.rest_sampled_prob:.6g}")))
            rows.append((self.tr("can be drawn"), self.tr("{n:,} of them").format(n=kept)))
        rows += self._before(view.rest_old_prob, view.rest_prob)
        return rows

    def of_word(self, view: BarsView, row: WordRow) -> TipRows:
        """A word that was asked for, step by step where it has several tokens."""
        if row.candidate is not None:
            return self.of_candidate(view, row.candidate, row.old_prob)
        rows = [(self.tr("word"), row.text)]
        if not math.isnan(row.prob):
            rows.append((self.tr("probability"), typeset(f"{row.prob:.6g}")))
            rows.append((self.tr("log-probability"), _log_text(row.prob)))
        elif row.awaited:
            rows.append((self.tr("probability"), self.tr("being computed")))
        if row.problem is not None:
            rows.append((self.tr("not known"), error_text(row.problem)))
        rows += self._before(row.old_prob, row.prob)
        if row.parts:
            rows.append((self.tr("step by step"), self._steps(row)))
            rows.append(
                (
                    "",
                    self.tr(
                        "The product of its tokens' probabilities, each given those before it and "
                        "before sampling parameters; other ways to spell it are not counted."
                    ),
                )
            )
        return rows

    def _after_sampling(self, candidate: Candidate) -> str:
        if candidate.kept:
            return typeset(f"{candidate.sampled_prob:.6g}")
        if not candidate.removed_by:
            return self.tr("removed")
        stage = candidate.removed_by.replace("_", "-")
        return self.tr("removed by {stage}").format(stage=stage)

    def _steps(self, row: WordRow) -> str:
        shown = [f"{part.text} {percent_text(part.prob)}" for part in row.parts[:_MOST_PARTS]]
        if len(row.parts) > _MOST_PARTS:
            shown.append(self.tr("and {n} more").format(n=len(row.parts) - _MOST_PARTS))
        return " × ".join(shown)

    def _before(self, old: float | None, new: float) -> TipRows:
        if old is None:
            return []
        rows = [(self.tr("before the change"), typeset(f"{old:.6g}"))]
        if not math.isnan(new):
            rows.append((self.tr("change"), typeset(f"{new - old:+.6g}")))
        return rows


def _log_text(prob: float) -> str:
    return typeset(f"{math.log(prob):.4f}") if prob > 0 else "−∞"
