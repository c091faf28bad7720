"""The package and the recipe of the frozen suite, as they were: to render it again, and yards of one's own like it."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["checked_out", "draw_with_suite_renderer"]

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def checked_out(revision: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """A revision's package and recipe in a folder that goes afterwards, and the environment to run them in.

    Parameters
    ----------
    revision : str
        As git names it.
    """
    with TemporaryDirectory() as folder:
        packed = subprocess.check_output(["git", "archive", revision, "src", "tools/suite_recipe.py"], cwd=ROOT)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder), os.environ | {"PYTHONPATH": str(Path(folder) / "src"), "OMP_NUM_THREADS": "1"}


def draw_with_suite_renderer(script: str, *arguments: str) -> None:
    """Run a tool with the argument ``draw`` on the package as it was when the suite was frozen.

    Parameters
    ----------
    script : str
        The tool's file.
    arguments : str
        What follows ``draw``.
    """
    revision = json.loads((ROOT / "tools" / "suite.json").read_text("utf-8"))["rendered_with"]
    with checked_out(revision) as (_, environment):
        subprocess.run([sys.executable, script, "draw", *arguments], env=environment, check=True)
