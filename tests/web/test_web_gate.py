"""Who comes in at the desk, and what is kept out."""

import pytest

from conftest import ADDRESS, TOKEN
from yardwatch.errors import MisuseError
from yardwatch.web import Limits
from yardwatch.web.basemap import Basemap
from yardwatch.web.serving import Serving
from yardwatch.web.signing_in import SignIn
from yardwatch.web.users import add_user, read_users, remove_user

PASSWORD = "correct horse battery"  # noqa: S105 -- of nobody there is
COOKIE = "yardwatch-8417"


def problem(answer):
    """Its code, after making sure that it is a problem with a remedy."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["remedy"]
    assert "Traceback" not in answer.text
    return body["code"]


def sign_in(client, **who):
    """The session of whoever signs in."""
    answer = client.post("/api/session", json=who or {"token": TOKEN})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_nothing_is_told_to_whoever_is_not_signed_in(workspace, open_desk):
    """Every route of the API but that of the session; the pages themselves hold nothing of the workspace."""
    client = open_desk(workspace, bearer=False)
    paths = client.app.openapi()["paths"]
    for path, methods in paths.items():
        for method in methods:
            if path == "/api/session":
                continue
            answer = client.request(method, path.replace("{z}/{x}/{y}.{form}", "1/1/1.png"))
            assert (path, problem(answer)) == (path, "not_signed_in")
    assert client.get("/api/openapi.json").status_code == 401
    assert client.get("/").status_code == 200


def test_the_link_is_exchanged_for_a_cookie_that_scripts_cannot_read(workspace, open_desk):
    """HttpOnly, SameSite=Strict; and the session is known again by a server that was started anew."""
    client = open_desk(workspace, bearer=False)
    assert client.get("/api/session").json() == {
        "signed_in": False, "how": "token", "user": None, "role": None, "csrf": None,
    }  # fmt: skip
    session = sign_in(client)
    assert (session["signed_in"], session["role"]) == (True, "editor")
    cookie = client.post("/api/session", json={"token": TOKEN}).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    again = open_desk(workspace, bearer=False, token=TOKEN[::-1])
    again.cookies.set(COOKIE, client.cookies[COOKIE], domain="127.0.0.1")
    assert again.get("/api/workspace").status_code == 200
    assert again.get("/api/session").json()["signed_in"] is True


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "ü" * 20])
def test_a_wrong_token_is_refused(workspace, open_desk, token):
    """In the link as well as in the header of a program."""
    client = open_desk(workspace, bearer=False)
    assert problem(client.post("/api/session", json={"token": token})) == "wrong_words"
    headers = {"Authorization": f"Bearer {token}".encode()}
    assert problem(client.get("/api/scenes", headers=headers)) == "not_signed_in"


def test_whoever_signs_out_is_out(workspace, open_desk):
    """The cookie is worth nothing afterwards, even if it was kept."""
    client = open_desk(workspace, bearer=False)
    csrf, secret = sign_in(client)["csrf"], client.cookies[COOKIE]
    assert problem(client.delete("/api/session")) == "csrf"
    assert client.delete("/api/session", headers={"X-Yardwatch-CSRF": csrf}).status_code == 204
    client.cookies.set(COOKIE, secret, domain="127.0.0.1")
    assert problem(client.get("/api/scenes")) == "not_signed_in"


def test_a_request_of_another_page_changes_nothing(workspace, open_desk):
    """Without what only our page knows, or with the origin of another site."""
    client = open_desk(workspace, bearer=False)
    csrf = sign_in(client)["csrf"]
    body = {"title": "Opening", "date": "2024-06-19"}
    assert problem(client.post("/api/events", json=body)) == "csrf"
    assert problem(client.post("/api/events", json=body, headers={"X-Yardwatch-CSRF": "guessed"})) == "csrf"
    ours = {"X-Yardwatch-CSRF": csrf}
    assert problem(client.post("/api/events", json=body, headers=ours | {"Origin": "http://evil.example"})) == "origin"
    assert problem(client.post("/api/events", json=body, headers=ours | {"Origin": "null"})) == "origin"
    assert problem(client.post("/api/events", json=body, headers=ours | {"Sec-Fetch-Site": "cross-site"})) == "origin"
    assert client.get("/api/events").json()["total"] == 0
    assert client.post("/api/events", json=body, headers=ours | {"Origin": ADDRESS}).status_code == 201


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:9999", "127.0.0.1.evil.example:8417", "", "localhost"])
def test_a_name_that_is_not_ours_is_refused(desk, host):
    """A foreign name that points to this machine must not open the desk (DNS rebinding)."""
    for path in ("/", "/api/scenes"):
        assert problem(desk.get(path, headers={"Host": host})) == "host"


def test_our_own_names_are_known(workspace, open_desk):
    """By number and as localhost with the port, and what else was named."""
    client = open_desk(workspace, hosts=("yard.example.org",))
    for host in ("127.0.0.1:8417", "localhost:8417", "[::1]:8417", "yard.example.org", "YARD.example.org:8417"):
        assert client.get("/api/scenes", headers={"Host": host}).status_code == 200


def test_every_answer_keeps_browsers_safe(desk):
    """No script or style of a page, no frame around it, no guess at types; nothing from elsewhere."""
    for path in ("/", "/api/scenes", "/api/nothing", "/nothing"):
        headers = desk.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in desk.get("/api/scenes", headers={"Origin": ADDRESS}).headers


def test_an_outside_map_opens_the_policy_for_that_server_only(workspace, open_desk):
    """And only where whoever serves asked for it."""
    client = open_desk(workspace, basemap=Basemap("https://tiles.example.org/a/{z}/{x}/{y}.png", "© Someone"))
    policy = client.get("/").headers["content-security-policy"]
    assert policy.count("https://tiles.example.org") == 2
    assert client.get("/api/workspace").json()["basemap"]["attribution"] == "© Someone"
    for bad in (
        "https://a.example/x.png",
        "ftp://a/{z}/{x}/{y}",
        "https://a; script-src *;/{z}/{x}/{y}",
        "/{z}/{x}/{y}",
    ):
        with pytest.raises(MisuseError, match="no basemap"):
            Basemap(bad)


def test_a_request_that_is_too_large_is_refused_unread(workspace, open_desk):
    """By what it declares, and by what it sends."""
    client = open_desk(workspace, limits=Limits(body_bytes=1000, upload_bytes=5000))
    assert problem(client.post("/api/events", json={"title": "x" * 2000, "date": "2024"})) == "too_large"
    assert problem(client.post("/api/scenes", files={"file": ("a.tif", b"x" * 9000)})) == "too_large"
    stream = client.post("/api/events", content=(b"x" * 100 for _ in range(50)))
    assert 400 <= stream.status_code < 500


def test_users_come_in_by_password_and_do_what_their_role_allows(workspace, open_desk, tmp_path):
    """A reader reads, an analyst decides, an editor draws; the name that is kept is the one they signed in by."""
    users = tmp_path / "users.json"
    for name, role in (("rae", "reader"), ("ana", "analyst"), ("edi", "editor")):
        add_user(users, name, role, PASSWORD)
    assert PASSWORD not in users.read_text()
    event = {"title": "Opening", "date": "2024-06-19"}
    seen = {"zone": "Sheds", "class": "bogies", "count": "7", "date": "2024", "by": "somebody else"}
    edit = {
        "version": 1,
        "edits": [{"op": "change", "kind": "zone", "name": "Sheds", "properties": {"role": "factory"}}],
    }
    for name, codes in (("rae", (403, 403, 403)), ("ana", (201, 201, 403)), ("edi", (201, 201, 200))):
        client = open_desk(workspace, bearer=False, token=None, sign_in=SignIn(users=users))
        assert problem(client.post("/api/session", json={"user": name, "password": "wrong password"})) == "wrong_words"
        session = sign_in(client, user=name, password=PASSWORD)
        client.headers["X-Yardwatch-CSRF"] = session["csrf"]
        assert client.get("/api/scenes").status_code == 200
        client.get("/api/site")
        answers = [
            client.post("/api/events", json=event | {"id": name}),
            client.post("/api/observations", json=seen),
            client.post("/api/site/edits", json=edit),
        ]
        assert tuple(answer.status_code for answer in answers) == codes
        if name == "ana":
            assert answers[1].json()["observation"]["by"] == "ana"
            assert problem(answers[2]) == "role"


def test_a_user_who_is_taken_out_of_the_file_is_out_at_once(workspace, open_desk, tmp_path):
    """The cookie names a user; the file says whether there is one."""
    users = tmp_path / "users.json"
    add_user(users, "ana", "analyst", PASSWORD)
    client = open_desk(workspace, bearer=False, token=None, sign_in=SignIn(users=users))
    sign_in(client, user="ana", password=PASSWORD)
    assert client.get("/api/scenes").status_code == 200
    remove_user(users, "ana")
    assert problem(client.get("/api/scenes")) == "not_signed_in"


def test_passwords_cannot_be_tried_without_end(workspace, open_desk, tmp_path):
    """After some wrong ones also the right one has to wait."""
    users = tmp_path / "users.json"
    add_user(users, "ana", "analyst", PASSWORD)
    client = open_desk(workspace, bearer=False, token=None, sign_in=SignIn(users=users))
    codes = [problem(client.post("/api/session", json={"user": "x", "password": "y"})) for _ in range(11)]
    assert codes[-1] == "too_many"
    assert problem(client.post("/api/session", json={"user": "ana", "password": PASSWORD})) == "too_many"


def test_a_proxy_names_persons_only_from_its_own_address(workspace, open_desk, tmp_path):
    """The header of anybody else is worth nothing, nor is a name that is not in the file."""
    users = tmp_path / "users.json"
    add_user(users, "ana", "analyst", None)
    believed = SignIn(users=users, header="Remote-User", proxies=("testclient",))
    client = open_desk(workspace, bearer=False, token=None, sign_in=believed)
    assert client.get("/api/scenes", headers={"Remote-User": "ana"}).status_code == 200
    assert problem(client.get("/api/scenes", headers={"Remote-User": "eve"})) == "not_signed_in"
    assert problem(client.get("/api/scenes")) == "not_signed_in"
    session = client.get("/api/session", headers={"Remote-User": "ana"}).json()
    event = {"title": "Opening", "date": "2024"}
    assert problem(client.post("/api/events", json=event, headers={"Remote-User": "ana"})) == "csrf"
    ours = {"Remote-User": "ana", "X-Yardwatch-CSRF": session["csrf"]}
    assert client.post("/api/events", json=event, headers=ours).status_code == 201
    other = open_desk(workspace, bearer=False, token=None, sign_in=SignIn(users=users, header="Remote-User"))
    assert problem(other.get("/api/scenes", headers={"Remote-User": "ana"})) == "not_signed_in"


def test_nothing_is_shared_without_sign_in_or_in_the_clear(tmp_path):
    """The server refuses to listen elsewhere before it has read anything."""
    users = tmp_path / "users.json"
    add_user(users, "ana", "analyst", PASSWORD)
    for serving in (
        Serving(host="0.0.0.0"),  # noqa: S104 -- that it is refused
        Serving(host="::"),
        Serving(host="192.0.2.7", users=users),
        Serving(proxy_header="Remote-User"),
        Serving(users=users, tls_cert=tmp_path / "cert.pem"),
    ):
        with pytest.raises(MisuseError, match="--"):
            serving.check()
    Serving().check()
    Serving(users=users).check()
    Serving(host="192.0.2.7", users=users, tls_cert=tmp_path / "c", tls_key=tmp_path / "k").check()


def test_a_user_file_says_who_has_which_role(tmp_path):
    """Whoever is added again has the new role; names and passwords that will not do are refused."""
    users = tmp_path / "users.json"
    add_user(users, "Ana Ü.", "reader", PASSWORD)
    add_user(users, "Ana Ü.", "editor", None)
    assert [(user.name, user.role.word, user.hash) for user in read_users(users).values()] == [
        ("Ana Ü.", "editor", None)
    ]
    assert users.stat().st_mode & 0o077 == 0
    for name, role, password in (
        ("", "reader", None),
        ("a\nb", "reader", None),
        ("a", "king", None),
        ("a", "reader", "x"),
    ):
        with pytest.raises(MisuseError):
            add_user(users, name, role, password)
    with pytest.raises(MisuseError, match="no user"):
        remove_user(users, "nobody")
