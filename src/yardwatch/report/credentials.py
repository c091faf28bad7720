"""Content credentials (C2PA) of exported pictures: what they show, from which scenes, and what was drawn on them.

The manifest is signed with the user's own key. Nothing is fetched and no time authority is asked, so the time of the
signature is the signer's own word. Needs the extra ``credentials``.
"""

import io
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from yardwatch._version import __version__
from yardwatch.errors import InputError, MisuseError, one_line

__all__ = ["Credentials", "PictureFacts", "ShownScene", "Signer", "read_credentials", "read_signer", "sign_picture"]

_ASSERTION = "org.yardwatch.picture"
_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_FORMS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"<svg": "image/svg+xml"}
_MOST_PEM_BYTES = 1 << 20
_SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False},
    "builder": {"thumbnail": {"enabled": False}},
}
_WINDOW = ("left", "upper", "width", "height")
_KEYS = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


@dataclass(frozen=True, slots=True)
class ShownScene:
    """A scene that a picture shows."""

    id: str
    """Its id."""
    sha256: str
    """Hash of its file."""
    acquired: str | None = None
    """When it was taken, EDTF or instant."""
    credit: str | None = None
    """Credit line."""
    window_px: tuple[int, int, int, int] | None = None
    """What was cut out: left, upper, width, height in pixels of the file; None for all of it."""
    simulated: bool = False
    """Whether it was rendered rather than taken."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture is made of."""

    title: str
    """What it shows."""
    scenes: tuple[ShownScene, ...]
    """The scenes in it."""
    annotations: tuple[str, ...] = ()
    """What was drawn on it, e.g. ``outlines of railcars``."""
    resized: bool = False
    """Whether its pixels are others than those of the file."""

    @property
    def simulated(self) -> bool:
        """Whether any of it was rendered rather than taken."""
        return any(scene.simulated for scene in self.scenes)

    @property
    def source_type(self) -> str:
        """What sort of source it has, in the words of the IPTC."""
        if not self.scenes:
            return "dataDrivenMedia"
        if not self.simulated:
            return "compositeCapture"
        return "algorithmicMedia" if all(scene.simulated for scene in self.scenes) else "compositeSynthetic"


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and its certificates."""

    algorithm: str
    """``ES256``, ``ES384``, ``ES512``, ``PS256`` or ``ED25519``."""
    key: bytes
    """Private key, PEM in PKCS #8."""
    certificates: bytes
    """The certificate and those above it, PEM."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a picture's manifest says."""

    facts: PictureFacts
    """What the picture is made of."""
    valid: bool
    """Whether picture and manifest are as they were signed; who signed is for the reader to judge."""
    problems: tuple[str, ...]
    """Codes of what is not; of C2PA's own list."""
    signer: str | None
    """Common name or organisation in the signer's certificate."""
    made_by: str
    """The program that made it."""


def read_signer(key: Path, certificate: Path) -> Signer:
    """A signer from two PEM files: a private key without password, and its certificate with those above it.

    Raises
    ------
    MisuseError
        If the extra is not installed.
    InputError
        If a file holds none, or they do not belong together.
    """
    _c2pa()
    from cryptography import x509  # noqa: PLC0415 -- of the extra
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

    try:
        private = serialization.load_pem_private_key(_pem(key), password=None)
    except TypeError:
        raise InputError(str(key), "has a password", "give a key without one: openssl pkcs8 -nocrypt …") from None
    except ValueError:
        raise InputError(str(key), "holds no private key in PEM", "make one with openssl genpkey") from None
    try:
        chain = x509.load_pem_x509_certificates(_pem(certificate))
    except ValueError:
        raise InputError(str(certificate), "holds no certificate in PEM", "give the file from your authority") from None
    plain = serialization.PublicFormat.SubjectPublicKeyInfo
    encoded = [
        one.public_bytes(serialization.Encoding.DER, plain) for one in (private.public_key(), chain[0].public_key())
    ]
    if encoded[0] != encoded[1]:
        raise InputError(str(certificate), f"is not that of the key {key}", "put the key's own certificate first")
    content = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Signer(_algorithm(private, key), content, _pem(certificate))


def sign_picture(picture: bytes, facts: PictureFacts, signer: Signer) -> bytes:
    """A PNG, JPEG or SVG with a signed manifest in it.

    Raises
    ------
    MisuseError
        If the picture is none of these, the extra is not installed, or C2PA does not take the certificate.
    """
    c2pa, form = _c2pa(), _form(picture)
    out = io.BytesIO()
    try:
        info = c2pa.C2paSignerInfo(
            getattr(c2pa.C2paSigningAlg, signer.algorithm), signer.certificates, signer.key, None
        )
        context = c2pa.Context(c2pa.Settings.from_dict(_SETTINGS))
        with (
            closing(c2pa.Signer.from_info(info)) as key,
            closing(c2pa.Builder(_manifest(facts, form), context)) as builder,
        ):
            builder.sign(key, form, io.BytesIO(picture), out)
    except c2pa.C2paError as error:
        raise MisuseError(
            f"the picture cannot be signed: {one_line(str(error))}; give a certificate for signing (extended key usage "
            "emailProtection or documentSigning) with that of its authority after it"
        ) from None
    return out.getvalue()


