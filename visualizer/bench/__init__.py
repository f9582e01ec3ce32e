"""The figures of `visualizer bench`."""
