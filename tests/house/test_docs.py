"""The docs must not promise what is not there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from yardwatch.cli.main import yardwatch as main

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:yardwatch|make) [^`\n]+)`")
TARGET = re.compile(r"^([a-z][a-z-]*):.*## ", re.MULTILINE)

each_page = pytest.mark.parametrize("page", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())


def commands_in(page):
    """Command lines of a page, in fences and inline."""
    text = page.read_text(encoding="utf-8")
    lines = [line for block in FENCE.findall(text) for line in block.splitlines()] + INLINE.findall(text)
    for line in lines:
        for part in re.split(r"&&|;", line.split("#")[0]):
            words = shlex.split(part.replace("…", ""), posix=True) if part.count('"') % 2 == 0 else part.split()
            if words[:1] == [".venv/bin/python"] and words[1:3] == ["-m", "yardwatch"]:
                words = ["yardwatch", *words[3:]]
            if words and words[0] in {"yardwatch", "make"}:
                yield words


def make_targets():
    return set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


def command_of(words):
    """The command that these words call, and the options they give it."""
    command = main
    for place, word in enumerate(words):
        if isinstance(command, click.Group) and not word.startswith("-"):
            if word.isupper():
                return command, []
            assert word in command.commands, f"yardwatch has no command {' '.join(words[: place + 1])}"
            command = command.commands[word]
    return command, [word.split("=")[0] for word in words if word.startswith("--") and word != "--"]


@each_page
def test_make_targets_in_the_docs_exist(page):
    """A reader types what he reads."""
    for words in commands_in(page):
        if words[0] == "make":
            targets = [word for word in words[1:] if "=" not in word]
            assert set(targets) <= make_targets()


@each_page
def test_commands_and_options_in_the_docs_exist(page):
    """Checked against the commands themselves."""
    for words in commands_in(page):
        if words[0] == "yardwatch":
            command, options = command_of(words[1:])
            known = {name for parameter in command.params for name in [*parameter.opts, *parameter.secondary_opts]}
            assert set(options) <= known | {"--help", "--version"}, " ".join(words)


@each_page
def test_links_between_files_lead_somewhere(page):
    """The build of the docs sees only their own pages; this sees the files at the root, too."""
    prose = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)", prose):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), target


def test_each_warning_is_explained():
    """Its code is what programs go by, so they must be able to look it up."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    codes = set(re.findall(r"""Notice\(\s*(?:code=)?"([a-z_]+)\"""", sources))
    explained = set(
        re.findall(r"^\| `([a-z_]+)` \|", (ROOT / "docs/reference/errors.md").read_text("utf-8"), re.MULTILINE)
    )
    assert codes
    assert codes <= explained, f"add to docs/reference/errors.md: {', '.join(sorted(codes - explained))}"


def test_the_makefile_lists_every_target_that_it_promises():
    """`make` alone is how a newcomer finds out."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert phony - {"moved"} == make_targets()


def every_command(command=main, path=()):
    """All commands below one, with their paths."""
    yield " ".join(["yardwatch", *path]), command
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from every_command(inner, (*path, name))


@pytest.mark.parametrize(("path", "command"), [pytest.param(*item, id=item[0]) for item in every_command()])
def test_each_command_explains_itself_with_an_example(path, command):
    """Help without an example leaves the reader guessing."""
    shown = command.get_help(click.Context(command, info_name=path))
    assert len(shown.split("\n")[2].strip()) > 10
    assert "Example" in shown or isinstance(command, click.Group)
