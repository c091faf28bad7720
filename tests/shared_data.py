"""Where the real images are, for tests marked `real`."""

import os
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parent.parent


def shared_data() -> Path:
    """The folder of real images; the calling test is skipped where there is none.

    It is `YARDWATCH_SHARED_DATA` if that is set, else ``../shared/data`` beside the checkout. Where ``../shared`` is
    there but holds no data, the reason starts with ``needs:``, and CI takes the skip for a failure.
    """
    named = os.environ.get("YARDWATCH_SHARED_DATA")
    data = Path(named) if named else _CHECKOUT.parent / "shared" / "data"
    if not data.is_dir():
        promised = named is not None or data.parent.is_dir()
        pytest.skip(f"{'needs: ' if promised else ''}the real images of {data.parent.name}/data, which are not here")
    return data
