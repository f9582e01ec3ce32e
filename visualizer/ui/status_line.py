"""The line at the bottom: what runs, how full the context is, how long the last update took."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import ProgressRecord
from visualizer.session.views import StatusView
from visualizer.ui.messages import sentence, short_model_name, size_text
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.busy_bar import BusyBar

_REMARK_MS = 6000
_ENDED_BY_NEXT = ("overview", "head", "metrics", "region", "surprise")
"""Stages that no button ends: the text is there, and the next wish takes their place."""


class StatusLine(QStatusBar):
    """Shows a StatusView, and the progress of what takes longer.

    Signals:
        cancel_requested: The user wants the work on show to stop.
    """

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._context = PlainLabel()
        self._elapsed = PlainLabel()
        self._model = PlainLabel()
        self._stage = PlainLabel()
        self._bar = BusyBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(40 * SPACE_PX, 2 * SPACE_PX)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setFlat(True)
        self._cancel.setToolTip(self.tr("Stop this; what is in use stays in use"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._caution = QLabel(self.tr("attention is not explanation"))
        self._caution.setToolTip(
            self.tr(
                "Attention weights say from which tokens a head reads, not what it reads there "
                "or what follows from it. A large weight is a hint where to look, not a reason "
                "for the answer."
            )
        )
        for label in (self._context, self._elapsed, self._model):
            label.setContentsMargins(2 * SPACE_PX, 0, 2 * SPACE_PX, 0)
            self.addWidget(label)
        for widget in (self._stage, self._bar, self._cancel, self._caution):
            self.addPermanentWidget(widget)
        self._caution.setContentsMargins(4 * SPACE_PX, 0, 2 * SPACE_PX, 0)
        self._caution.setForegroundRole(self._caution.palette().ColorRole.PlaceholderText)
        self._elapsed.setForegroundRole(self._caution.palette().ColorRole.PlaceholderText)
        self._is_loading = False
        self.set_progress(None)

    def text(self) -> str:
        """All that is on show, as one line."""
        labels = (self._context, self._elapsed, self._model, self._stage)
        return "  ".join(label.text() for label in labels if not label.isHidden() and label.text())

    def model_text(self) -> str:
        """Which model runs, where and in which numbers; "" without one."""
        return self._model.text()

    @Slot(object)
    def set_view(self, view: StatusView) -> None:
        """Show what runs and how full the context is."""
        if not view.model_name:
            self._context.setText("" if self._is_loading else self.tr("no model"))
            self._elapsed.setText("")
            self._model.setText("")
            return
        self._context.setText(
            self.tr("{n:,} / {limit:,} tokens").format(n=view.n_tokens, limit=view.context_length)
        )
        self._context.setToolTip(self.tr("Context used and available"))
        if view.busy:
            self._elapsed.setText(self.tr("working…"))
        elif view.elapsed_ms is not None:
            self._elapsed.setText(self._elapsed_text(view.elapsed_ms))
        else:
            self._elapsed.setText("")
        self._elapsed.setToolTip(
            self.tr("The last update ran {n:,} of {total:,} tokens; the rest was reused").format(
                n=view.computed_tokens, total=view.n_tokens
            )
        )
        threads = self.tr("1 thread") if view.n_threads == 1 else self.tr("{n} threads")
        threads = threads.format(n=view.n_threads)
        on_cpu = view.device == "cpu" and view.n_threads
        name = short_model_name(view.model_name)
        parts = (name, view.device, view.dtype, threads if on_cpu else "")
        self._model.setText("   ".join(part for part in parts if part))
        self._model.setToolTip(self.tr("The model in use, where it runs and in which numbers"))

    def _elapsed_text(self, elapsed_ms: float) -> str:
        if elapsed_ms < 2000:
            return self.tr("updated in {ms:,.0f} ms").format(ms=elapsed_ms)
        return self.tr("updated in {s:,.1f} s").format(s=elapsed_ms / 1000)

    @Slot(object)
    def set_progress(self, progress: ProgressRecord | None) -> None:
        """Show how far a long piece of work has come; None when it is over."""
        for widget in (self._stage, self._bar):
            widget.setVisible(progress is not None)
        self._cancel.setVisible(progress is not None and progress.stage not in _ENDED_BY_NEXT)
        self._is_loading = progress is not None and bool(progress.model)
        if progress is None:
            return
        if self._context.text() == self.tr("no model") and self._is_loading:
            self._context.setText("")
        self._stage.setText(self._stage_text(progress))
        # In thousandths: Qt counts in 32 bits, and a model has more bytes than that.
        if progress.total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(min(1000, 1000 * progress.done // progress.total))
        else:
            self._bar.setRange(0, 0)

    @Slot(object)
    def show_remark(self, remark: VisualizerError) -> None:
        """Say something in passing."""
        self.showMessage(sentence(remark), _REMARK_MS)

    def _loading_text(self, progress: ProgressRecord) -> str:
        """Which model is being loaded, and what is being done to it."""
        texts = {
            "convert": self.tr("Converting {model}"),
            "verify": self.tr("Verifying {model}"),
            "build": self.tr("Loading {model}: building it"),
            "check": self.tr("Loading {model}: trying it out"),
        }
        weights = self.tr("Loading {model}: weights")
        text = weights if progress.total else self.tr("Loading {model}")
        return texts.get(progress.stage, text).format(model=short_model_name(progress.model))

    def _stage_text(self, progress: ProgressRecord) -> str:
        stages = {
            "download": self.tr("Downloading"),
            "verify": self.tr("Verifying"),
            "convert": self.tr("Converting"),
            "load": self.tr("Loading"),
            "check": self.tr("Checking"),
            "prompt": self.tr("Reading the text"),
            "overview": self.tr("Pictures of all heads"),
            "head": self.tr("Weights of the head"),
            "metrics": self.tr("Measuring all heads"),
            "region": self.tr("Ranking all heads"),
            "surprise": self.tr("Surprise of each token"),
        }
        stage = stages.get(progress.stage, progress.stage)
        if progress.model:
            stage = self._loading_text(progress)
        if not progress.total:
            return stage
        if progress.unit == "bytes":
            amount = f"{size_text(progress.done)} / {size_text(progress.total)}"
        else:
            amount = f"{progress.done:,} / {progress.total:,}"
        return f"{stage}  {amount}"
