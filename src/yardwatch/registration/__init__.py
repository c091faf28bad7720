"""Aligning a scene to its site."""
