"""Options that several commands share."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

import click

from yardwatch import pipeline

__all__ = ["EXISTING", "example", "folder_argument", "image_options", "json_option", "sign_options"]

Command: TypeAlias = Callable[..., int]

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file that must be there."""

_TOLD = (
    click.option("--crs", metavar="EPSG:N", help="CRS of an image that states none; must not contradict the file."),
    click.option(
        "--gsd", metavar="METRES", type=float,
        help="Native resolution, where the pixels of the file were resampled.",
    ),
    click.option(
        "--acquired", metavar="DATE",
        help="When it was taken: an instant with zone (2024-12-03T02:15Z) or an EDTF date (2024-12). "
        "Otherwise from the file's tags or a STAC item IMAGE.json beside it.",
    ),
    click.option("--credit", metavar="TEXT", help="Credit line, printed under each picture."),
    click.option("--licence", metavar="TEXT", help="Licence, by name or SPDX identifier."),
    click.option("--may-republish", type=click.Choice(["yes", "no"]), help="Whether the picture may be printed."),
)  # fmt: skip
_SIGN = (
    click.option(
        "--sign-key", metavar="KEY.pem", type=EXISTING,
        help="Give what is drawn content credentials (C2PA), signed with this key.",
    ),
    click.option("--sign-cert", metavar="CERT.pem", type=EXISTING, help="The key's certificate, and those above it."),
)  # fmt: skip
_NAMES = ("crs", "gsd", "acquired", "credit", "licence", "may_republish")

json_option = click.option(
    "--json", "json_path", metavar="PATH|-",
    help="Write the result as JSON; - for standard output, which then holds nothing else.",
)  # fmt: skip


def image_options(command: Command) -> Command:
    """Give a command the options that state facts about an image; they arrive together as `told`."""

    @wraps(command)
    def gathered(**values: Any) -> int:  # noqa: ANN401 — click hands over whatever each option holds
        told = pipeline.Told(**{name: values.pop(name) for name in _NAMES})
        return command(told=told, **values)

    for option in reversed(_TOLD):
        gathered = option(gathered)
    return gathered


def sign_options(command: Command) -> Command:
    """Give a command the options that sign what it draws; they arrive together as `signer`, None if not given."""

    @wraps(command)
    def gathered(sign_key: Path | None, sign_cert: Path | None, **values: Any) -> int:  # noqa: ANN401 — as above
        if (sign_key is None) != (sign_cert is None):
            raise click.UsageError("--sign-key and --sign-cert go together")
        signer = pipeline.read_signer(sign_key, sign_cert) if sign_key and sign_cert else None
        return command(signer=signer, **values)

    for option in reversed(_SIGN):
        gathered = option(gathered)
    return gathered


def folder_argument(command: Command) -> Command:
    """Give a command the argument DIR, the folder of a workspace."""
    return click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))(command)


def example(*lines: str) -> str:
    """The end of a command's help."""
    heading = "Examples:" if len(lines) > 1 else "Example:"
    return "\n".join(["\b", heading, *(f"  {line}" for line in lines)])
