"""The small systems of the tutorial, each complete and runnable on its own. No Qt."""
