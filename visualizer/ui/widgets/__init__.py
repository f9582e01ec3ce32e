"""Widgets that draw: the only place that knows pyqtgraph."""
