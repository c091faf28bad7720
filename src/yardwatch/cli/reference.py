"""The reference page of the command line, made from the commands themselves.

``python -m yardwatch.cli.reference docs/reference/cli.md`` writes it.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from yardwatch.cli.main import yardwatch

__all__ = ["reference"]

_HEAD = """# Command line

This page is made from the commands themselves: `python -m yardwatch.cli.reference docs/reference/cli.md`.

What all commands have in common:

- `--json PATH|-` writes the result as JSON ([its form](json.md)); with `-` standard output holds JSON only.
- Exit codes: **0** done, also with warnings or with nothing found; **1** it ran and the answer is no, such as nothing
  new, and the JSON is still written; **2** misuse or bad input: one line on standard error names the file or feature
  and the remedy, and nothing is written; **130** interrupted.
- Progress goes to standard error, and only to a terminal.
- A failure that nobody foresaw is one line too; with `YARDWATCH_DEBUG=1` in the environment it comes with its
  traceback, which is what a report of it should hold.
- Completion of commands and options by the shell: `eval "$(_YARDWATCH_COMPLETE=bash_source yardwatch)"` (or
  `zsh_source`, `fish_source`).
"""


def reference() -> str:
    """The page in Markdown."""
    return "\n".join([_HEAD, *_pages("yardwatch", yardwatch)])


def _pages(path: str, command: click.Command) -> Iterator[str]:
    yield from _page(path, command)
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from _pages(f"{path} {name}", inner)


def _page(path: str, command: click.Command) -> Iterator[str]:
    yield f"## `{path}`\n"
    yield f"```\n{_usage(path, command)}\n```\n"
    yield inspect.cleandoc(command.help or "") + "\n"
    options = [param for param in command.params if isinstance(param, click.Option)]
    if options:
        yield from (f"- `{_spelling(option)}`: {_meaning(option)}" for option in options)
        yield ""
    yield f"```\n{_examples(command)}\n```\n"


def _usage(path: str, command: click.Command) -> str:
    arguments = [str(p.metavar or p.human_readable_name) for p in command.params if isinstance(p, click.Argument)]
    needed = [_spelling(p) for p in command.params if isinstance(p, click.Option) and p.required]
    inner = ["COMMAND …"] if isinstance(command, click.Group) else []
    return " ".join([path, *arguments, *needed, "[OPTIONS]", *inner])


def _spelling(option: click.Option) -> str:
    names = ", ".join(option.opts)
    if option.is_flag:
        return names
    choices = "|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else None
    return f"{names} {option.metavar or choices or 'FILE'}"


def _meaning(option: click.Option) -> str:
    text = option.help or ""
    return f"{text} Required." if option.required else text


def _examples(command: click.Command) -> str:
    lines = (command.epilog or "").replace("\b", "").strip().splitlines()
    return "\n".join(line.strip() for line in lines[1:])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
