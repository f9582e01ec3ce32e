"""The lessons in the window: a page for each, and what they share. No torch, no controller."""
