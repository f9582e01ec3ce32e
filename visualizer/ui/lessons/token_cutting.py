"""What the lesson on tokens does in the background: load the encodings, cut a text by each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from visualizer.engine.encodings import ENCODINGS
from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenizer
from visualizer.lessons.byte_pairs import BytePairEncoding, load_byte_pairs
from visualizer.session.tokenizer_bench import OWN, BenchRow, BenchView, bench_view
from visualizer.session.vocabulary_desk import TokenFacts, token_facts
from visualizer.ui.lessons.background import Ticket


@dataclass(frozen=True, eq=False)
class Cutting:
    """Cut a text by the three encodings and by the model's own tokenizer.

    Attributes:
        known: Encodings that are loaded; the others are loaded first, and each is reported.
        own: The model's own, None where no model is loaded.
        own_name: The model's name.
    """

    text: str
    known: Mapping[str, BytePairEncoding]
    own: Tokenizer | None
    own_name: str

    def __call__(self, ticket: Ticket) -> BenchView:
        """Do it.

        Raises:
            VisualizerError: The text is too long, or a file is missing or damaged.
        """
        rows = []
        encodings = dict(self.known)
        for name in ENCODINGS:
            ticket.check()
            if name not in encodings:
                encodings[name] = load_byte_pairs(name)
                ticket.report(encodings[name])
            encoding = encodings[name]
            rows.append(BenchRow(name, name, encoding, encoding.encode(self.text)))
        if self.own is not None:
            rows.append(self._own_row(self.own))
        return bench_view(self.text, rows, parse_special=False)

    def _own_row(self, own: Tokenizer) -> BenchRow:
        try:
            return BenchRow(OWN, self.own_name, own, own.encode(self.text))
        except VisualizerError as error:  # the encodings' rows are shown all the same
            return BenchRow(OWN, self.own_name, own, reason=error.with_traceback(None))


@dataclass(frozen=True, eq=False)
class TakingApart:
    """How a tokenizer built one of its tokens."""

    name: str
    tokenizer: Tokenizer
    token_id: int

    def __call__(self, ticket: Ticket) -> tuple[str, TokenFacts]:
        """The tokenizer's name and what is known of the token.

        Raises:
            VisualizerError: The tokenizer's merges cannot be read.
        """
        rules = self.tokenizer.merge_rules()
        ticket.check()
        return self.name, token_facts(self.tokenizer, self.token_id, rules)
