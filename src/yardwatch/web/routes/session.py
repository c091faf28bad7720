"""Signing in and out."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from yardwatch.web.access import TheDesk
from yardwatch.web.answers import Answer
from yardwatch.web.gate import CSRF_HEADER, cookie_name
from yardwatch.web.problems import Problem
from yardwatch.web.signing_in import Session

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["session"])


class Coming(BaseModel):
    """Who wants to come in."""

    token: str | None = Field(None, max_length=200, description="The token of the link that was printed.")
    user: str | None = Field(None, max_length=64, description="Name in the user file.")
    password: str | None = Field(None, max_length=1024, description="Their password.")


@router.get("/session", summary="Who is signed in")
def look(request: Request, desk: TheDesk) -> Answer:
    """Whoever is signed in, and what a page must send along; with nobody, how one signs in here."""
    return Answer(_facts(request.state.session, desk.doors.how))


@router.post("/session", summary="Sign in")
def come_in(body: Coming, request: Request, desk: TheDesk) -> Answer:
    """Sign in by the token of the link or by name and password; the session is kept in a cookie."""
    if body.token is not None:
        secret, session = desk.doors.by_token(body.token)
    elif body.user is not None and body.password is not None:
        secret, session = desk.doors.by_password(body.user, body.password)
    else:
        raise Problem(422, "invalid", "neither token nor user and password are given", "give either")
    answer = Answer(_facts(session, desk.doors.how))
    answer.set_cookie(
        cookie_name(request.app.state.port), secret, max_age=round(desk.limits.session_s), path="/", httponly=True,
        samesite="strict", secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.delete("/session", summary="Sign out", status_code=204)
def leave(request: Request, desk: TheDesk) -> Response:
    """Sign out: the cookie is worth nothing from now on."""
    name = cookie_name(request.app.state.port)
    session, secret = request.state.session, request.cookies.get(name)
    if session is not None and secret is not None:
        if request.headers.get(CSRF_HEADER, "") != session.csrf:
            raise Problem(403, "csrf", "the request does not come from a page of ours", "load the page anew")
        desk.doors.forget(secret)
    answer = Response(status_code=204)
    answer.delete_cookie(name, path="/", httponly=True, samesite="strict")
    return answer


def _facts(session: Session | None, how: str) -> dict[str, object]:
    person = session.person if session else None
    return {
        "signed_in": session is not None,
        "how": how,
        "user": person.name if person else None,
        "role": person.role.word if person else None,
        "csrf": session.csrf if session else None,
    }
