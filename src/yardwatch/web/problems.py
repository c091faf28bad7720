"""Problems as JSON (RFC 9457): what is wrong and what to do about it, never how it came about inside."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from yardwatch.errors import InputError, LimitError, MisuseError, WorkspaceBusyError, YardwatchError, one_line
from yardwatch.web.answers import Answer

__all__ = ["PROBLEMS", "NotModified", "Problem", "answer_problems", "problem_answer", "problem_of"]

_LOG = logging.getLogger("yardwatch.web")
_MOST_ERRORS = 20

PROBLEMS: Mapping[str, str] = {
    "not_signed_in": "Nobody is signed in",
    "wrong_words": "Name, password or link is not right",
    "csrf": "The page is not ours",
    "host": "Called by a name that is not ours",
    "origin": "Asked for by another site",
    "role": "Not allowed for this role",
    "not_found": "Not there",
    "method": "Not done that way",
    "conflict": "Something else is there",
    "site_changed": "The site was changed meanwhile",
    "too_large": "Too large",
    "too_many": "Too often",
    "invalid": "The request is not understood",
    "bad_input": "The input is not good",
    "workspace": "The workspace does not allow it",
    "busy": "The workspace is busy",
    "internal": "Something went wrong in here",
}
"""Code of each problem to its title."""


class Problem(Exception):  # noqa: N818 -- the word of RFC 9457
    """Why a request was not done."""

    def __init__(
        self, status: int, code: str, detail: str, remedy: str, *, errors: Sequence[Mapping[str, str]] = ()
    ) -> None:
        self.status = status
        self.code = code
        self.detail = one_line(detail, 1000)
        self.remedy = one_line(remedy, 1000)
        self.errors = errors
        super().__init__(self.detail)


class NotModified(Exception):  # noqa: N818 -- not an error
    """The client has this version already."""


def problem_answer(problem: Problem) -> Answer:
    """A problem as a response."""
    body: dict[str, object] = {
        "type": f"urn:yardwatch:problem:{problem.code}",
        "title": PROBLEMS[problem.code],
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "remedy": problem.remedy,
    }
    if problem.errors:
        body["errors"] = list(problem.errors)
    headers = {"Cache-Control": "no-store"} | (
        {"Retry-After": "2"} if problem.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    )
    return Answer(body, status_code=problem.status, media_type="application/problem+json", headers=headers)


def problem_of(error: YardwatchError) -> Problem:
    """What one of our errors means for whoever asked."""
    match error:
        case LimitError():
            return Problem(422, "too_large", f"{error.subject}: {error.problem}", error.remedy)
        case InputError():
            return Problem(422, "bad_input", f"{error.subject}: {error.problem}", error.remedy)
        case WorkspaceBusyError():
            return _split(503, "busy", error)
        case MisuseError():
            return _split(422, "bad_input", error)
        case _:
            return _split(409, "workspace", error)


def answer_problems(app: FastAPI) -> None:
    """Have every failure of an application answered as a problem."""
    app.add_exception_handler(Problem, _told)
    app.add_exception_handler(NotModified, _unchanged)
    app.add_exception_handler(YardwatchError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unexpected)


def _told(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 -- registered for it
    return problem_answer(error)


def _unchanged(_: Request, __: Exception) -> Response:
    return Response(status_code=HTTPStatus.NOT_MODIFIED)


def _ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, YardwatchError)  # noqa: S101 -- registered for it
    return problem_answer(problem_of(error))


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for it
    errors = [
        {"where": ".".join(str(part) for part in one["loc"])[:200], "problem": one_line(str(one["msg"]), 200)}
        for one in error.errors()[:_MOST_ERRORS]
    ]
    detail = "; ".join(f"{one['where']}: {one['problem']}" for one in errors[:3])
    return problem_answer(Problem(422, "invalid", detail, "see /api/openapi.json for what is asked", errors=errors))


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for it
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem_answer(Problem(404, "not_found", "there is nothing at this address", "see /api/openapi.json"))
    code = "method" if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else "invalid"
    answer = problem_answer(
        Problem(error.status_code, code, str(error.detail), "see /api/openapi.json for what is asked")
    )
    answer.headers.update(error.headers or {})
    return answer


def _unexpected(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    told = f"unexpected {type(error).__name__}"
    return problem_answer(Problem(500, "internal", told, "try again; if it stays, report it with the server's log"))


def _split(status: int, code: str, error: YardwatchError) -> Problem:
    """A one-line message as what is wrong and what to do about it."""
    detail, _, remedy = one_line(str(error), 1000).partition("; ")
    return Problem(status, code, detail, remedy or "mend what it names and try again")
