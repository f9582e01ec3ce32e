"""Whether a saved view fits the model at hand."""

from __future__ import annotations

from dataclasses import replace

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import Prompt
from visualizer.engine.tokenization import Tokenizer


def fitting_prompt(prompt: Prompt, tokenizer: Tokenizer) -> Prompt:
    """The prompt with its token ids if they spell its text here, else the text alone.

    The ids of a saved view are those of the tokenizer it was made with; another one may have the
    same ids for other texts.
    """
    if prompt.token_ids is None:
        return prompt
    plain = replace(prompt, token_ids=None)
    if not all(0 <= token_id < tokenizer.vocabulary_size for token_id in prompt.token_ids):
        return plain
    try:
        text = tokenizer.from_ids(prompt.token_ids).text
    except VisualizerError:
        return plain
    return prompt if text == prompt.text else plain
