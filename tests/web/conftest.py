"""A desk over an invented workspace, and a client that sits at it."""

import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desks import make_workspace

from yardwatch.web import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have another client library
    from starlette.testclient import TestClient

TOKEN = "a-token-for-tests"  # noqa: S105 -- of no desk there is
ADDRESS = "http://127.0.0.1:8417"


@pytest.fixture(scope="session")
def made_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three scenes, two of them counted; to be copied."""
    return make_workspace(tmp_path_factory.mktemp("desk") / "yard")


@pytest.fixture
def workspace(made_workspace: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made_workspace, tmp_path / "yard"))


Opener = Callable[..., TestClient]


@pytest.fixture
def open_desk() -> Iterator[Opener]:
    """Opens desks with `create_app`'s options; each client is a program that knows the token, unless told otherwise."""
    clients: list[TestClient] = []

    def opened(folder: Path, *, bearer: bool = True, address: str = ADDRESS, **options: object) -> TestClient:
        app = create_app(folder, **({"token": TOKEN} | options))
        client = TestClient(app, base_url=address, raise_server_exceptions=False)
        if bearer:
            client.headers["Authorization"] = f"Bearer {TOKEN}"
        clients.append(client.__enter__())
        return client

    yield opened
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def desk(workspace: Path, open_desk: Opener) -> TestClient:
    """A program at the desk."""
    return open_desk(workspace)
