"""Segments: what a tree means, on every boundary."""
