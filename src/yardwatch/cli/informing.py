"""The commands that tell about the program itself: ``schema`` and ``doctor``."""

import json
from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import ANSWER_IS_NO, DONE
from yardwatch.cli.options import example, json_option
from yardwatch.cli.show import Output, table

__all__ = ["doctor", "schema"]


@click.command(epilog=example("yardwatch schema count > count.schema.json", "yardwatch schema"))
@click.argument("name", metavar="[NAME]", required=False)
@json_option
def schema(*, name: str | None, json_path: str | None) -> int:
    """Print the JSON Schema of a command's output.

    Without NAME, print the names there are.
    """
    output = Output(json_path)
    if name is None:
        output.say(*pipeline.schema_names())
        output.finish(pipeline.schema_list_document())
    else:
        text = pipeline.schema_text(name)
        output.say(text.rstrip("\n"))
        output.finish(json.loads(text))
    return DONE


@click.command(epilog=example("yardwatch doctor"))
@json_option
def doctor(*, json_path: str | None) -> int:
    """Say whether this machine has what Yardwatch needs.

    The exit code is 1 if not.
    """
    output = Output(json_path)
    health = pipeline.examine(Path.cwd())
    rows = [(check.name, "ok" if check.ok else "NO", check.found) for check in health.checks]
    output.say(*table(("what", "", "found"), rows))
    output.say(*(f"{check.name}: {check.remedy}" for check in health.checks if not check.ok))
    output.finish(health.document)
    return DONE if health.ok else ANSWER_IS_NO
