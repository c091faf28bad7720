"""What holds for every command: help, exit codes, one line for what goes wrong."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from yardwatch import __version__
from yardwatch.cli.house import guarded
from yardwatch.cli.main import yardwatch as group
from yardwatch.cli.reference import reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "cli.md"


def commands(command=group, path=()):
    yield path
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))


def groups():
    """Those that only hold commands."""
    longer = list(commands())
    return [path for path in longer if any(other[: len(path)] == path and other != path for other in longer)]


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_has_help_that_ends_with_an_example(yardwatch, path):
    """So has the group itself."""
    ended = yardwatch(*path, "--help")
    assert (ended.code, ended.err) == (0, "")
    last = ended.out.rstrip().rsplit("\n\n", 1)[-1].splitlines()
    assert last[0].strip() in {"Example:", "Examples:"}
    assert all(line.strip().startswith(" ".join(("yardwatch", *path))) for line in last[1:])


ANSWERS = [path for path in commands() if path not in {*groups(), ("serve",)}]
"""The commands that end with an answer: a server only ends."""


@pytest.mark.parametrize("path", ANSWERS, ids=" ".join)
def test_every_command_writes_json(yardwatch, path):
    """The option is there, and so is a schema."""
    assert "--json PATH|-" in yardwatch(*path, "--help").out
    assert yardwatch("schema", "-".join(path)).code == 0


def test_the_reference_page_is_current():
    """Made anew by: python -m yardwatch.cli.reference docs/reference/cli.md."""
    assert PAGE.read_text("utf-8") == reference()


def test_the_version_and_the_bare_command(yardwatch):
    """A bare command shows what there is."""
    assert yardwatch("--version").out == f"yardwatch {__version__}\n"
    assert "Commands:" in yardwatch().out


def test_help_does_not_wait_for_the_imaging_libraries():
    """None of them is loaded for help."""
    heavy = ("numpy", "rasterio", "shapely", "pyproj", "scipy", "PIL", "jinja2")
    code = (
        "import sys\nfrom yardwatch.cli.main import main\nmain(['count', '--help'])\n"
        f"sys.exit(', '.join(name for name in {heavy!r} if name in sys.modules) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["nonsense"], "nonsense"),
        (["count"], "IMAGE"),
        (["count", ".", "--site", "no.geojson"], "no.geojson"),
        (["count", "--frobnicate"], "frobnicate"),
        (["scene", "add", "folder"], "IMAGE"),
        (["schema", "nonsense"], "scene-add"),
        (["run", "no-workspace"], "no-workspace"),
        (["report", "no-workspace", "--out", "report.html"], "no-workspace"),
        (["report", "no-workspace", "--out", "no/report.html"], "no/report.html"),
        (["doctor", "--json", "no/doctor.json"], "no/doctor.json"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(yardwatch, tmp_path, words, named):
    """It names what was wrong, and nothing is written."""
    ended = yardwatch(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert named in ended.err
    assert not list(tmp_path.iterdir())


def test_an_unforeseen_failure_is_one_line_too(capsys, monkeypatch):
    """It asks for a report; with YARDWATCH_DEBUG=1 the traceback is there to be reported."""

    def fail():
        raise KeyError("a\nb")

    assert guarded(fail, ["count", "a b.tif"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "unexpected KeyError" in err
    assert "YARDWATCH_DEBUG=1 yardwatch count 'a b.tif'" in err
    monkeypatch.setenv("YARDWATCH_DEBUG", "1")
    guarded(fail, [])
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_and_a_forbidden_file_are_told_in_one_line(capsys):
    """Without a word of Python."""
    for error, words in (
        (OSError(28, "No space left on device"), "No space left"),
        (PermissionError(13, "No", "a.json"), "a.json"),
    ):

        def fail(error=error):
            raise error

        assert guarded(fail, []) == 2
        err = capsys.readouterr().err
        assert words in err
        assert "Error" not in err


@pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")
def test_an_interrupt_ends_with_130_and_one_line():
    """Nothing of Python is shown; the signal is switched on, since a background job of a shell starts deaf to it."""
    code = (
        "import signal, sys, time, click\nfrom yardwatch.cli.main import main, yardwatch\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "@yardwatch.command()\ndef wait():\n    print('waiting', flush=True)\n    time.sleep(60)\n"
        "sys.exit(main(['wait']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        running.stdout.readline()
        time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert err.count("\n") == 1
    assert "interrupted" in err


@pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")
def test_a_reader_that_stops_reading_is_no_failure():
    """As in: yardwatch schema count | head -1."""
    command = f"'{sys.executable}' -m yardwatch schema count | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout[0] == "{"
