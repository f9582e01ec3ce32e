"""Panels: each draws one frozen view in `set_view` and reports what the user did."""
