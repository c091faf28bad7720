"""How every command ends: with a code, and with at most one line about what went wrong."""

import os
import shlex
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress

import click

from yardwatch.errors import YardwatchError, one_line

__all__ = ["ANSWER_IS_NO", "BAD_INPUT", "DONE", "INTERRUPTED", "House", "complain", "guarded"]

DONE = 0
"""It is done, also with warnings or with nothing found."""
ANSWER_IS_NO = 1
"""It ran, and the answer is no."""
BAD_INPUT = 2
"""Misuse or bad input; nothing was written."""
INTERRUPTED = 130
"""The user stopped it."""
_NOBODY_READS = 141


class House(click.Group):
    """The group of all commands; it lets an interrupt and a closed pipe out, which click would tell in its own way."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None
        except BrokenPipeError:
            raise _PipeClosed from None


def guarded(run: Callable[[], int], arguments: Sequence[str]) -> int:
    """The exit code of a run, its failure told in one line on standard error."""
    _write_any_character()
    try:
        code = run()
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        return _tell("interrupted; nothing half-done was kept", INTERRUPTED)
    except (_PipeClosed, BrokenPipeError):
        return _leave_quietly()
    except Exception as error:  # noqa: BLE001 — the last resort of the program: no traceback reaches a user
        if os.environ.get("YARDWATCH_DEBUG") == "1":
            traceback.print_exc()
        return _tell(_in_words(error, arguments), BAD_INPUT)
    return code


class _PipeClosed(Exception):  # noqa: N818 — not an error
    """Whoever read our output has stopped."""


def _in_words(error: Exception, arguments: Sequence[str]) -> str:
    match error:
        case YardwatchError():
            return str(error)
        case click.UsageError():
            command = error.ctx.command_path if error.ctx else "yardwatch"
            return f"{error.format_message().rstrip('.')}; see {command} --help"
        case click.ClickException():
            return error.format_message()
        case MemoryError():
            return "not enough memory; give a smaller image or a machine with more"
        case OSError():
            return _refused(error)
        case _:
            command = shlex.join(["yardwatch", *arguments])
            return f"unexpected {type(error).__name__}: {error}; please report with: YARDWATCH_DEBUG=1 {command}"


def complain(message: str) -> None:
    """One line on standard error."""
    click.echo(f"yardwatch: {one_line(message, 1000)}", err=True)


def _tell(message: str, code: int) -> int:
    with suppress(OSError):
        complain(message)
    return code


def _refused(error: OSError) -> str:
    """What the system refused, and on which file where it says so."""
    if error.filename is None:
        return f"{error.strerror or error}; check disk, memory and permissions"
    path = error.filename
    name = os.fsdecode(path) if isinstance(path, bytes | str) else str(path)
    return f"{name}: {error.strerror}; check that the path is right and may be used"


def _leave_quietly() -> int:
    """Let the interpreter flush its last output into nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return _NOBODY_READS


def _write_any_character() -> None:
    """A terminal that lacks a character gets an escape instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
