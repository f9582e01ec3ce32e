"""Heads and pairs of tokens: what the user wishes to see of them, and what is asked for it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from visualizer.engine.attention_records import (
    MetricsRecord,
    MetricsRequest,
    PairRecord,
    PairRequest,
    RegionRecord,
    RegionRequest,
    SeveralHeadsRequest,
)
from visualizer.engine.errors import VisualizerError
from visualizer.engine.interface import Engine, Question, Record
from visualizer.engine.records import (
    FailureRecord,
    HeadChoice,
    HeadRecord,
    HeadRequest,
    HeadWish,
    Member,
    PositionRequest,
    PredictionRecord,
    TileRequest,
)
from visualizer.engine.treatment import Treatment
from visualizer.session.attention_views import fit_layer, fitting_pins, wished_head
from visualizer.session.facts import Facts
from visualizer.session.resolve import resolve_query
from visualizer.session.state import HeadForm, OverviewDisplay, Palette, Region, ViewState
from visualizer.session.views import HeadView, Unavailable
from visualizer.ui.view_feed import ViewFeed
from visualizer.ui.worker import EngineWorker

METRICS_AT_ONCE_TOKENS = 1024
"""Longest text whose heads are measured without being asked to; longer ones take seconds."""
MOST_PINS = 12
_MOST_TILE_CELLS = 2048


class AttentionFeed(ViewFeed):
    """Asks the engine about the prompt at hand, and keeps what it answers.

    At most one question of a kind is awaited; an answer to an older one is dropped.

    Signals:
        pair_view_changed: PairView | Unavailable.
        remark_made: Something to say in passing. VisualizerError.
    """

    pair_view_changed = Signal(object)
    remark_made = Signal(object)

    def __init__(
        self,
        engine_factory: Callable[[], Engine],
        state: ViewState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(state, parent)
        self._facts = Facts()
        self._last_id = 0
        self._questions: dict[type, Question] = {}
        self._preview: Member | None = None
        self._is_inspecting = False
        self._worker = EngineWorker(engine_factory)

    # ------------------------------------------------------------------------ the selection

    @Slot(int)
    def set_query(self, index: int) -> None:
        """Select a token; the last one is selected as "the last", whatever follows."""
        text = self._facts.tokenization
        n_tokens = len(text) if text is not None else 0
        index = -1 if index == n_tokens - 1 else index
        if index == self._state.query:
            return
        self._state = replace(self._state, query=index)
        self._show_tokens()
        self._want_position()
        self._want_head()
        self._show_overview()
        self._want_pair()

    @Slot(int, object)
    def set_head(self, layer: int, head: HeadChoice) -> None:
        """Show another head of the text at hand; no forward pass."""
        self._preview = None
        if self._facts.model is not None:
            layer = fit_layer(self._facts.model, layer, self._state.layer)
        if (layer, head) != (self._state.layer, self._state.head) or self._state.pins_as_mean:
            self._state = replace(self._state, layer=layer, head=head, pins_as_mean=False)
            self._show_overview()
            self._want_pair()
        self._want_head()

    @Slot(int, object)
    def preview_head(self, layer: int, head: HeadChoice) -> None:
        """Show another head for as long as the pointer rests on it.

        The pointer may have come to rest on the heads of a model that is no longer in use.
        """
        model = self._facts.model
        if model is None or not self._can_ask() or isinstance(head, str):
            return
        if layer < model.n_layers and head < model.layer_heads[layer]:
            self._preview = (layer, head)
            self._want_head()

    @Slot()
    def end_preview(self) -> None:
        """Back to the head that was chosen."""
        if self._preview is not None:
            self._preview = None
            self._want_head()

    @Slot(int, int)
    def toggle_pin(self, layer: int, head: int) -> None:
        """Keep a head at hand, or let it go."""
        pins = self._state.pins
        if (layer, head) in pins:
            pins = tuple(pin for pin in pins if pin != (layer, head))
        elif len(pins) < MOST_PINS:
            pins = (*pins, (layer, head))
        else:
            self.remark_made.emit(
                VisualizerError("No more than {n} heads can be pinned.", n=MOST_PINS)
            )
        self.set_pins(pins)

    @Slot(object)
    def set_pins(self, pins: tuple[Member, ...]) -> None:
        """Keep exactly these heads at hand."""
        form = self._state.form if pins or self._state.form != "pins" else "map"
        as_mean = self._state.pins_as_mean and bool(pins)
        self._state = replace(self._state, pins=pins, form=form, pins_as_mean=as_mean)
        self._show_overview()
        self._want_head()

    @Slot(bool)
    def set_pins_as_mean(self, as_mean: bool) -> None:
        """Show the mean over the pinned heads in place of the chosen head."""
        self._state = replace(self._state, pins_as_mean=as_mean and bool(self._state.pins))
        self._want_head()
        self._want_pair()

    @Slot(object)
    def set_form(self, form: HeadForm) -> None:
        """How the head is drawn."""
        self._state = replace(self._state, form=form)
        self._want_head()

    @Slot(object)
    def set_palette(self, palette: Palette) -> None:
        """Colours of the head's weights."""
        self._state = replace(self._state, palette=palette)
        self._show_head()

    @Slot(object)
    def set_treatment(self, treatment: Treatment) -> None:
        """What is done to the head's weights before they are drawn."""
        if treatment.granularity != self._state.treatment.granularity:
            self._state = replace(self._state, visible=None)
        changes_pictures = treatment.hidden != self._state.treatment.hidden
        self._state = replace(self._state, treatment=treatment)
        if changes_pictures:
            self._show_overview()
        self._want_head()

    @Slot(object)
    def set_visible(self, visible: Region | None) -> None:
        """The part of the map in sight has changed, None for all of it: ask for finer weights."""
        self._state = replace(self._state, visible=visible)
        self._want_tile()

    @Slot(object)
    def set_overview_display(self, display: OverviewDisplay) -> None:
        """How all heads are shown, ranked and filtered."""
        self._state = replace(self._state, overview=display)
        self._want_metrics()
        self._want_region()
        self._show_overview()

    @Slot(int, int)
    def inspect_pair(self, query: int, key: int) -> None:
        """Take the score of a query and a key apart."""
        self._state = replace(self._state, key=key)
        self._show_head()
        before = self._state.query
        self.set_query(query)
        if self._state.query == before:
            self._want_pair()

    @Slot()
    def end_inspection(self) -> None:
        """No pair is looked at any more."""
        self._state = replace(self._state, key=None)
        self._show_head()
        self._want_pair()

    @Slot(bool)
    def set_inspecting(self, inspecting: bool) -> None:
        """Whether the inspector is in sight; while it is not, nothing is computed for it."""
        self._is_inspecting = inspecting
        self._want_pair()

    @Slot(object)
    def set_candidate(self, token_id: int | None) -> None:
        """The candidate whose logit the inspector follows; None for the likeliest."""
        if token_id != self._state.candidate_id:
            self._state = replace(self._state, candidate_id=token_id)
            self._want_pair()

    # --------------------------------------------------------------------- asking the engine

    @abstractmethod
    def _can_ask(self) -> bool:
        """Whether the text as it is has been read, so that it can be asked about."""

    @abstractmethod
    def _start_waiting(self) -> None:
        """An answer is awaited; numbers on screen are dimmed if it takes long."""

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _post(self, question: Question) -> None:
        self._questions[type(question)] = question
        self._worker.post(question)

    def _drop_questions(self) -> None:
        """The text has changed: no answer about the old one is wanted."""
        self._questions = {}
        self._preview = None

    def _drop(self, kind: type[Question]) -> None:
        if self._questions.pop(kind, None) is not None:
            self._worker.drop(kind)

    def _ask_about_text(self) -> None:
        """The text has been read: ask for what is to be shown of it besides."""
        self._want_position()
        self._want_head()
        self._want_region()
        self._want_pair()

    def _want_position(self) -> None:
        """Show the bars after the selected token, asking for its logits if they are not here."""
        forward = self._facts.forward
        query = None
        if forward is not None and self._can_ask():
            query = resolve_query(self._state.query, len(forward.tokenization))
        if query is None or self._facts.prediction_at(query) is not None:
            self._questions.pop(PositionRequest, None)
            self._show_bars()
            return
        asked = self._questions.get(PositionRequest)
        if self._is_busy() and isinstance(asked, PositionRequest) and asked.position == query:
            return  # it comes between two tokens, as a head does
        self._post(PositionRequest(self._next_id(), query))
        self._start_waiting()

    def _want_head(self) -> None:
        """Show the wished head, asking for it if it is not here."""
        if not self._can_ask() or not self._has_attention():
            self._show_head()
            return
        wish = self._wished_head()
        if self._facts.head_at(wish) is not None:
            self._questions.pop(HeadRequest, None)
            self._show_head()
            self._want_tile()
            self._want_pinned()
            return
        asked = self._questions.get(HeadRequest)
        if self._is_busy() and isinstance(asked, HeadRequest) and asked.wish == wish:
            return  # it comes between two tokens; asking anew at each would never let it arrive
        self._post(
            HeadRequest(
                self._next_id(),
                wish.layer,
                wish.head,
                members=wish.members,
                treatment=wish.treatment,
            )
        )
        self._start_waiting()
        meanwhile = self._moment().head()
        if isinstance(meanwhile, HeadView) and meanwhile.is_coarse:
            self.head_view_changed.emit(meanwhile)

    def _want_tile(self) -> None:
        """Ask for exact weights of the part in sight where the map has only their maxima."""
        shown = self._facts.head_at(self._wished_head())
        visible = self._state.visible
        if shown is None or shown.block == 1 or visible is None or not self._can_ask():
            self._drop(TileRequest)
            return
        rows, columns = (visible[0], visible[1]), (visible[2], visible[3])
        # A single row or column is never pooled: the text is shaded by it, token by token.
        is_line = 1 in (rows[1] - rows[0], columns[1] - columns[0])
        most = shown.n_units if is_line else _MOST_TILE_CELLS
        tile, wish = self._facts.attention.tile_of(shown), shown.wish
        if tile is not None and _covers(tile, rows, columns) and _is_fine(tile, visible, most):
            return
        rows, columns = _with_margin(rows, shown.n_units), _with_margin(columns, shown.n_units)
        asked = self._questions.get(TileRequest)
        if isinstance(asked, TileRequest) and (asked.wish, asked.rows, asked.columns) == (
            wish,
            rows,
            columns,
        ):
            return  # it is on its way
        if rows[0] >= rows[1] or columns[0] >= columns[1]:
            self._drop(TileRequest)
            return
        head = (wish.layer, wish.head)
        self._post(
            TileRequest(self._next_id(), *head, rows, columns, most, wish.members, wish.treatment)
        )

    def _want_pinned(self) -> None:
        """Ask for the pinned heads where they are compared."""
        if self._state.form != "pins" or self._facts.model is None:
            return
        treatment = self._state.treatment
        missing = tuple(
            pin
            for pin in fitting_pins(self._state, self._facts.model)
            if self._facts.attention.pinned_at(pin, treatment) is None
        )
        asked = self._questions.get(SeveralHeadsRequest)
        if missing and (
            not isinstance(asked, SeveralHeadsRequest)
            or (asked.heads, asked.treatment) != (missing, treatment)
        ):
            self._post(SeveralHeadsRequest(self._next_id(), missing, treatment=treatment))

    def _want_metrics(self) -> None:
        """Ask for the metrics of all heads, unasked only of a text that is not long."""
        forward = self._facts.forward
        if forward is None or not self._can_ask() or not self._has_attention():
            return
        display = self._state.overview
        wanted = display.cells != "pattern" or display.order not in ("model", "region", "alike")
        wanted |= len(forward.tokenization) <= METRICS_AT_ONCE_TOKENS
        if wanted and not self._facts.has_metrics() and MetricsRequest not in self._questions:
            self._post(MetricsRequest(self._next_id()))

    def _want_region(self) -> None:
        """Ask how much weight every head puts on the brushed region."""
        forward, region = self._facts.forward, self._state.overview.region
        if forward is None or region is None or self._state.overview.order != "region":
            return
        if not self._can_ask() or not self._has_attention():
            return
        n_tokens = len(forward.tokenization)
        rows = (region[0], min(region[1], n_tokens))
        columns = (region[2], min(region[3], n_tokens))
        known = self._facts.attention.region
        if known is not None and (known.rows, known.columns) == (rows, columns):
            return
        if rows[0] < rows[1] and columns[0] < columns[1]:
            self._post(RegionRequest(self._next_id(), rows, columns))

    def _want_pair(self) -> None:
        """Show the inspected pair, asking for it where the inspector is in sight."""
        state, forward, model = self._state, self._facts.forward, self._facts.model
        key = state.key
        asks = self._is_inspecting and self._can_ask() and self._has_attention()
        if not asks or key is None or forward is None or model is None:
            self._drop(PairRequest)
            self._show_pair()
            return
        wish = wished_head(state, model)
        n_tokens = len(forward.tokenization)
        query = resolve_query(state.query, n_tokens)
        if isinstance(wish.head, str) or wish.members or query is None or key >= n_tokens:
            self._drop(PairRequest)
            self._show_pair()
            return
        self._post(
            PairRequest(self._next_id(), wish.layer, wish.head, query, key, state.candidate_id)
        )
        self._start_waiting()

    @abstractmethod
    def _is_busy(self) -> bool:
        """Whether tokens are being generated, each of which makes the text another."""

    def _wished_head(self) -> HeadWish:
        model, preview = self._facts.model, self._preview
        if preview is not None:
            return HeadWish(*preview, (), self._state.treatment)
        if model is None:
            return HeadWish(self._state.layer, self._state.head, (), self._state.treatment)
        return wished_head(self._state, model)

    def _has_attention(self) -> bool:
        return self._facts.model is not None and self._facts.model.attention != "none"

    # ----------------------------------------------------------------------- taking records

    def _take_answer_about_text(self, record: Record) -> bool:
        """Keep a record that answers one of the questions; False if it answers none."""
        kind = next(
            (k for k, q in self._questions.items() if q.request_id == record.request_id), None
        )
        if kind is None:
            return False
        if isinstance(record, FailureRecord):
            del self._questions[kind]
            self._show_failure(kind, Unavailable(record.error))
            return True
        if kind is not SeveralHeadsRequest:
            del self._questions[kind]
        match record:
            case HeadRecord():
                self._take_head(kind, record)
            case PredictionRecord():
                self._facts.take_prediction(record)
                self._show_bars()
            case MetricsRecord():
                self._facts.take_metrics(record)
                self._show_overview()
                if self._facts.head_at(self._wished_head()) is not None:
                    self._show_head()  # with its labels
            case RegionRecord():
                self._facts.take_region(record)
                self._show_overview()
            case PairRecord():
                self._facts.take_pair(record)
                self._show_pair()
        return True

    def _take_head(self, kind: type, record: HeadRecord) -> None:
        if kind is TileRequest:
            self._facts.take_tile(record)
        elif kind is SeveralHeadsRequest:
            self._facts.take_pinned(record)
            several = self._questions[kind]
            if isinstance(several, SeveralHeadsRequest) and several.heads[-1] == (
                record.layer,
                record.head,
            ):
                del self._questions[kind]
        else:
            self._facts.take_head(record)
            self._want_tile()
            self._want_pinned()
        self._show_head()

    def _show_failure(self, kind: type, failure: Unavailable) -> None:
        if kind is HeadRequest:
            self.head_view_changed.emit(failure)
        elif kind is PositionRequest:
            self.bars_view_changed.emit(failure)
        elif kind is PairRequest:
            self.pair_view_changed.emit(failure)
        else:
            self.remark_made.emit(failure.reason)

    def _show_pair(self) -> None:
        self.pair_view_changed.emit(self._moment().pair())

    def show_all(self) -> None:
        """Send every view anew."""
        super().show_all()
        self._show_pair()


def _covers(tile: HeadRecord, rows: tuple[int, int], columns: tuple[int, int]) -> bool:
    return (
        tile.rows[0] <= rows[0]
        and rows[1] <= tile.rows[1]
        and tile.columns[0] <= columns[0]
        and columns[1] <= tile.columns[1]
    )


def _is_fine(tile: HeadRecord, visible: Region, most_cells: int) -> bool:
    """Whether a tile of the part in sight alone would not be finer."""
    longest = max(visible[1] - visible[0], visible[3] - visible[2])
    return tile.block <= -(-longest // most_cells)


def _with_margin(span: tuple[int, int], n_units: int) -> tuple[int, int]:
    """Half as much again on both sides, so that small moves need no new tile.

    Only so far as the tile does not become coarser by it, and not beyond the map.
    """
    first, end = span[0], min(span[1], n_units)
    margin = max(0, min((end - first) // 2, (_MOST_TILE_CELLS - (end - first)) // 2))
    return max(0, first - margin), min(end + margin, n_units)
