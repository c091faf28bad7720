"""The pages of the front end, as Vite built them; where they were not built, a plain one that says how."""

from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from yardwatch.web.problems import Problem

__all__ = ["Pages"]

_FOLDER = Path(__file__).parent / "static"
_PLAIN = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Yardwatch: the desk is not built</title></head>
<body>
<h1>The desk is not built</h1>
<p>The server works and answers under <a href="/api/openapi.json">/api</a>, but this checkout holds no built pages.</p>
<p>Build them with <code>make desk</code>, then load this page again.</p>
</body>
</html>
"""
_NO_PAGE = Problem(404, "not_found", "there is no such page", "begin at /")


class Pages(StaticFiles):
    """Files of the front end; what has a hash in its name is kept by the browser for ever."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._folder = folder
        super().__init__(directory=folder, html=True, check_dir=False)

    async def check_config(self) -> None:
        """A folder that is not there is one without files."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at a path, or the plain page."""
        if path == "api" or path.startswith("api/"):
            raise Problem(404, "not_found", "there is nothing at this address", "see /api/openapi.json")
        if not (self._folder / "index.html").is_file() and path in {".", "", "index.html"}:
            return HTMLResponse(_PLAIN, headers={"Cache-Control": "no-store"})
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != HTTPStatus.NOT_FOUND:
                raise
            raise _NO_PAGE from None
        kept = path.startswith("assets/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
        return response
