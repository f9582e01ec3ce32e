"""Every command of the window as data; menus, the tool bar and the palette are made from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from visualizer.ui.translation import QT_TRANSLATE_NOOP

_MNEMONIC_BEHIND = re.compile(r"\(&.\)")


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


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "open_text",
        QT_TRANSLATE_NOOP("actions", "&Open text…"),
        QT_TRANSLATE_NOOP("actions", "Read a text file into the prompt"),
        ("Ctrl+O",),
        icon="open",
    ),
    ActionSpec(
        "open_view",
        QT_TRANSLATE_NOOP("actions", "Open &view…"),
        QT_TRANSLATE_NOOP(
            "actions", "Bring back the view of an exported figure or table, or of a saved view"
        ),
        ("Ctrl+Shift+V",),
    ),
    ActionSpec(
        "open_model_folder",
        QT_TRANSLATE_NOOP("actions", "Open model &folder…"),
        QT_TRANSLATE_NOOP("actions", "Use a model in Hugging Face format from a folder"),
        ("Ctrl+Shift+O",),
        icon="model",
    ),
    ActionSpec(
        "open_gguf",
        QT_TRANSLATE_NOOP("actions", "Open &GGUF file…"),
        QT_TRANSLATE_NOOP("actions", "Use a model from a GGUF file"),
    ),
    ActionSpec(
        "open_hub",
        QT_TRANSLATE_NOOP("actions", "Model from the &hub…"),
        QT_TRANSLATE_NOOP("actions", "Download a model of the Hugging Face hub by its name"),
        icon="download",
    ),
    ActionSpec(
        "export",
        QT_TRANSLATE_NOOP("actions", "&Export…"),
        QT_TRANSLATE_NOOP(
            "actions", "Write what is on show to a file: as a figure with a preview, or as numbers"
        ),
        ("Ctrl+E",),
        icon="export",
    ),
    ActionSpec(
        "export_png",
        QT_TRANSLATE_NOOP("actions", "Export head as &picture…"),
        QT_TRANSLATE_NOOP("actions", "Write the head on show to a PNG file"),
    ),
    ActionSpec(
        "export_svg",
        QT_TRANSLATE_NOOP("actions", "Export head as &SVG…"),
        QT_TRANSLATE_NOOP("actions", "Write the head on show to an SVG file, sharp at any size"),
    ),
    ActionSpec(
        "export_pdf",
        QT_TRANSLATE_NOOP("actions", "Export head as P&DF…"),
        QT_TRANSLATE_NOOP("actions", "Write the head on show to a PDF file, sharp at any size"),
    ),
    ActionSpec(
        "export_csv",
        QT_TRANSLATE_NOOP("actions", "Export head as &CSV…"),
        QT_TRANSLATE_NOOP("actions", "Write the weights of the head on show to a CSV file"),
    ),
    ActionSpec(
        "export_npz",
        QT_TRANSLATE_NOOP("actions", "Export head as &NumPy archive…"),
        QT_TRANSLATE_NOOP("actions", "Write the weights of the head on show to an npz file"),
    ),
    ActionSpec(
        "copy_head",
        QT_TRANSLATE_NOOP("actions", "Cop&y head as picture"),
        QT_TRANSLATE_NOOP("actions", "Put a picture of the head on show on the clipboard"),
        ("Ctrl+Shift+C",),
        icon="copy",
    ),
    ActionSpec(
        "copy_head_table",
        QT_TRANSLATE_NOOP("actions", "Copy head as &table"),
        QT_TRANSLATE_NOOP(
            "actions", "Put the weights in sight on the clipboard, for a spreadsheet or a document"
        ),
        ("Ctrl+Shift+D",),
    ),
    ActionSpec(
        "copy_row",
        QT_TRANSLATE_NOOP("actions", "Copy r&ow"),
        QT_TRANSLATE_NOOP(
            "actions", "Put what the row's token looks at on the clipboard, as a table"
        ),
        ("Ctrl+Shift+R",),
    ),
    ActionSpec(
        "copy_cell",
        QT_TRANSLATE_NOOP("actions", "Copy ce&ll"),
        QT_TRANSLATE_NOOP("actions", "Put the weight of the cell pointed at on the clipboard"),
        ("Ctrl+Shift+L",),
    ),
    ActionSpec(
        "copy_bars",
        QT_TRANSLATE_NOOP("actions", "Copy next-token &bars as table"),
        QT_TRANSLATE_NOOP("actions", "Put the candidates and their numbers on the clipboard"),
        ("Ctrl+Shift+B",),
    ),
    ActionSpec(
        "export_bars",
        QT_TRANSLATE_NOOP("actions", "Export ne&xt-token bars…"),
        QT_TRANSLATE_NOOP("actions", "Write the candidates to a file, as a figure or as numbers"),
    ),
    ActionSpec(
        "export_tokens",
        QT_TRANSLATE_NOOP("actions", "Export to&kens…"),
        QT_TRANSLATE_NOOP(
            "actions", "Write the tokens and their surprise to a file, as a figure or as numbers"
        ),
    ),
    ActionSpec(
        "export_window",
        QT_TRANSLATE_NOOP("actions", "Export whole &window…"),
        QT_TRANSLATE_NOOP("actions", "Write a picture of the whole window to a file"),
    ),
    ActionSpec(
        "export_all_png",
        QT_TRANSLATE_NOOP("actions", "Export all heads as pictu&re…"),
        QT_TRANSLATE_NOOP("actions", "Write the picture of all heads to a PNG file"),
        ("Ctrl+Shift+E",),
    ),
    ActionSpec(
        "export_all_svg",
        QT_TRANSLATE_NOOP("actions", "Export all heads as S&VG…"),
        QT_TRANSLATE_NOOP(
            "actions", "Write the picture of all heads to an SVG file, sharp at any size"
        ),
    ),
    ActionSpec(
        "export_all_pdf",
        QT_TRANSLATE_NOOP("actions", "Export all heads as PD&F…"),
        QT_TRANSLATE_NOOP(
            "actions", "Write the picture of all heads to a PDF file, sharp at any size"
        ),
    ),
    ActionSpec(
        "export_all_npz",
        QT_TRANSLATE_NOOP("actions", "Export all heads as N&umPy archive…"),
        QT_TRANSLATE_NOOP("actions", "Write the thumbnails of all heads to an npz file"),
    ),
    ActionSpec(
        "forget_recent",
        QT_TRANSLATE_NOOP("actions", "Forget recent files and &models"),
        QT_TRANSLATE_NOOP("actions", "Empty both lists"),
    ),
    ActionSpec(
        "quit",
        QT_TRANSLATE_NOOP("actions", "&Quit"),
        QT_TRANSLATE_NOOP("actions", "Close the window"),
        ("Ctrl+Q",),
        icon="close",
    ),
    ActionSpec(
        "undo",
        QT_TRANSLATE_NOOP("actions", "&Undo"),
        QT_TRANSLATE_NOOP("actions", "Undo the last edit"),
        ("Ctrl+Z",),
        icon="undo",
    ),
    ActionSpec(
        "redo",
        QT_TRANSLATE_NOOP("actions", "&Redo"),
        QT_TRANSLATE_NOOP("actions", "Redo what was undone"),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        icon="redo",
    ),
    ActionSpec(
        "clear",
        QT_TRANSLATE_NOOP("actions", "&Clear text"),
        QT_TRANSLATE_NOOP("actions", "Empty the prompt; undo brings it back"),
        ("Ctrl+L",),
    ),
    ActionSpec(
        "parse_special",
        QT_TRANSLATE_NOOP("actions", "&Special tokens as such"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Read special tokens in the text, such as <|endoftext|>, as tokens; "
            "otherwise they are ordinary characters",
        ),
        checkable=True,
    ),
    ActionSpec(
        "step",
        QT_TRANSLATE_NOOP("actions", "&Step"),
        QT_TRANSLATE_NOOP("actions", "Draw the next token and put it at the end of the text"),
        ("Ctrl+Return",),
        "step",
    ),
    ActionSpec(
        "generate",
        QT_TRANSLATE_NOOP("actions", "&Generate"),
        QT_TRANSLATE_NOOP("actions", "Continue the text by several tokens"),
        ("Ctrl+Shift+Return",),
        "generate",
    ),
    ActionSpec(
        "stop",
        QT_TRANSLATE_NOOP("actions", "S&top"),
        QT_TRANSLATE_NOOP("actions", "Stop generating; the tokens made so far stay"),
        ("Esc",),
        "stop",
    ),
    ActionSpec(
        "pause",
        QT_TRANSLATE_NOOP("actions", "&Pause"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Pause the generation, or let it go on exactly as if it had not been paused",
        ),
        ("Ctrl+P", "Pause"),
        icon="pause",
    ),
    ActionSpec(
        "stop_at_end",
        QT_TRANSLATE_NOOP("actions", "Stop at the &end of the text"),
        QT_TRANSLATE_NOOP(
            "actions",
            "End a generation when the model draws its end token; otherwise that token is kept in "
            "the text, and the generation goes on",
        ),
        checkable=True,
    ),
    ActionSpec(
        "replay_back",
        QT_TRANSLATE_NOOP("actions", "Replay: step &back"),
        QT_TRANSLATE_NOOP("actions", "Look at what the generated token before was drawn from"),
        ("Ctrl+Alt+Left",),
    ),
    ActionSpec(
        "replay_forward",
        QT_TRANSLATE_NOOP("actions", "Replay: step &forward"),
        QT_TRANSLATE_NOOP("actions", "Look at what the next generated token was drawn from"),
        ("Ctrl+Alt+Right",),
    ),
    ActionSpec(
        "replay",
        QT_TRANSLATE_NOOP("actions", "&Replay all steps"),
        QT_TRANSLATE_NOOP(
            "actions", "Look at all generated tokens one after the other; again to halt"
        ),
    ),
    ActionSpec(
        "chat",
        QT_TRANSLATE_NOOP("actions", "&Chat"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Take the text for a message to a chat model: its template makes the prompt, which is "
            "shown as it is sent",
        ),
        ("Ctrl+Shift+Y",),
        checkable=True,
    ),
    ActionSpec(
        "theme_system",
        QT_TRANSLATE_NOOP("actions", "As the &system"),
        QT_TRANSLATE_NOOP("actions", "Light or dark as the desktop is"),
        group="theme",
    ),
    ActionSpec(
        "theme_light",
        QT_TRANSLATE_NOOP("actions", "&Light"),
        QT_TRANSLATE_NOOP("actions", "Light theme"),
        group="theme",
    ),
    ActionSpec(
        "theme_dark",
        QT_TRANSLATE_NOOP("actions", "&Dark"),
        QT_TRANSLATE_NOOP("actions", "Dark theme"),
        group="theme",
    ),
    ActionSpec(
        "toggle_theme",
        QT_TRANSLATE_NOOP("actions", "S&witch theme"),
        QT_TRANSLATE_NOOP("actions", "From light to dark or back"),
        ("Ctrl+Shift+T",),
        "theme",
    ),
    ActionSpec(
        "zoom_in",
        QT_TRANSLATE_NOOP("actions", "Lar&ger text"),
        QT_TRANSLATE_NOOP("actions", "Larger text"),
        ("Ctrl++", "Ctrl+="),
        icon="zoom-in",
    ),
    ActionSpec(
        "zoom_out",
        QT_TRANSLATE_NOOP("actions", "S&maller text"),
        QT_TRANSLATE_NOOP("actions", "Smaller text"),
        ("Ctrl+-",),
        icon="zoom-out",
    ),
    ActionSpec(
        "zoom_reset",
        QT_TRANSLATE_NOOP("actions", "&Normal text size"),
        QT_TRANSLATE_NOOP("actions", "The system's own text size"),
        ("Ctrl+0",),
        icon="zoom-fit",
    ),
    ActionSpec(
        "pipeline",
        QT_TRANSLATE_NOOP("actions", "Sampl&er"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Show the stages of the sampler, switch and reorder them, and see what each removes",
        ),
        ("Ctrl+Shift+K",),
        checkable=True,
    ),
    ActionSpec(
        "inspect_pair",
        QT_TRANSLATE_NOOP("actions", "Inspect token &pair"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Take the score of one query and one key apart, down to the logit it moves; also by "
            "Enter on a cell, or by a click until the inspector has been closed once",
        ),
        ("Ctrl+I",),
        checkable=True,
    ),
    ActionSpec(
        "tokenizers",
        QT_TRANSLATE_NOOP("actions", "To&kenizers"),
        QT_TRANSLATE_NOOP(
            "actions", "See how several tokenizers cut the text, and how their tokens are built"
        ),
        ("Ctrl+B",),
        checkable=True,
    ),
    ActionSpec(
        "surprise_timeline",
        QT_TRANSLATE_NOOP("actions", "Surprise &timeline"),
        QT_TRANSLATE_NOOP(
            "actions", "Show the surprise of every token of the text, its mean and perplexity"
        ),
        ("Ctrl+Shift+S",),
        checkable=True,
    ),
    ActionSpec(
        "most_surprising",
        QT_TRANSLATE_NOOP("actions", "Most &surprising token"),
        QT_TRANSLATE_NOOP("actions", "Select the token that was least expected"),
        ("Ctrl+Shift+M",),
    ),
    ActionSpec(
        "most_uncertain",
        QT_TRANSLATE_NOOP("actions", "Most &uncertain token"),
        QT_TRANSLATE_NOOP(
            "actions", "Select the token after which the entropy, what can still come, is largest"
        ),
        ("Ctrl+Shift+H",),
    ),
    ActionSpec(
        "nearest_tie",
        QT_TRANSLATE_NOOP("actions", "Token nearest to a &tie"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Select the token that was closest to the likeliest other one in probability",
        ),
        ("Ctrl+Shift+N",),
    ),
    ActionSpec(
        "surprise_shading",
        QT_TRANSLATE_NOOP("actions", "Surprise s&hading in the prompt"),
        QT_TRANSLATE_NOOP("actions", "Tint each token of the prompt by how surprising it was"),
        ("Ctrl+Shift+G",),
        checkable=True,
    ),
    ActionSpec(
        "find_head",
        QT_TRANSLATE_NOOP("actions", "Go to hea&d…"),
        QT_TRANSLATE_NOOP("actions", "Go to a head by its layer and number, such as L5 H3"),
        ("/",),
    ),
    ActionSpec(
        "solo",
        QT_TRANSLATE_NOOP("actions", "One head &alone"),
        QT_TRANSLATE_NOOP(
            "actions", "Give the head on show the whole window; again, or Esc, brings the rest back"
        ),
        ("Ctrl+Shift+A",),
        checkable=True,
    ),
    ActionSpec(
        "form_map",
        QT_TRANSLATE_NOOP("actions", "Head as &map"),
        QT_TRANSLATE_NOOP("actions", "Draw the head as a map: a row per query, a column per key"),
        ("Ctrl+1",),
        group="form",
    ),
    ActionSpec(
        "form_arcs",
        QT_TRANSLATE_NOOP("actions", "Head as &arcs"),
        QT_TRANSLATE_NOOP("actions", "Draw the head as lines between tokens, for short texts"),
        ("Ctrl+2",),
        group="form",
    ),
    ActionSpec(
        "form_text",
        QT_TRANSLATE_NOOP("actions", "Head as shaded &text"),
        QT_TRANSLATE_NOOP(
            "actions", "Shade the text by what the selected token looks at, or by what looks at it"
        ),
        ("Ctrl+3",),
        group="form",
    ),
    ActionSpec(
        "form_pins",
        QT_TRANSLATE_NOOP("actions", "&Pinned heads side by side"),
        QT_TRANSLATE_NOOP("actions", "Compare the pinned heads"),
        ("Ctrl+4",),
        group="form",
    ),
    ActionSpec(
        "pin_head",
        QT_TRANSLATE_NOOP("actions", "Pin the &head"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Keep the head on show, be it chosen or only pointed at, at hand to compare it, or let "
            "it go again",
        ),
        ("P",),
        icon="pin",
        checkable=True,
    ),
    ActionSpec(
        "head_options",
        QT_TRANSLATE_NOOP("actions", "&Colours and filter…"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Choose the colours of the head on show, and which of its weights are shown: hidden "
            "tokens, the largest weights, words and sentences",
        ),
        ("Ctrl+Shift+F",),
    ),
    ActionSpec(
        "move_panels",
        QT_TRANSLATE_NOOP("actions", "Mo&ve panels"),
        QT_TRANSLATE_NOOP("actions", "Show title bars by which panels can be moved and closed"),
        checkable=True,
    ),
    ActionSpec(
        "reset_layout",
        QT_TRANSLATE_NOOP("actions", "&Reset layout"),
        QT_TRANSLATE_NOOP("actions", "Put all panels back where they were at the first start"),
        icon="reset-layout",
    ),
    ActionSpec(
        "language_system",
        QT_TRANSLATE_NOOP("actions", "As the s&ystem"),
        QT_TRANSLATE_NOOP("actions", "Language of the desktop; from the next start on"),
        group="language",
    ),
    ActionSpec(
        "language_en",
        "&English",
        QT_TRANSLATE_NOOP("actions", "English; from the next start on"),
        group="language",
    ),
    ActionSpec(
        "language_zh_CN",
        "&中文",
        QT_TRANSLATE_NOOP("actions", "Chinese; from the next start on"),
        group="language",
    ),
    ActionSpec(
        "focus_prompt",
        QT_TRANSLATE_NOOP("actions", "Go to the &prompt"),
        QT_TRANSLATE_NOOP("actions", "Put the cursor into the text"),
        ("Ctrl+T",),
    ),
    ActionSpec(
        "ask_word",
        QT_TRANSLATE_NOOP("actions", "&Ask for a token or word…"),
        QT_TRANSLATE_NOOP("actions", "Follow the probability of any token or word while you type"),
        ("Ctrl+J",),
    ),
    ActionSpec(
        "next_panel",
        QT_TRANSLATE_NOOP("actions", "&Next panel"),
        QT_TRANSLATE_NOOP("actions", "Give the keys to the next panel in sight"),
        ("F6",),
    ),
    ActionSpec(
        "previous_panel",
        QT_TRANSLATE_NOOP("actions", "Pre&vious panel"),
        QT_TRANSLATE_NOOP("actions", "Give the keys to the panel before"),
        ("Shift+F6",),
    ),
    ActionSpec(
        "palette",
        QT_TRANSLATE_NOOP("actions", "&Command palette…"),
        QT_TRANSLATE_NOOP("actions", "Find any command by a few letters"),
        ("Ctrl+K", "Ctrl+Shift+P"),
        "search",
    ),
    ActionSpec(
        "shortcuts",
        QT_TRANSLATE_NOOP("actions", "&Keyboard shortcuts"),
        QT_TRANSLATE_NOOP("actions", "All shortcuts on one page"),
        ("F1",),
        icon="help",
    ),
    ActionSpec(
        "about",
        QT_TRANSLATE_NOOP("actions", "&About"),
        QT_TRANSLATE_NOOP("actions", "Version, licence and what this is built on"),
        icon="info",
    ),
)


def build_actions(owner: QObject, specs: tuple[ActionSpec, ...] = ACTIONS) -> dict[str, QAction]:
    """A QAction for each command, owned by `owner`, in the user's language."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in specs:
        action = QAction(QCoreApplication.translate("actions", spec.text), owner)
        tip = QCoreApplication.translate("actions", spec.tip)
        action.setObjectName(spec.key)
        action.setStatusTip(tip)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        action.setToolTip(tip_with_shortcut(tip, action))
        action.setCheckable(spec.checkable or bool(spec.group))
        # Qt would guess from the text which action quits or is about the program.
        action.setMenuRole(QAction.MenuRole.NoRole)
        if spec.group:
            group = groups.setdefault(spec.group, QActionGroup(owner))
            group.addAction(action)
        actions[spec.key] = action
    return actions


def tip_with_shortcut(tip: str, action: QAction) -> str:
    """The tooltip with the shortcut as this system writes it."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({keys})" if keys else tip


def plain_title(text: str) -> str:
    """A command's or menu's text without mnemonic, which Chinese writes as "(&F)" behind it."""
    return _MNEMONIC_BEHIND.sub("", text).replace("&", "").removesuffix("…")


def plain_text(action: QAction) -> str:
    """An action's text without mnemonic and ellipsis."""
    return plain_title(action.text())
