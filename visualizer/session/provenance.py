"""Where exported numbers come from, as text that travels inside every exported file."""

from __future__ import annotations

import json
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from visualizer import __version__
from visualizer.engine.records import ModelRecord

SVG_METADATA_NAMESPACE = "urn:visualizer:provenance"
XMP_NAMESPACE = "urn:visualizer:provenance"
_LIBRARIES = ("torch", "transformers", "tokenizers", "numpy", "PySide6-Essentials")
_NOT_IN_XML = re.compile("[\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Provenance:
    """Which model computed the numbers of a view, beyond its name.

    Attributes:
        weights_sha256: Of the weight files' bytes; "" if not known.
        architecture: `model_type` of the model's configuration.
        device, dtype: Where and in what numbers it ran.
    """

    weights_sha256: str = ""
    architecture: str = ""
    device: str = ""
    dtype: str = ""


UNKNOWN = Provenance()


def provenance_of(model: ModelRecord) -> Provenance:
    """What a model's record tells of where its numbers come from."""
    return Provenance(
        weights_sha256=model.weights_sha256,
        architecture=model.architecture,
        device=model.device,
        dtype=model.dtype,
    )


def program_facts(when: datetime | None = None) -> dict[str, str]:
    """The program, the libraries it computes and draws with, and the time.

    Args:
        when: With a time zone; now if None.

    Returns:
        application: "visualizer 1.2.3".
        libraries: "Python 3.11.9, torch 2.13.0, ..."; a library that is not installed is left out.
        date: UTC, to the second, as in ISO 8601: "2031-12-24T18:00:00Z".
    """
    moment = (when or datetime.now(UTC)).astimezone(UTC)
    libraries = [f"Python {platform.python_version()}"]
    for name in _LIBRARIES:
        try:
            libraries.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return {
        "application": f"visualizer {__version__}",
        "libraries": ", ".join(libraries),
        "date": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def known(facts: dict[str, str]) -> dict[str, str]:
    """Without those that are not known: a missing fact has no key, rather than an empty text."""
    return {key: text for key, text in facts.items() if text}


def facts_json(facts: dict[str, str]) -> str:
    """Facts as one JSON object whose every character is allowed in XML 1.0 once escaped.

    A prompt may hold any character; JSON has an escape for those that XML has no way to write.
    """
    text = json.dumps(facts, ensure_ascii=False)
    return _NOT_IN_XML.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
