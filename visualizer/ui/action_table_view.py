"""The commands on what is shown, on moving about and on help, as data."""

from __future__ import annotations

from visualizer.ui.action_spec import ActionSpec
from visualizer.ui.translation import QT_TRANSLATE_NOOP

VIEW_ACTIONS: tuple[ActionSpec, ...] = (
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
        "hide_first",
        QT_TRANSLATE_NOOP("actions", "Hide the &first token"),
        QT_TRANSLATE_NOOP(
            "actions",
            "Draw the map and all small pictures without the first token's column, on which many "
            "heads rest: what else they look at comes out. Other weights stay as they are",
        ),
        ("Ctrl+Shift+1", "Ctrl+!"),
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
        "context_menu",
        QT_TRANSLATE_NOOP("actions", "Open the &menu"),
        QT_TRANSLATE_NOOP(
            "actions", "Open the menu of the token, candidate, head or cell that has the keys"
        ),
        ("Shift+F10",),
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
        QT_TRANSLATE_NOOP("actions", "&Keyboard and mouse"),
        QT_TRANSLATE_NOOP("actions", "All shortcuts and gestures on one page, to search in"),
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
