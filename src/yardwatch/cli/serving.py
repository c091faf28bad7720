"""``yardwatch serve`` and ``yardwatch user``: the desk in the browser, and who may sit at it."""

import sys
from pathlib import Path

import click

from yardwatch.cli.house import DONE
from yardwatch.cli.options import example, folder_argument, json_option
from yardwatch.cli.show import Output

__all__ = ["serve", "user"]

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command(
    epilog=example(
        "yardwatch serve tumangang",
        "yardwatch serve tumangang --port 9000",
        "yardwatch serve tumangang --users users.json --proxy-header Remote-User --name yard.example.org",
    )
)
@folder_argument
@click.option("--port", type=click.IntRange(1, 65535), help="Port; 8417 or the next that is free unless given.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; others need --users.")
@click.option("--name", "names", multiple=True, metavar="HOST[:PORT]", help="A further name by which browsers call it.")
@click.option("--users", metavar="FILE", type=click.Path(path_type=Path), help="User file: persons sign in.")
@click.option("--proxy-header", metavar="NAME", help="Header in which a reverse proxy names the person.")
@click.option("--proxy", "proxies", multiple=True, metavar="ADDRESS", help="Whose header is believed; 127.0.0.1.")
@click.option("--basemap", metavar="URL", help="Tiles of an outside map under the scenes: https://…/{z}/{x}/{y}.png.")
@click.option("--basemap-credit", metavar="TEXT", help="Whom to name on it.")
@click.option("--tls-cert", metavar="FILE", type=click.Path(path_type=Path), help="Certificate for HTTPS.")
@click.option("--tls-key", metavar="FILE", type=click.Path(path_type=Path), help="Its key.")
def serve(folder: Path, proxies: tuple[str, ...], **told: object) -> int:
    """Open the desk: a workspace in the browser.

    It prints a link with a secret and serves until it is stopped (Ctrl-C). Only this machine can reach it, and no
    request leaves the machine. To share it, persons sign in by a user file (yardwatch user add) or a reverse proxy.
    """
    from yardwatch.web import serving  # noqa: PLC0415 -- loaded only for this

    more = {"proxies": proxies} if proxies else {}
    serving.serve(folder, serving.Serving(**told, **more), tell=_say)  # type: ignore[arg-type]
    return DONE


@click.group(epilog=example("yardwatch user add users.json kim --role analyst"))
def user() -> None:
    """Who may sign in at a desk that is shared."""


@user.command("add", epilog=example("yardwatch user add users.json kim --role analyst"))
@_FILE
@click.argument("name")
@click.option("--role", type=click.Choice(["reader", "analyst", "editor"]), required=True, help="What they may do.")
@click.option("--no-password", is_flag=True, help="Only a reverse proxy lets them in.")
@json_option
def user_add(*, file: Path, name: str, role: str, no_password: bool, json_path: str | None) -> int:
    """Put a person in a user file, or change their role or password.

    The password is asked for, or read from standard input where that is no terminal; the file keeps an argon2 hash.
    """
    from yardwatch.web.users import add_user, user_document  # noqa: PLC0415 -- loaded only for this

    output = Output(json_path)
    added = add_user(file, name, role, None if no_password else _password())
    output.say(f"{added.name} may sign in as {added.role.word}")
    output.finish(user_document(added.name, added.role), ())
    return DONE


@user.command("remove", epilog=example("yardwatch user remove users.json kim"))
@_FILE
@click.argument("name")
@json_option
def user_remove(*, file: Path, name: str, json_path: str | None) -> int:
    """Take a person out of a user file; they are signed out at once."""
    from yardwatch.web.users import remove_user, user_document  # noqa: PLC0415 -- loaded only for this

    output = Output(json_path)
    remove_user(file, name)
    output.say(f"{name} may not sign in any more")
    output.finish(user_document(name, None), ())
    return DONE


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _say(line: str) -> None:
    click.echo(line)
