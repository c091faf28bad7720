"""Ribbon → evidence → decode → tally."""
