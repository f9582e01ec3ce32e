"""The engine: one model at a time, asked by requests and answering in records."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from visualizer.engine.attach import Attachment, attach_capture
from visualizer.engine.attention_records import (
    MetricsRequest,
    PairRequest,
    RegionRequest,
    SeveralHeadsRequest,
)
from visualizer.engine.errors import DeviceLostError, ModelLoadError, VisualizerError
from visualizer.engine.fast_layers import accelerate
from visualizer.engine.generation import generate
from visualizer.engine.interface import PreparedModel, Question, Record, Report
from visualizer.engine.lesson_answers import input_side, residual_streams
from visualizer.engine.lesson_records import (
    HeadStepsRequest,
    InputRequest,
    LessonQuestion,
    LessonRecord,
    ResidualRequest,
)
from visualizer.engine.loading import LoadedModel, choose_device, load_model
from visualizer.engine.loading import Report as StageReport
from visualizer.engine.memory import is_device_lost, is_out_of_memory, release_memory
from visualizer.engine.path_records import PathRequest
from visualizer.engine.reading import Reading
from visualizer.engine.records import (
    ForwardRecord,
    ForwardRequest,
    GenerateRequest,
    HeadRequest,
    Int64Array,
    LoadRequest,
    ModelRecord,
    OverviewRecord,
    PositionRequest,
    ProgressRecord,
    Prompt,
    TokensRecord,
)
from visualizer.engine.recutting import recut
from visualizer.engine.tokenization import Tokenization


@dataclass(frozen=True, eq=False)
class ReadyModel:
    """A model that passed its dry run: in use, or about to be."""

    record: ModelRecord
    attachment: Attachment


class LocalEngine:
    """Runs models of transformers in this process; see `interface.Engine`."""

    def __init__(self) -> None:
        self._model: ReadyModel | None = None
        self._reading: Reading | None = None
        self._cut: Tokenization | None = None  # of the last text that was typed

    # ------------------------------------------------------------------------------ loading

    def load(self, request: LoadRequest, report: Report) -> ModelRecord:
        """Load a model and take it into use once it passed a dry run; else keep the old one."""
        return self.take(self.prepare(request, report))

    def prepare(self, request: LoadRequest, report: Report) -> ReadyModel:
        """Load a model and put it through a dry run; touches nothing of the one in use.

        Where the device has no memory for it, the processor is tried, and a note says so.

        Raises:
            Cancelled: The request's token was set.
            ModelLoadError: It was refused, cannot be run, or there is no memory for it.
            NonFiniteError: It gives NaN or infinity.
        """

        def on_progress(stage: str, done: int, total: int | None, unit: str) -> None:
            report(ProgressRecord(request.request_id, stage, done, total, unit, request.name))

        ready = _prepare_on(request, request.device, on_progress)
        release_memory()  # of a load which ran out
        if ready is None and choose_device(request.device).type != "cpu":
            note = ModelLoadError(
                "There is not enough memory for {name} on {device}; it runs on the processor.",
                name=request.name,
                device=request.device,
            )
            ready = _prepare_on(request, "cpu", on_progress, note)
            release_memory()
        if ready is None:
            raise ModelLoadError("There is not enough memory for {name}.", name=request.name)
        return ready

    def take(self, prepared: PreparedModel) -> ModelRecord:
        """Take a prepared model into use, with no text yet; the old one is let go."""
        assert isinstance(prepared, ReadyModel)
        self._model = prepared
        self._reading = Reading(prepared.attachment, prepared.record.context_length)
        release_memory()
        return prepared.record

    def adopt(self, loaded: LoadedModel) -> ModelRecord:
        """Take a loaded model into use once it passed a dry run; else keep the old one.

        Raises:
            ModelLoadError: It cannot be run.
            NonFiniteError: It gives NaN or infinity.
        """
        return self.take(_ready(loaded))

    # ------------------------------------------------------------------------------ questions

    def answer(self, question: Question) -> Iterator[Record]:
        """Yield the records that answer `question`, the most wanted first.

        Raises:
            Cancelled: The request's token was set.
            VisualizerError: With a sentence for the user.
        """
        question.cancel.check()
        try:
            yield from self._answer(question)
            return
        except (RuntimeError, MemoryError) as error:
            lost = is_device_lost(error)
            if not lost and not is_out_of_memory(error):
                raise
            detail = str(error)
        self._start_over()
        device = self._in_use().record.device
        if lost:
            raise DeviceLostError(
                "The device {device} has failed and cannot be used any more: load the model "
                "on the processor, or start the program again.",
                device=device,
                detail=detail,
            )
        raise VisualizerError(
            "There is not enough memory for this prompt on {device}: shorten it.",
            device=device,
            detail=detail,
        )

    def attention_bytes(self) -> int:
        """Memory of what is kept of the text at hand only to show attention."""
        return self._at_hand().trace.attention_bytes()

    def _answer(self, question: Question) -> Iterator[Record]:
        if isinstance(question, ForwardRequest):
            yield from self._forward(question)
        elif isinstance(question, PositionRequest):
            yield self._at_hand().prediction(question.request_id, question.position)
        elif isinstance(question, PathRequest):
            yield self._at_hand().words(question)
        elif isinstance(question, HeadRequest):
            yield from self._at_hand().head_steps(question)
        elif isinstance(question, SeveralHeadsRequest):
            yield from self._at_hand().several(question)
        elif isinstance(question, MetricsRequest):
            yield from self._at_hand().metrics(question)
        elif isinstance(question, RegionRequest):
            yield from self._at_hand().region(question)
        elif isinstance(question, PairRequest):
            yield self._at_hand().pair(question)
        elif isinstance(question, ResidualRequest | HeadStepsRequest | InputRequest):
            yield self._for_lesson(question)
        else:
            yield from self._generate(question)

    def _for_lesson(self, question: LessonQuestion) -> LessonRecord:
        model = self._in_use()
        tokenizer, context_length = model.record.tokenizer, model.record.context_length
        if isinstance(question, HeadStepsRequest):
            return self._at_hand().written_out(question, tokenizer)
        if isinstance(question, InputRequest):
            return input_side(model.attachment, context_length, question)
        return residual_streams(model.attachment, tokenizer, context_length, question)

    def _forward(self, request: ForwardRequest) -> Iterator[Record]:
        started = time.perf_counter()
        tokenization = self._tokenize(request.prompt)
        if request.with_tokens:
            yield TokensRecord(request.request_id, tokenization)
        n_tokens = len(tokenization)
        reading = self._reading_for(request)
        reading.describe(tokenization, self._in_use().record.tokenizer.special_ids)
        computed = 0
        for computed in reading.passes(tokenization.ids, request.cancel):  # noqa: B007
            if len(reading.trace) < n_tokens:
                done = len(reading.trace)
                yield ProgressRecord(request.request_id, "prompt", done, n_tokens, "tokens")
        yield reading.record(request, tokenization, request.position, computed, started)
        if request.with_overview and reading.has_attention:
            yield from reading.overview_steps(request.request_id, request.cancel)
        if request.with_surprise:
            yield from reading.surprise(request.request_id, request.cancel)

    def _generate(self, request: GenerateRequest) -> Iterator[Record]:
        model = self._in_use()
        tokenizer = model.record.tokenizer

        def forward(ids: Int64Array) -> tuple[ForwardRecord, OverviewRecord | None]:
            started = time.perf_counter()
            tokenization = tokenizer.from_ids(tuple(ids.tolist()))
            reading = self._reading_for(request)
            reading.describe(tokenization, tokenizer.special_ids)
            computed = reading.read(ids, request.cancel)
            record = reading.record(request, tokenization, -1, computed, started)
            if not (request.with_overview and reading.has_attention):
                return record, None
            return record, reading.overview(request.request_id, request.cancel)

        return generate(
            request,
            self._tokenize(request.prompt).ids,
            forward=forward,
            token_bytes=tokenizer.token_bytes,
            end_ids=model.record.end_ids,
            context_length=model.record.context_length,
        )

    def _reading_for(self, request: ForwardRequest | GenerateRequest) -> Reading:
        """The text at hand, once it is sure that the head asked for exists."""
        reading = self._reading_in_use()
        if request.layer is not None and request.head is not None and reading.has_attention:
            reading.check_head(request.layer, request.head)
        return reading

    def _tokenize(self, prompt: Prompt) -> Tokenization:
        tokenizer = self._in_use().record.tokenizer
        if prompt.token_ids is not None:
            return tokenizer.from_ids(prompt.token_ids)
        special = prompt.parse_special
        cut = recut(self._cut, prompt.text, tokenizer, parse_special=special)
        if cut is None:
            cut = tokenizer.encode(prompt.text, parse_special=special)
        self._cut = cut
        return cut

    def _in_use(self) -> ReadyModel:
        if self._model is None:
            raise VisualizerError("No model is loaded.")
        return self._model

    def _reading_in_use(self) -> Reading:
        model = self._in_use()
        if self._reading is None:
            self._reading = Reading(model.attachment, model.record.context_length)
        return self._reading

    def _at_hand(self) -> Reading:
        reading = self._reading_in_use()
        if not len(reading.trace):
            raise VisualizerError("No prompt has been read yet.")
        return reading

    def _start_over(self) -> None:
        """Let go of the text at hand."""
        self._reading = self._cut = None
        release_memory()


def _ran_out_of_memory(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if is_out_of_memory(cause):
            return True
        cause = cause.__cause__
    return False


def _prepare_on(
    request: LoadRequest, device: str, on_progress: StageReport, *notes: VisualizerError
) -> ReadyModel | None:
    """The model on `device`, or None where memory runs out."""
    try:
        loaded = load_model(
            request.path,
            name=request.name,
            device=device,
            dtype=request.dtype,
            report=on_progress,
            cancel=request.cancel,
        )
        on_progress("check", 0, None, "layers")
        request.cancel.check()
        return _ready(loaded, request_id=request.request_id, notes=notes)
    except (VisualizerError, RuntimeError, MemoryError) as error:
        if _ran_out_of_memory(error):
            return None
        raise


def _ready(
    loaded: LoadedModel, *, request_id: int = 0, notes: tuple[VisualizerError, ...] = ()
) -> ReadyModel:
    """Change the model in place, faster layers and captured attention, and put it to the test."""
    accelerate(loaded.model)
    attachment = attach_capture(loaded.model)
    return ReadyModel(_model_record(loaded, attachment, request_id, notes), attachment)


def _model_record(
    loaded: LoadedModel,
    attachment: Attachment,
    request_id: int,
    notes: tuple[VisualizerError, ...],
) -> ModelRecord:
    place = attachment.place
    architecture = loaded.model.config.model_type
    if attachment.cache_specs is None:
        notes = (
            *notes,
            VisualizerError(
                "What {architecture} keeps of a text cannot be cut back or continued here: every "
                "edit runs the whole text again.",
                architecture=architecture,
            ),
        )
    without = [layer for layer, n in enumerate(attachment.layer_heads) if not n]
    if 0 < len(without) < attachment.n_layers:
        notes = (
            *notes,
            VisualizerError(
                "Of the {total} layers of {architecture}, {n} without attention to show: their "
                "rows stay empty.",
                n=len(without),
                total=attachment.n_layers,
                architecture=architecture,
            ),
        )
    return ModelRecord(
        request_id=request_id,
        name=loaded.name,
        source=loaded.source,
        architecture=architecture,
        n_layers=attachment.n_layers,
        n_heads=attachment.n_heads,
        layer_heads=attachment.layer_heads,
        n_key_value_heads=attachment.n_key_value_heads,
        width=attachment.width,
        vocabulary_size=attachment.vocabulary_size,
        context_length=min(
            loaded.context_length, attachment.most_positions or loaded.context_length
        ),
        n_parameters=loaded.n_parameters,
        device=str(place.device),
        dtype=str(place.dtype).removeprefix("torch."),
        n_threads=torch.get_num_threads(),
        attention=attachment.mode,
        notes=(*notes, *loaded.notes),
        tokenizer=loaded.tokenizer,
        begins_with=loaded.begins_with,
        end_ids=loaded.end_ids,
        weights_sha256=loaded.weights_sha256,
        chat_template=loaded.chat_template,
    )
