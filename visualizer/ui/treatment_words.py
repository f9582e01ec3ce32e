"""What was done to a head's weights before they are drawn, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from visualizer.engine.treatment import Hidden, Treatment
from visualizer.ui.widgets.colour_scale import number_text


def hidden_text(hidden: Hidden) -> str:
    """What is hidden, as a name: "first token"."""
    names = {
        "first": QCoreApplication.translate("Treatment", "first token"),
        "special": QCoreApplication.translate("Treatment", "special tokens"),
        "diagonal": QCoreApplication.translate("Treatment", "diagonal"),
    }
    return names[hidden]


def treatment_texts(treatment: Treatment) -> list[str]:
    """What differs from the weights as the model has them, step by step; [] for nothing."""
    texts = [
        QCoreApplication.translate("Treatment", "{what} hidden").format(what=hidden_text(hidden))
        for hidden in treatment.hidden
    ]
    if treatment.discount:
        texts.append(QCoreApplication.translate("Treatment", "what is left as 100 %"))
    if treatment.top_mass < 1:
        texts.append(
            QCoreApplication.translate(
                "Treatment", "largest weights that make up {share} % of a row"
            ).format(share=number_text(100 * treatment.top_mass))
        )
    if treatment.granularity == "words":
        texts.append(QCoreApplication.translate("Treatment", "joined to words"))
    elif treatment.granularity == "sentences":
        texts.append(QCoreApplication.translate("Treatment", "joined to sentences"))
    return texts
