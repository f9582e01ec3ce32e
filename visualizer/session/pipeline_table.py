"""What the sampler's stages did, as a table for files."""

from __future__ import annotations

import json

from visualizer.session.export_tables import Origin, Table, Value, origin_facts
from visualizer.session.pipeline_view import STAGE_COLUMNS, PipelineView, stage_list
from visualizer.session.view_file import sampling_document


def pipeline_table(view: PipelineView, origin: Origin) -> Table:
    """A row for each stage in the order in which they act.

    Columns: those of STAGE_COLUMNS. `acts` is 0 for a stage that is switched off or neutral, whose
    numbers are those before it; masses are in [0, 1]; `effective_choices` is 2 ** entropy after
    the stage; `order_matters` is 1 where the stage would give another distribution at the place
    of the active one before it.
    """
    question = view.question
    facts = origin_facts(
        origin,
        {
            "position": str(question.position),
            "position_text": question.position_text,
            "sampling": json.dumps(sampling_document(question.sampling)),
            "seed": str(question.seed),
            "effective_choices_before": repr(view.effective_choices),
        },
    )
    rows: list[tuple[Value, ...]] = [
        tuple(entry[name] for name in STAGE_COLUMNS) for entry in stage_list(view)
    ]
    return Table(facts, STAGE_COLUMNS, tuple(rows))
