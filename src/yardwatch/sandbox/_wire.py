"""How a parent and its child process talk: a JSON header and raw bytes, so that nothing is ever unpickled."""

import json
import struct
from collections.abc import Mapping
from typing import Any, Protocol

__all__ = ["Message", "Sink", "Source", "read_message", "write_message"]

Message = tuple[dict[str, Any], bytearray]
"""Header and payload."""

_LENGTHS = struct.Struct("<II")
_LONGEST_HEADER = 64 * 2**20
_LONGEST_PAYLOAD = 1 * 2**30


class Source(Protocol):
    """Where bytes come from."""

    def fill(self, view: memoryview) -> None:
        """Fill all of `view`, or raise EOFError."""


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: Any, /) -> int:  # noqa: ANN401 -- bytes or a view of them
        """Take some of `data`; returns how many bytes."""

    def flush(self) -> None:
        """Let go of what is held back."""


def write_message(sink: Sink, header: Mapping[str, Any], payload: bytes | memoryview = b"") -> None:
    """Send one message."""
    text = json.dumps(header).encode()
    sink.write(_LENGTHS.pack(len(text), len(payload)) + text)
    _write_all(sink, memoryview(payload))
    sink.flush()


def read_message(source: Source) -> Message:
    """Receive one message.

    Raises
    ------
    EOFError
        If the other side is gone or says what cannot be.
    """
    lengths = bytearray(_LENGTHS.size)
    source.fill(memoryview(lengths))
    header_length, payload_length = _LENGTHS.unpack(lengths)
    if header_length > _LONGEST_HEADER or payload_length > _LONGEST_PAYLOAD:
        raise EOFError
    header, payload = bytearray(header_length), bytearray(payload_length)
    source.fill(memoryview(header))
    source.fill(memoryview(payload))
    return json.loads(header), payload


def _write_all(sink: Sink, view: memoryview) -> None:
    """Write `view`, also where the pipe takes only a part at a time."""
    view = view.cast("B")
    while len(view):
        view = view[sink.write(view) :]
