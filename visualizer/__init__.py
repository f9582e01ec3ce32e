"""A desktop microscope for language models.

engine/   what does the model compute?          torch, transformers, numpy; no Qt
lessons/  the small systems of the tutorial      torch, numpy; no Qt
session/  what did the user ask, what follows?   numpy only
ui/       what is on screen?                     PySide6; pyqtgraph only in ui/widgets
bench/    how fast is it?                        the figures of `visualizer bench`
app.py    builds and connects the window; cli.py runs every headless command
"""

__version__ = "0.1.0"
