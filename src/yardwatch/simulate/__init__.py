"""Rendered yards of invented places with exact truth."""
