"""Where results live: one GeoPackage in a folder, which QGIS opens as it is."""

from yardwatch.workspace.memory import MemoryStore
from yardwatch.workspace.opening import create_workspace, open_workspace
from yardwatch.workspace.store import WORKSPACE_FILE, GeoPackageStore

__all__ = ["WORKSPACE_FILE", "GeoPackageStore", "MemoryStore", "create_workspace", "open_workspace"]
