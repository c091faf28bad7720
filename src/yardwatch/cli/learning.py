"""The evidence network of a workspace: ``model``."""

from pathlib import Path

import click

from yardwatch import pipeline
from yardwatch.cli.house import ANSWER_IS_NO, DONE
from yardwatch.cli.options import EXISTING, example, folder_argument, json_option
from yardwatch.cli.show import Output, progress, table

__all__ = ["model"]


@click.group(epilog=example("yardwatch model train tumangang --out tuned.onnx"))
def model() -> None:
    """The network that a workspace counts with."""


@model.command(
    "train",
    epilog=example(
        "yardwatch model train tumangang --out tuned.onnx",
        "yardwatch model train tumangang --out tuned.onnx --steps 2000 --use --by 'A. Analyst'",
    ),
)
@folder_argument
@click.option("--out", required=True, metavar="FILE.onnx", type=click.Path(path_type=Path), help="Network to write.")
@click.option("--steps", type=click.IntRange(1, 100_000), default=600, show_default=True, help="Steps of training.")
@click.option("--seed", type=int, default=1, show_default=True, help="What is held out and drawn follows from it.")
@click.option("--use", is_flag=True, help="Count with it from now on, if it is not worse.")
@click.option("--by", metavar="NAME", help='Who decides to use it; "unknown person" if not said.')
@json_option
def train(
    *, folder: Path, out: Path, steps: int, seed: int, use: bool, by: str | None, json_path: str | None
) -> int:  # fmt: skip
    """Train the network further on the tracks that you checked.

    Needs two checked scenes or more: some are held out whole, and the network in use and the new one are judged on
    them, and on simulated ribbons. If the new one is worse nothing is written, and the exit code is 1; the figures are
    shown either way.
    """
    output = Output(json_path)
    with progress() as show:
        tuned = pipeline.fine_tune(folder, out, steps=steps, seed=seed, progress=show)
    output.say(*table(("", "figure", ""), ((name, f"{value:.3f}", "") for name, value in tuned.figures.items())))
    if tuned.worse:
        output.say("", "the new network is worse and was not written")
        output.finish(tuned.document)
        return ANSWER_IS_NO
    if use:
        used = pipeline.use_network(folder, out, by=by)
        output.say("", f"wrote {out}; {folder} counts with {used.choice.name} from now on: yardwatch run {folder}")
    else:
        output.say("", f"wrote {out}; count with it: yardwatch model use {folder} {out}")
    output.finish(tuned.document)
    return DONE


@model.command(
    "use", epilog=example("yardwatch model use tumangang tuned.onnx --by 'A. Analyst'", "yardwatch model use tumangang")
)
@folder_argument
@click.argument("file", metavar="[FILE.onnx]", required=False, type=EXISTING)
@click.option("--by", metavar="NAME", help='Who decides; "unknown person" if not said, never the login name.')
@json_option
def use_model(*, folder: Path, file: Path | None, by: str | None, json_path: str | None) -> int:
    """Count with another network from now on; without FILE, with the one that ships with the program.

    It is copied into the workspace, and each count names it by its hash. All scenes are counted again by the next run.
    Only use networks from people you trust.
    """
    output = Output(json_path, inputs=() if file is None else (file,))
    used = pipeline.use_network(folder, file, by=by)
    output.say(f"{folder} counts with {used.choice.name} from now on; count all scenes again: yardwatch run {folder}")
    output.finish(used.document, used.notices)
    return DONE
