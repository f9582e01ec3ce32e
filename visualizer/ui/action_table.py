"""The commands on files, the prompt and generation, as data."""

from __future__ import annotations

from visualizer.ui.action_spec import ActionSpec
from visualizer.ui.translation import QT_TRANSLATE_NOOP

FILE_AND_TEXT_ACTIONS: tuple[ActionSpec, ...] = (
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
        "export_surprise",
        QT_TRANSLATE_NOOP("actions", "Export s&urprise timeline…"),
        QT_TRANSLATE_NOOP("actions", "Write the surprise of every token as a figure or a table"),
    ),
    ActionSpec(
        "export_steps",
        QT_TRANSLATE_NOOP("actions", "Export &generated tokens…"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Write every generated token with what it was drawn from as a figure or a table",
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
        "find_text",
        QT_TRANSLATE_NOOP("actions", "&Find in text…"),
        QT_TRANSLATE_NOOP("actions", "Find a string in the prompt, and go from place to place"),
        ("Ctrl+F",),
    ),
    ActionSpec(
        "next_same_token",
        QT_TRANSLATE_NOOP("actions", "&Next same token"),
        QT_TRANSLATE_NOOP("actions", "Select the next place where the selected token stands"),
        ("Ctrl+.",),
    ),
    ActionSpec(
        "previous_same_token",
        QT_TRANSLATE_NOOP("actions", "Pre&vious same token"),
        QT_TRANSLATE_NOOP("actions", "Select the place before where the selected token stands"),
        ("Ctrl+,",),
    ),
    ActionSpec(
        "cut_here",
        QT_TRANSLATE_NOOP("actions", "Cut te&xt here"),
        QT_TRANSLATE_NOOP("actions", "Leave out all that follows the selected token"),
        ("Ctrl+Shift+X",),
    ),
    ActionSpec(
        "looks_here",
        QT_TRANSLATE_NOOP("actions", "&What looks here"),
        QT_TRANSLATE_NOOP("actions", "Rank the heads by how much looks at the selected token"),
        ("Ctrl+Shift+W",),
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
)
