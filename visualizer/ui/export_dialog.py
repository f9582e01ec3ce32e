"""One dialog for every export: what, as which kind of file, how large, with a live preview."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.session.export_subjects import (
    FIGURES,
    FORMATS,
    LEAST_DPI,
    LEAST_WIDTH_PX,
    MOST_DPI,
    MOST_WIDTH_PX,
    Exportable,
    Kind,
    Subject,
)
from visualizer.ui.export_files import (
    LEAST_WIDTH_MM,
    MOST_WIDTH_MM,
    WindowPicture,
    figure_of,
)
from visualizer.ui.export_preview import Preview
from visualizer.ui.export_wish import ExportWish
from visualizer.ui.figure_files import Figure
from visualizer.ui.messages import sentence
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import make_quiet

_MM_PER_INCH = 25.4
_UNIT_MM = _MM_PER_INCH / 96
_FORM_CHARS = 58  # wide enough for every control: it stays as it is when some are hidden
_PREVIEW_MS = 30  # several changes at once are drawn once


class ExportDialog(QDialog):
    """Asks what to export and how; what is written is what was on show when it was opened.

    Signals:
        export_chosen: The user wants the file. ExportWish.

    Attributes:
        subject_box, format_box, theme_box: What, as which kind of file, in which colours.
        part_box: Only the part in sight; shown where the map is zoomed.
        title_edit: The figure's title; empty for the usual one.
        width_box, unit_box, dpi_box: How large.
        preview: The figure.
        facts_label: How large the file's picture will be.
    """

    export_chosen = Signal(object)

    def __init__(
        self,
        views: Exportable,
        wish: ExportWish,
        window: WindowPicture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._views, self._window = views, window
        self._wish = wish
        self._figure: Figure | None = None
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._timer = QTimer(self, singleShot=True, interval=_PREVIEW_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._build()
        self._fill(wish)
        self._connect()
        self._update_controls()
        self.show_preview()

    # ------------------------------------------------------------------------------ building

    def _build(self) -> None:
        self.subject_box, self.format_box, self.theme_box = QComboBox(), QComboBox(), QComboBox()
        for key, text in self._themes():
            self.theme_box.addItem(text, key)
        self.part_box = QCheckBox(self.tr("Only the part in &sight, with its exact weights"))
        self.title_edit = QLineEdit()
        self.title_edit.setMaxLength(200)
        self.title_edit.setClearButtonEnabled(True)
        self.width_box = QDoubleSpinBox()
        self.unit_box = QComboBox()
        self.dpi_box = QSpinBox(minimum=LEAST_DPI, maximum=MOST_DPI, suffix=self.tr(" dpi"))
        for box in (self.width_box, self.dpi_box):
            box.setKeyboardTracking(False)
        self.unit_box.addItem(self.tr("px"), "px")
        self.unit_box.addItem(self.tr("mm"), "mm")
        self.width_box.setAccessibleName(self.tr("Width"))
        self.unit_box.setAccessibleName(self.tr("Unit of the width"))
        self.dpi_box.setAccessibleName(self.tr("Dots per inch"))
        self.preview = Preview()
        self.facts_label = PlainLabel()
        self.facts_label.setWordWrap(True)
        self.facts_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        make_quiet(self.facts_label)
        buttons = QDialogButtonBox()
        self.export_button = buttons.addButton(
            self.tr("&Export…"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.export_button.setDefault(True)
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(4 * SPACE_PX)
        form = QWidget()
        form.setLayout(self._form())
        form.setFixedWidth(form.fontMetrics().averageCharWidth() * _FORM_CHARS)
        row.addWidget(form)
        row.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX)
        column.setSpacing(4 * SPACE_PX)
        column.addLayout(row, 1)
        column.addWidget(buttons)
        self.resize(840, 520)

    def _form(self) -> QFormLayout:
        size = QHBoxLayout()
        size.setSpacing(SPACE_PX)
        size.addWidget(self.width_box, 1)
        size.addWidget(self.unit_box)
        size.addWidget(self.dpi_box)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(2 * SPACE_PX)
        form.setHorizontalSpacing(2 * SPACE_PX)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&What"), self.subject_box)
        form.addRow(self.tr("&Format"), self.format_box)
        form.addRow("", self.part_box)
        form.addRow(self.tr("&Title"), self.title_edit)
        form.addRow(self.tr("&Colours"), self.theme_box)
        form.addRow(self.tr("Wi&dth"), size)
        label = form.labelForField(size)
        if isinstance(label, QLabel):
            label.setBuddy(self.width_box)
        form.addRow("", self.facts_label)
        return form

    def _themes(self) -> tuple[tuple[str, str], ...]:
        return (
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
            ("print", self.tr("Print: black ink on white paper")),
        )

    def _subject_text(self, subject: Subject) -> str:
        head = self.tr("This head")
        if self._views.head is not None and self._views.head.record.members:
            head = self.tr("Mean over the pinned heads")
        overview = self.tr("All heads")
        if self._views.overview is not None:
            if self._views.overview.ranking is not None:
                overview = self.tr("Ranking of heads")
            elif self._views.overview.display.cells != "pattern":
                overview = self.tr("Metric of all heads")
        texts: dict[Subject, str] = {
            "head": head,
            "arcs": self.tr("This head as lines between tokens"),
            "pins": self.tr("Pinned heads side by side"),
            "overview": overview,
            "bars": self.tr("Next-token bars"),
            "tokens": self.tr("Tokens with their surprise"),
            "surprise": self.tr("Surprise timeline"),
            "pipeline": self.tr("Sampler’s stages"),
            "steps": self.tr("Generated tokens, step by step"),
            "pair": self.tr("Parts of the inspected pair"),
            "window": self.tr("The whole window"),
        }
        return texts[subject]

    def _format_text(self, kind: Kind) -> str:
        texts: dict[Kind, str] = {
            "png": self.tr("PNG picture"),
            "svg": self.tr("SVG drawing, sharp at any size"),
            "pdf": self.tr("PDF page, sharp at any size"),
            "csv": self.tr("CSV table"),
            "npz": self.tr("NumPy arrays (npz)"),
            "json": self.tr("JSON"),
        }
        return texts[kind]

    def _fill(self, wish: ExportWish) -> None:
        for subject in FORMATS:
            if self._views.has(subject):
                self.subject_box.addItem(self._subject_text(subject), subject)
        self.subject_box.setCurrentIndex(max(self.subject_box.findData(wish.subject), 0))
        self._fill_formats(wish.kind)
        choice = wish.choice
        self.theme_box.setCurrentIndex(max(self.theme_box.findData(choice.theme_name), 0))
        self.part_box.setChecked(choice.in_sight)
        self.title_edit.setText(choice.title)
        self.dpi_box.setValue(choice.dpi)
        self.unit_box.setCurrentIndex(max(self.unit_box.findData(wish.unit), 0))

    def _fill_formats(self, kind: Kind) -> None:
        with QSignalBlocker(self.format_box):
            self.format_box.clear()
            for name in FORMATS[self.subject]:
                self.format_box.addItem(self._format_text(name), name)
            self.format_box.setCurrentIndex(max(self.format_box.findData(kind), 0))

    def _connect(self) -> None:
        self.subject_box.currentIndexChanged.connect(self._on_subject_changed)
        self.format_box.currentIndexChanged.connect(self._on_format_changed)
        self.theme_box.currentIndexChanged.connect(self._on_look_changed)
        self.part_box.toggled.connect(self._on_look_changed)
        self.title_edit.textChanged.connect(self._on_look_changed)
        self.unit_box.currentIndexChanged.connect(self._on_unit_changed)
        self.width_box.valueChanged.connect(self._on_width_changed)
        self.dpi_box.valueChanged.connect(self._on_dpi_changed)

    # -------------------------------------------------------------------------------- reading

    @property
    def views(self) -> Exportable:
        """What was on show when the dialog was opened."""
        return self._views

    @property
    def window_picture(self) -> WindowPicture:
        """The window as it was then."""
        return self._window

    @property
    def subject(self) -> Subject:
        """What is to be exported."""
        subject: Subject = self.subject_box.currentData()
        return subject

    @property
    def kind(self) -> Kind:
        """As which kind of file."""
        kind: Kind = self.format_box.currentData()
        return kind

    @property
    def wish(self) -> ExportWish:
        """What the controls say."""
        choice = replace(
            self._wish.choice,
            theme_name=self.theme_box.currentData(),
            title=self.title_edit.text().strip(),
            in_sight=self.part_box.isChecked(),
            dpi=self.dpi_box.value(),
        )
        return replace(
            self._wish,
            subject=self.subject,
            kind=self.kind,
            choice=choice,
            unit=self.unit_box.currentData(),
        )

    # -------------------------------------------------------------------------------- showing

    def _update_controls(self) -> None:
        """Show the controls that this kind of file has."""
        is_figure = self.kind in FIGURES
        is_window = self.subject == "window"
        head = self._views.head
        zoomed = self.subject == "head" and head is not None and head.visible is not None
        self.part_box.setVisible(zoomed)
        self.title_edit.setEnabled(is_figure and not is_window)
        self.theme_box.setEnabled(is_figure and not is_window)
        self.width_box.setEnabled(is_figure)
        self.unit_box.setVisible(self.kind == "png")
        self.dpi_box.setVisible(self.kind == "png")
        self._show_width()

    def _show_width(self) -> None:
        """Write the width in the unit that is asked for."""
        choice = self._wish.choice
        with QSignalBlocker(self.width_box):
            if self.kind == "png" and self.unit_box.currentData() == "px":
                self.width_box.setDecimals(0)
                self.width_box.setRange(LEAST_WIDTH_PX, MOST_WIDTH_PX)
                self.width_box.setSuffix("")
                self.width_box.setValue(choice.width_px)
                return
            self.width_box.setDecimals(1)
            self.width_box.setSuffix("" if self.kind == "png" else self.tr(" mm"))
            if self.kind == "png":
                self.width_box.setRange(1.0, 15_000.0)
                self.width_box.setValue(choice.width_px / self.dpi_box.value() * _MM_PER_INCH)
                return
            self.width_box.setRange(LEAST_WIDTH_MM, MOST_WIDTH_MM)
            natural = self._figure.size.width() * _UNIT_MM if self._figure is not None else 211.7
            self.width_box.setValue(choice.width_mm or natural)

    def show_preview(self) -> None:
        """Draw the preview now."""
        self._timer.stop()
        wish = self.wish
        views = self._views.in_sight() if wish.choice.in_sight else self._views
        self._figure = None
        if self.kind not in FIGURES:
            self.preview.set_message(self._numbers_text(views))
        else:
            try:
                figure = figure_of(views, self.subject, wish.choice, window=self._window)
            except VisualizerError as error:
                self.preview.set_message(sentence(error))
            else:
                self._figure = figure
                self.preview.set_figure(figure)
                with QSignalBlocker(self.title_edit):
                    self.title_edit.setPlaceholderText("" if wish.choice.title else figure.title)
        self.export_button.setEnabled(self.kind not in FIGURES or self._figure is not None)
        self._show_facts()

    def _numbers_text(self, views: Exportable) -> str:
        """What a file of numbers will hold."""
        if self.subject == "head" and views.head is not None:
            n_rows, n_columns = views.head.record.weights.shape
            return self.tr("{rows:,} × {columns:,} weights, with their tokens").format(
                rows=n_rows, columns=n_columns
            )
        if self.subject == "pins" and views.pins is not None:
            return self.tr("The weights of {n} heads, cell by cell").format(
                n=len(views.pins.pinned)
            )
        if self.subject == "overview" and views.overview is not None:
            n_layers, n_heads = views.overview.thumbnails.shape[:2]
            if self.kind == "csv":
                return self.tr("A row for each head, with its metrics as far as they are known")
            return self.tr("{heads:,} heads: their small pictures and metrics").format(
                heads=n_layers * n_heads
            )
        return self._text_numbers_text(views)

    def _text_numbers_text(self, views: Exportable) -> str:
        """The same for what is not about heads."""
        if self.subject == "bars" and views.bars is not None:
            return self.tr("{n:,} candidates with logit and probability").format(
                n=len(views.bars.candidates)
            )
        if self.subject == "tokens" and views.tokens is not None:
            return self.tr("{n:,} tokens with their surprise").format(
                n=len(views.tokens.tokenization)
            )
        if self.subject == "surprise" and views.surprise is not None:
            return self.tr("{n:,} tokens with surprise, rank and entropy").format(
                n=len(views.surprise)
            )
        if self.subject == "pipeline":
            return self.tr("A row for each stage: what it removed and what is left")
        if self.subject == "steps" and views.steps is not None:
            return self.tr(
                "{n:,} generated tokens, each with the candidates it was drawn from, seed and "
                "settings"
            ).format(n=len(views.steps.steps))
        return self.tr("All parts of the pair's score and weight")

    def _show_facts(self) -> None:
        figure, choice = self._figure, self._wish.choice
        if figure is None:
            self.facts_label.setText(self.tr("The file also says where its numbers come from."))
            return
        share = figure.size.height() / figure.size.width()
        if self.kind == "png":
            width_mm = choice.width_px / self.dpi_box.value() * _MM_PER_INCH
            text = self.tr("{width:,} × {height:,} pixels, {across:.0f} × {down:.0f} mm").format(
                width=choice.width_px,
                height=max(1, round(choice.width_px * share)),
                across=width_mm,
                down=width_mm * share,
            )
        else:
            width_mm = choice.width_mm or figure.size.width() * _UNIT_MM
            text = self.tr("{across:.0f} × {down:.0f} mm, text that can be searched").format(
                across=width_mm, down=width_mm * share
            )
        if self.preview.shows_beginning():
            text += "\n" + self.tr("The preview shows its beginning.")
        self.facts_label.setText(text)

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_subject_changed(self) -> None:
        self._fill_formats(self.kind)
        self._update_controls()
        self.show_preview()
        self._show_width()

    @Slot()
    def _on_format_changed(self) -> None:
        self._update_controls()
        self.show_preview()
        self._show_width()

    @Slot()
    def _on_look_changed(self) -> None:
        self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self.show_preview()

    @Slot()
    def _on_unit_changed(self) -> None:
        self._show_width()

    @Slot(float)
    def _on_width_changed(self, width: float) -> None:
        choice = self._wish.choice
        if self.kind != "png":
            choice = replace(choice, width_mm=width)
        else:
            is_px = self.unit_box.currentData() == "px"
            pixels = width if is_px else width / _MM_PER_INCH * self.dpi_box.value()
            pixels = min(max(round(pixels), LEAST_WIDTH_PX), MOST_WIDTH_PX)
            choice = replace(choice, width_px=pixels)
        self._wish = replace(self._wish, choice=choice)
        self._show_facts()

    @Slot(int)
    def _on_dpi_changed(self, dpi: int) -> None:
        """Keep the width in the unit that it was given in."""
        if self.unit_box.currentData() == "mm":
            self._on_width_changed(self.width_box.value())
        self._show_facts()

    @Slot()
    def _on_accepted(self) -> None:
        self._timer.stop()
        wish = self.wish
        self.accept()
        self.export_chosen.emit(wish)

    def done(self, result: int) -> None:
        self._timer.stop()
        super().done(result)
