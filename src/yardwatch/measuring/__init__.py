"""Lengths, widths and areas with their error budgets."""
