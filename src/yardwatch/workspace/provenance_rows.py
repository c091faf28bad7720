"""Where a result came from, as four columns of its row."""

from collections.abc import Mapping
from sqlite3 import Row

from yardwatch.model.provenance import Provenance
from yardwatch.workspace.cells import Cell, cell, packed, unpacked

__all__ = ["provenance_cells", "provenance_of"]


def provenance_cells(provenance: Provenance) -> Mapping[str, Cell]:
    """The columns ``version``, ``method``, ``parameters`` and ``inputs``."""
    return {
        "version": provenance.version,
        "method": provenance.method,
        "parameters": packed(dict(provenance.parameters)),
        "inputs": packed(dict(provenance.inputs)),
    }


def provenance_of(row: Row) -> Provenance:
    """What those columns hold."""
    return Provenance(
        version=cell(row, "version", str),
        method=cell(row, "method", str),
        parameters=unpacked(row, "parameters"),
        inputs={name: str(digest) for name, digest in unpacked(row, "inputs").items()},
    )
