"""The JSON Schemas of the documents, as published."""

import json
from importlib.resources import files

from yardwatch.errors import MisuseError
from yardwatch.pipeline.documents import Json, document, made_by

__all__ = ["schema_list_document", "schema_names", "schema_text"]

_SUFFIX = ".schema.json"


def schema_names() -> tuple[str, ...]:
    """Names of all schemas: those of the commands whose output they describe."""
    names = (entry.name for entry in (files("yardwatch.pipeline") / "schemas").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def schema_text(name: str) -> str:
    """A schema as JSON text; the commands of a group may share that of the group.

    Raises
    ------
    MisuseError
        If there is none of that name.
    """
    if name not in schema_names() and (group := name.partition("-")[0]) in schema_names():
        name = group
    if name not in schema_names():
        raise MisuseError(f'there is no schema "{name}"; there are: {", ".join(schema_names())}')
    return (files("yardwatch.pipeline") / "schemas" / (name + _SUFFIX)).read_text("utf-8")


def schema_list_document() -> dict[str, Json]:
    """The list of schemas as a document."""
    titles: list[Json] = [
        {"name": name, "title": str(json.loads(schema_text(name))["title"])} for name in schema_names()
    ]
    return document(made_by("schema"), (), {"schemas": titles})