def read_credentials(picture: bytes) -> Credentials | None:
    """What the manifest in a picture says, checked against the picture; None if there is none of ours.

    Raises
    ------
    MisuseError
        If the picture is none of PNG, JPEG and SVG, or the extra is not installed.
    """
    c2pa, form = _c2pa(), _form(picture)
    context = c2pa.Context(c2pa.Settings.from_dict(_SETTINGS))
    try:
        with closing(c2pa.Reader(form, io.BytesIO(picture), context=context)) as reader:
            found = json.loads(reader.json())
    except c2pa.C2paError:
        return None
    manifest = found.get("manifests", {}).get(found.get("active_manifest"), {})
    held = [one["data"] for one in manifest.get("assertions", ()) if one.get("label") == _ASSERTION]
    if not held:
        return None
    state = found.get("validation_state")
    problems = tuple(str(one.get("code")) for one in found.get("validation_status", ()))
    generator: Mapping[str, Any] = next(iter(manifest.get("claim_generator_info", ())), {})
    signature = manifest.get("signature_info", {})
    return Credentials(
        facts=_facts(held[0]),
        valid=state in {"Valid", "Trusted"},
        problems=problems,
        signer=signature.get("common_name") or signature.get("issuer"),
        made_by=f"{generator.get('name')} {generator.get('version')}",
    )


def _manifest(facts: PictureFacts, form: str) -> dict[str, Any]:
    return {
        "title": facts.title,
        "format": form,
        "claim_generator_info": [{"name": "Yardwatch", "version": __version__}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(facts)}},
            {"label": _ASSERTION, "data": _told(facts)},
        ],
    }


def _actions(facts: PictureFacts) -> list[dict[str, Any]]:
    kind = _SOURCE_TYPES + facts.source_type
    actions: list[dict[str, Any]] = [{"action": "c2pa.created", "digitalSourceType": kind}]
    if any(scene.window_px for scene in facts.scenes):
        actions.append({"action": "c2pa.cropped"})
    if facts.resized:
        actions.append({"action": "c2pa.resized"})
    if facts.annotations:
        actions.append({"action": "c2pa.drawing", "description": ", ".join(facts.annotations)})
    return actions


def _told(facts: PictureFacts) -> dict[str, Any]:
    scenes = [
        {"id": one.id, "sha256": one.sha256, "acquired": one.acquired, "credit": one.credit,
         "window_px": dict(zip(_WINDOW, one.window_px, strict=True)) if one.window_px else None,
         "simulated": one.simulated}
        for one in facts.scenes
    ]  # fmt: skip
    return {
        "title": facts.title,
        "scenes": scenes,
        "annotations": list(facts.annotations),
        "resized": facts.resized,
        "simulated": facts.simulated,
    }


def _facts(held: Mapping[str, Any]) -> PictureFacts:
    scenes = tuple(_scene(one) for one in held.get("scenes", ()))
    return PictureFacts(
        title=str(held.get("title")),
        scenes=scenes,
        annotations=tuple(map(str, held.get("annotations", ()))),
        resized=bool(held.get("resized")),
    )


def _scene(held: Mapping[str, Any]) -> ShownScene:
    window = held.get("window_px") or {}
    cut = [int(window[name]) for name in _WINDOW if name in window]
    whole = (cut[0], cut[1], cut[2], cut[3]) if len(cut) == len(_WINDOW) else None
    return ShownScene(
        id=str(held.get("id")),
        sha256=str(held.get("sha256")),
        acquired=held.get("acquired"),
        credit=held.get("credit"),
        window_px=whole,
        simulated=bool(held.get("simulated")),
    )


def _algorithm(private: Any, key: Path) -> str:  # noqa: ANN401 -- a key of any kind
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415 -- of the extra

    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ED25519"
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048:
        return "PS256"
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in _KEYS:
        return _KEYS[private.curve.name]
    raise InputError(
        str(key), "is of a kind that C2PA does not know", "use P-256, P-384, P-521, Ed25519 or RSA from 2048 bits"
    )


def _form(picture: bytes) -> str:
    for start, form in _FORMS.items():
        if picture.startswith(start):
            return form
    raise MisuseError("the picture is none of PNG, JPEG and SVG; only these carry content credentials here")


def _pem(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_PEM_BYTES + 1)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})", "check the path") from None
    if len(content) > _MOST_PEM_BYTES:
        raise InputError(str(path), "is too large for a key or certificate", "give a PEM file")
    return content


def _c2pa() -> Any:  # noqa: ANN401 -- a module without types
    try:
        import_module("cryptography")
        return import_module("c2pa")
    except ImportError:
        raise MisuseError(
            "content credentials need more libraries; install them with: pip install yardwatch[credentials]"
        ) from None
