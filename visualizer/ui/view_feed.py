"""One signal per panel, and the wishes that change nothing but what is drawn."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from visualizer.engine.sampling import SamplingParams
from visualizer.session.moment import Moment
from visualizer.session.state import ColourScale, ScaleRange, ViewState
from visualizer.session.surprise_timeline import surprise_timeline_view


class ViewFeed(QObject):
    """Holds the user's intent and sends each panel its view.

    Here are the wishes that are met from the numbers at hand, without asking the engine; what
    there is to show is the subclass's to say.

    Signals:
        token_strip_view_changed: TokenStripView | Unavailable.
        timeline_view_changed: SurpriseTimelineView | Unavailable.
        bars_view_changed: BarsView | Unavailable.
        sampling_view_changed: SamplingView.
        overview_view_changed: OverviewView | Unavailable.
        head_view_changed: HeadView | Unavailable.
        status_view_changed: StatusView.
    """

    token_strip_view_changed = Signal(object)
    timeline_view_changed = Signal(object)
    bars_view_changed = Signal(object)
    sampling_view_changed = Signal(object)
    overview_view_changed = Signal(object)
    head_view_changed = Signal(object)
    status_view_changed = Signal(object)

    def __init__(self, state: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state

    @property
    def state(self) -> ViewState:
        """The user's intent."""
        return self._state

    @Slot(object)
    def set_colour_scale(self, scale: ColourScale) -> None:
        """How the head's weights become colours."""
        self._state = replace(self._state, colour_scale=scale)
        self._show_head()

    @Slot(object)
    def set_scale_range(self, scale_range: ScaleRange) -> None:
        """Where the head's colour scale ends."""
        self._state = replace(self._state, scale_range=scale_range)
        self._show_head()

    @Slot(object)
    def set_sampling(self, sampling: SamplingParams) -> None:
        """Shape the bars anew from the logits at hand; never a forward pass."""
        if sampling != self._state.sampling:
            self._state = replace(self._state, sampling=sampling)
            self._show_bars()
            self._show_sampling()

    @Slot(object)
    def set_seed(self, seed: int) -> None:
        """Seed of the next generation."""
        self._state = replace(self._state, seed=seed)
        self._show_sampling()

    @Slot(int)
    def set_candidates(self, n_candidates: int) -> None:
        """How many rows of bars to show."""
        self._state = replace(self._state, n_candidates=n_candidates)
        self._show_bars()
        self._show_sampling()

    @Slot(int)
    def set_n_generate(self, n_tokens: int) -> None:
        """How many tokens "generate N" makes."""
        self._state = replace(self._state, n_generate=n_tokens)
        self._show_sampling()

    @abstractmethod
    def _moment(self) -> Moment:
        """All that the views follow from, now."""

    def show_all(self) -> None:
        """Send every view anew."""
        self._show_tokens()
        self._show_bars()
        self._show_sampling()
        self._show_overview()
        self._show_head()
        self._show_status()

    def _show_tokens(self) -> None:
        view = self._moment().token_strip()
        self.token_strip_view_changed.emit(view)
        self.timeline_view_changed.emit(surprise_timeline_view(view))

    def _show_bars(self) -> None:
        self.bars_view_changed.emit(self._moment().bars())

    def _show_head(self) -> None:
        self.head_view_changed.emit(self._moment().head())

    def _show_overview(self) -> None:
        self.overview_view_changed.emit(self._moment().overview())

    def _show_sampling(self) -> None:
        self.sampling_view_changed.emit(self._moment().sampling())

    def _show_status(self) -> None:
        self.status_view_changed.emit(self._moment().status())
