"""Drawing yards of their own with the renderer and the recipe that made the frozen suite."""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["draw_with_suite_renderer"]

ROOT = Path(__file__).resolve().parents[1]


def draw_with_suite_renderer(script: str, *arguments: str) -> None:
    """Run a tool with the argument ``draw`` on the package as it was when the suite was frozen.

    Parameters
    ----------
    script : str
        The tool's file.
    arguments : str
        What follows ``draw``.
    """
    with TemporaryDirectory() as checkout:
        revision = json.loads((ROOT / "tools" / "suite.json").read_text("utf-8"))["rendered_with"]
        archived = subprocess.check_output(["git", "archive", revision, "src", "tools/suite_recipe.py"], cwd=ROOT)
        with tarfile.open(fileobj=io.BytesIO(archived)) as archive:
            archive.extractall(checkout, filter="data")
        environment = os.environ | {"PYTHONPATH": f"{checkout}/src", "OMP_NUM_THREADS": "1"}
        subprocess.run([sys.executable, script, "draw", *arguments], env=environment, check=True)
