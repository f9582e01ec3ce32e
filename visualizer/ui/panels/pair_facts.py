"""The words and numbers of the token-pair inspector: from a PairView to rows of facts."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from visualizer.engine.tokenization import display_text
from visualizer.session.exports import head_name
from visualizer.session.pair_reading import rank_of_pair, written_share
from visualizer.session.views import PairView
from visualizer.ui.widgets.fact_table import Fact
from visualizer.ui.widgets.messages import error_text
from visualizer.ui.widgets.number_text import number_text

_NO_CHANGE = 5e-5  # half of the last digit shown
MASKED = "−∞"


class PairFacts(QObject):
    """Puts the parts of a pair into rows; a part that is missing is said to be, with its reason."""

    def title(self, view: PairView) -> str:
        """Which pair, in one line of plain text."""
        record = view.record
        return self.tr("{head}: query {query} → key {key}").format(
            head=head_name(record.layer, record.head),
            query=f"{record.query} '{self.token(view, record.query)}'",
            key=f"{record.key} '{self.token(view, record.key)}'",
        )

    def token(self, view: PairView, index: int) -> str:
        """A token of the text, for display."""
        return display_text(view.tokenization.pieces[index])

    def summary(self, view: PairView) -> str:
        """What a reader wants to know first, in a sentence or two."""
        record = view.record
        query, key = self.token(view, record.query), self.token(view, record.key)
        if not record.is_visible:
            return self._unseen(view)
        text = self.tr(
            "'{query}' gives {percent} of its attention to '{key}': rank {rank} of {n} keys."
        ).format(
            query=query,
            key=key,
            percent=_percent(record.weight),
            rank=rank_of_pair(record),
            n=len(record.row_keys),
        )
        change = record.logit_change
        if change is None:
            return text
        if abs(change) < _NO_CHANGE:
            more = self.tr("This does not move the logit of '{candidate}'.")
        elif change > 0:
            more = self.tr("This raises the logit of '{candidate}' by {amount}.")
        else:
            more = self.tr("This lowers the logit of '{candidate}' by {amount}.")
        amount = number_text(abs(change), 4)
        return f"{text} {more.format(candidate=view.candidate_text, amount=amount)}"

    def _unseen(self, view: PairView) -> str:
        record = view.record
        if record.key > record.query:
            return self.tr(
                "The key comes after the query, which can look only at itself and at what is "
                "before it: the weight is 0."
            )
        return self.tr(
            "The key is out of the query's window of {window:,} tokens: the weight is 0."
        ).format(window=record.window)

    # --------------------------------------------------------------------------------- rows

    def score(self, view: PairView) -> list[Fact]:
        """From the product of the vectors to the score that enters the softmax."""
        record = view.record
        n = len(record.products)
        facts = [
            Fact(
                self.tr("q·k = sum of {n} products").format(n=n),
                number_text(float(record.products.sum()), 4),
                self.tr(
                    "Query and key vector as the attention is called with them: after rotary "
                    "embedding and any normalisation"
                ),
            ),
            Fact(
                self.tr("score = q·k × scaling {factor}").format(factor=f"{record.scaling:.5g}"),
                number_text(record.score, 4),
                self.tr("A constant of the model, mostly one over the root of the dimensions"),
            ),
        ]
        if record.softcap is not None:
            facts.append(
                Fact(
                    self.tr("softcap: {cap} tanh(score ⁄ {cap})").format(cap=f"{record.softcap:g}"),
                    number_text(record.capped, 4),
                    self.tr("Keeps scores between minus and plus this number"),
                )
            )
        if record.bias is not None:
            biased = number_text(record.capped + record.bias, 4)
            facts.append(Fact(self.tr("+ position bias"), number_text(record.bias, 4, sign=True)))
            facts.append(Fact(self.tr("score with its bias"), biased))
        if not record.is_visible:
            tip = self.tr("A score of minus infinity gives a weight of 0")
            facts.append(Fact(self.tr("mask: this key cannot be seen"), MASKED, tip))
        return [*facts[:-1], replace(facts[-1], is_result=True)]

    def weight(self, view: PairView) -> list[Fact]:
        """From the score to the weight."""
        record = view.record
        n = len(record.row_keys)
        among = self.tr("− normaliser of {n:,} keys").format(n=n)
        if record.sink_weight is not None:
            among = self.tr("− normaliser of {n:,} keys and the sink").format(n=n)
        final = MASKED
        if record.is_visible:
            final = number_text(record.capped + (record.bias or 0.0) - record.normaliser, 4)
        return [
            Fact(
                among,
                number_text(record.normaliser, 4),
                self.tr(
                    "Log of the sum of the exponentials of all scores in this row: with it the "
                    "weights sum to 1"
                ),
            ),
            Fact(
                self.tr("weight = exp({exponent})").format(exponent=final),
                number_text(record.weight, 4),
                self.tr("Share of the query's attention, from 0 to 1"),
                is_result=True,
            ),
        ]

    def written(self, view: PairView) -> list[Fact]:
        """What the head adds for this pair, beside all that it adds."""
        record = view.record
        facts = []
        if record.value_norm is not None:
            tip = self.tr("Length of the key's value vector: what there is to be taken over")
            facts.append(Fact(self.tr("|v| of the key"), number_text(record.value_norm, 3), tip))
        if record.written_norm is not None and record.head_output_norm is not None:
            tip = self.tr(
                "Length of weight × v after the layer's output projection: what the head adds to "
                "the residual stream for this pair"
            )
            facts.append(
                Fact(self.tr("|weight × v| projected"), number_text(record.written_norm, 3), tip)
            )
            tip = self.tr("The same, summed over all keys of the row")
            facts.append(
                Fact(self.tr("the whole head"), number_text(record.head_output_norm, 3), tip)
            )
        share = written_share(record)
        if share is not None:
            tip = self.tr(
                "Lengths compared. Contributions of several keys can cancel one another, so that "
                "one of them may be longer than the whole"
            )
            facts.append(Fact(self.tr("this pair ⁄ head"), _percent(share), tip, is_result=True))
        return facts

    def effect(self, view: PairView) -> list[Fact]:
        """What the pair does to the logit of the candidate."""
        record, change = view.record, view.record.logit_change
        facts = [
            Fact(
                self.tr("logit of '{candidate}' after the query").format(
                    candidate=view.candidate_text
                ),
                number_text(record.logit, 4),
                self.tr("The model's raw score of the chosen candidate, else of the likeliest"),
            )
        ]
        if record.logit_without is not None and change is not None:
            facts.append(
                Fact(self.tr("without this one contribution"), number_text(record.logit_without, 4))
            )
            facts.append(
                Fact(
                    self.tr("this pair moves it by"),
                    number_text(change, 4, sign=True),
                    self.tr("Positive where the pair makes the candidate likelier"),
                    is_result=True,
                )
            )
        return facts

    # ------------------------------------------------------------------------------- checks

    def sum_check(self, view: PairView) -> str:
        """That the parts of the score and of the row add up."""
        record = view.record
        total = float(record.row_weights.sum())
        if record.sink_weight is None:
            return self.tr("The {n:,} weights of the row sum to {total}.").format(
                n=len(record.row_keys), total=number_text(total, 6)
            )
        return self.tr(
            "The {n:,} weights of the row sum to {total}, the sink takes the other {sink}."
        ).format(
            n=len(record.row_keys),
            total=number_text(total, 6),
            sink=number_text(record.sink_weight, 6),
        )

    def head_check(self, view: PairView) -> str:
        """That the contributions of the row add up to what the head gave; or what is missing."""
        record = view.record
        if record.unavailable is not None:
            return error_text(record.unavailable)
        if record.parts_error is None:
            return ""
        return self.tr(
            "The contributions of all keys add up to what the head gives; they differ by at most "
            "{error} of its largest number."
        ).format(error=number_text(record.parts_error, 3))

    def effect_note(self, view: PairView) -> str:
        """How the effect was found, and what it is not."""
        if not view.record.is_visible:
            return self.tr("A key that is not seen contributes nothing.")
        if view.record.logit_without is None:
            return ""
        return self.tr(
            "Measured: the model runs the query token again with this one contribution left out "
            "and everything else as it was. Attention alone is no explanation: other heads and "
            "layers can carry the same."
        )

    def product_check(self, view: PairView) -> str:
        """That the bars add up to the score."""
        record = view.record
        return self.tr("The {n} products sum to {total}; × {factor} that is the score.").format(
            n=len(record.products),
            total=number_text(float(record.products.sum()), 4),
            factor=f"{record.scaling:.5g}",
        )

    def dimension(self, view: PairView, dimension: int) -> str:
        """The numbers of one bar."""
        record = view.record
        return self.tr("dimension {d}: q {q} × k {k} = {product}").format(
            d=dimension,
            q=number_text(float(record.query_vector[dimension])),
            k=number_text(float(record.key_vector[dimension])),
            product=number_text(float(record.products[dimension]), sign=True),
        )

    def as_table(self, view: PairView) -> str:
        """All rows as text with tabs, for a spreadsheet."""
        lines = [self.title(view)]
        for facts in (self.score(view), self.weight(view), self.written(view), self.effect(view)):
            lines += [f"{fact.name}\t{fact.value}" for fact in facts]
        return "\n".join(lines) + "\n"


def _percent(share: float) -> str:
    """A share as a percentage: "12.3 %", "0.024 %"; in powers of ten where that is too long."""
    if 1e-6 <= share < 5e-4:
        return f"{100 * share:.2g} %"
    return f"{number_text(100 * share, 1)} %"
