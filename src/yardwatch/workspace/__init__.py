"""Where results live: one GeoPackage in a folder, which QGIS opens as it is."""

from yardwatch.workspace.journal import LOG_FILE
from yardwatch.workspace.log_audit import CheckedLog, check_log
from yardwatch.workspace.memory import MemoryStore
from yardwatch.workspace.opening import create_workspace, open_workspace
from yardwatch.workspace.publishing import LEFT_OUT, PERSONS_FILES
from yardwatch.workspace.record_audit import CheckedRecords, check_records
from yardwatch.workspace.store import WORKSPACE_FILE, GeoPackageStore

__all__ = [
    "LEFT_OUT",
    "LOG_FILE",
    "PERSONS_FILES",
    "WORKSPACE_FILE",
    "CheckedLog",
    "CheckedRecords",
    "GeoPackageStore",
    "MemoryStore",
    "check_log",
    "check_records",
    "create_workspace",
    "open_workspace",
]
