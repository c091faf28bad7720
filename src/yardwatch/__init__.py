"""Yardwatch: watch a fixed site from satellite images and print a report that can be checked."""

from yardwatch._version import __version__

__all__ = ["__version__"]
