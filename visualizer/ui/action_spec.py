"""What the program knows of one command."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionSpec:
    """One command.

    Attributes:
        key: How the program calls it.
        text: In the menu, with the mnemonic's ampersand.
        tip: Tooltip, a sentence on what it does.
        shortcuts: Portable key sequences; the first is shown.
        icon: Name of a file in resources/icons, without its ending.
        group: Commands of one group exclude each other and keep a check mark.
        checkable: Whether it keeps a check mark of its own.
    """

    key: str
    text: str
    tip: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    group: str = ""
    checkable: bool = False
