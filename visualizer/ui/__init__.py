"""What is on screen? PySide6; pyqtgraph only in `ui.widgets`."""
