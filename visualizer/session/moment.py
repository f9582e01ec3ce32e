"""What every panel shows at one moment, and why it shows nothing if it cannot: pure, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from visualizer.engine.errors import (
    ContextOverflowError,
    EmptyPromptError,
    UsageError,
    VisualizerError,
)
from visualizer.engine.records import HeadWish
from visualizer.session import resolve
from visualizer.session.facts import Facts
from visualizer.session.state import ViewState
from visualizer.session.views import (
    BarsView,
    HeadView,
    OverviewView,
    PairView,
    SamplingView,
    StatusView,
    TokenStripView,
    Unavailable,
)

NO_MODEL = Unavailable(
    VisualizerError("No model is loaded. Choose one from the Model menu, or drop a folder here.")
)
NOTHING_TYPED = Unavailable(EmptyPromptError("Type something to see what the model makes of it."))
NO_ATTENTION = Unavailable(VisualizerError("This model has no attention to show."))
READING_STOPPED = Unavailable(
    VisualizerError("The text has not been read: you stopped it. Change it to read it again.")
)
NO_PAIR = Unavailable(
    VisualizerError("Choose a cell of the map, or press Enter on it, to take its score apart.")
)
NO_PAIR_OF_MEAN = Unavailable(
    VisualizerError("A mean over heads has no queries and keys of its own: choose one head.")
)
WORKING = Unavailable(VisualizerError("The model is reading the text."), busy=True)


def loading(model: str) -> Unavailable:
    """Why nothing can be shown while the first model is being loaded."""
    name = Path(model).name if Path(model).is_absolute() else model
    return Unavailable(VisualizerError("{model} is being loaded.", model=name), busy=True)


@dataclass(frozen=True)
class Moment:
    """All that the panels' views follow from.

    Attributes:
        state: What the user asked for.
        facts: What the engine has told.
        reason: Why nothing can be shown, or None.
        wished_head: The weights to show, a preview included.
        tokens_awaited: Whether the text's tokens are not known yet.
        awaited: Whether the forward pass is still to come.
        overview_awaited: Whether its thumbnails are still to come.
        pair_awaited: Whether the inspected pair is still to come.
        overdue: Whether that takes long enough for the old numbers to be dimmed.
        can_generate, generating, n_generated: Of the generation.
        generated: Tokens of the text that the model wrote.
    """

    state: ViewState
    facts: Facts
    reason: Unavailable | None
    wished_head: HeadWish
    tokens_awaited: bool
    awaited: bool
    overview_awaited: bool
    pair_awaited: bool
    overdue: bool
    can_generate: bool
    generating: bool
    n_generated: int
    generated: frozenset[int] = frozenset()

    def token_strip(self) -> TokenStripView | Unavailable:
        """The tokens, also of a text that cannot be run."""
        text = self.facts.tokenization
        if self.reason is not None and (not text or self.facts.model is None):
            return self.reason
        strip = self.facts.token_strip(self.state, stale=self.tokens_awaited)
        if strip is None or self.tokens_awaited:
            return strip or WORKING
        return replace(strip, generated=self.generated)

    def bars(self) -> BarsView | Unavailable:
        """The next-token bars."""
        if self.reason is not None:
            return self.reason
        stale = self.overdue and self.awaited
        try:
            return self.facts.bars(self.state, stale=stale) or WORKING
        except UsageError as error:  # the sampler's stages leave nothing that can be drawn
            return Unavailable(error.with_traceback(None))

    def head(self) -> HeadView | Unavailable:
        """The chosen head, or the one that is previewed."""
        reason = self._no_attention()
        if reason is not None:
            return reason
        stale = self.overdue and self.awaited
        return self.facts.head(self.state, self.wished_head, stale=stale) or WORKING

    def overview(self) -> OverviewView | Unavailable:
        """The thumbnails of all heads."""
        reason = self._no_attention()
        if reason is not None:
            return reason
        stale = self.overdue and self.overview_awaited
        return self.facts.overview(self.state, stale=stale) or WORKING

    def pair(self) -> PairView | Unavailable:
        """The inspected pair of tokens."""
        reason = self._no_attention()
        if reason is not None:
            return reason
        forward = self.facts.forward
        n_tokens = len(forward.tokenization) if forward is not None else 0
        if self.state.key is None or self.state.key >= n_tokens:
            return NO_PAIR
        if isinstance(self.state.head, str) or self.state.pins_as_mean:
            return NO_PAIR_OF_MEAN
        return self.facts.pair(self.state, stale=self.awaited or self.pair_awaited) or WORKING

    def sampling(self) -> SamplingView:
        """The sampling strip."""
        return resolve.sampling_view(
            self.state,
            can_generate=self.can_generate,
            generating=self.generating,
            generated=self.n_generated,
        )

    def status(self) -> StatusView:
        """The status line; a text that is too long is counted, too."""
        status = self.facts.status(busy=self.awaited)
        error = self.reason.reason if self.reason is not None else None
        if isinstance(error, ContextOverflowError):
            return replace(status, n_tokens=int(str(error.values["n_tokens"])))
        return status

    def _no_attention(self) -> Unavailable | None:
        if self.reason is not None:
            return self.reason
        model = self.facts.model
        return NO_ATTENTION if model is not None and model.attention == "none" else None
