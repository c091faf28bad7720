"""Setting up on a machine that lacks something, and CI that lacks something."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SET_UP = ROOT / "tools" / "set_up.sh"
WORDS = {name: text for name, text in os.environ.items() if not name.startswith(("YARDWATCH", "PYTEST"))}

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="make and sh are for Unix")


def set_up(folder, python):
    """Run the script in an empty folder; it must fail before it makes anything there."""
    ran = subprocess.run(["sh", str(SET_UP), str(python)], cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stderr, [path.name for path in folder.iterdir()]


def program(folder, text):
    """A stand-in for a Python interpreter."""
    path = folder / "python of old"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_python_that_is_too_old_is_named_with_what_to_do(tmp_path):
    """And not a syntax error from somewhere in a dependency."""
    (tmp_path / "empty").mkdir()
    old = program(tmp_path, '[ "$1" = --version ] && echo Python 3.9.18\nexit 1')
    code, said, left = set_up(tmp_path / "empty", old)
    assert code == 1
    assert "is not Python 3.11 or newer (it says: Python 3.9.18)" in said
    assert "make PYTHON=" in said
    assert not left


def test_a_python_without_venv_is_told_which_package_it_lacks(tmp_path):
    """Debian ships it apart; its own message is long and easily missed."""
    (tmp_path / "empty").mkdir()
    bare = program(tmp_path, 'case "$2" in *ensurepip*) exit 1;; esac\necho Python 3.12.1')
    code, said, left = set_up(tmp_path / "empty", bare)
    assert code == 1
    assert "apt-get install python3-venv" in said
    assert not left


@pytest.mark.parametrize(
    ("ci", "reason", "ended"), [("1", "needs: the moon", 1), ("1", "no moon here", 0), ("", "needs: the moon", 0)]
)
def test_ci_takes_a_skip_for_want_of_what_it_has_for_a_failure(tmp_path, ci, reason, ended):
    """Otherwise a test that CI silently stopped running would look like one that passed."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    test = f"import pytest\ndef test_a(): pytest.skip({reason!r})\n"
    (tmp_path / "test_skips.py").write_text(test, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    ran = subprocess.run(
        command, cwd=tmp_path, env=WORDS | {"YARDWATCH_CI": ci}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == ended, ran.stdout
    assert reason in ran.stdout or not ended


def test_a_test_without_the_real_images_is_skipped_with_the_reason(tmp_path):
    """Named as something that CI has only where its folder is there."""
    for name in ("conftest.py", "shared_data.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path)
    test = "from shared_data import shared_data\ndef test_a(): shared_data()\n"
    (tmp_path / "test_real.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "."]
    told = WORDS | {"YARDWATCH_SHARED_DATA": str(tmp_path / "nowhere")}
    ran = subprocess.run(command, cwd=tmp_path, env=told, capture_output=True, text=True, check=False)
    assert "needs: the real images" in ran.stdout
    assert "1 skipped" in ran.stdout
