"""What holds for all tests: Hypothesis profiles, and skips that CI does not accept."""

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

_SLOW_IS_FINE = [HealthCheck.too_slow]
settings.register_profile("default", deadline=None, suppress_health_check=_SLOW_IS_FINE)
settings.register_profile("ci", deadline=None, suppress_health_check=_SLOW_IS_FINE, derandomize=True)
settings.register_profile(
    "sample", deadline=None, suppress_health_check=_SLOW_IS_FINE, derandomize=True, max_examples=200
)
settings.register_profile("thorough", deadline=None, suppress_health_check=_SLOW_IS_FINE, max_examples=2000)


def _profile() -> str:
    asked = {"1": "thorough", "sample": "sample"}.get(os.environ.get("YARDWATCH_THOROUGH", ""))
    if asked:
        return asked
    return "ci" if os.environ.get("YARDWATCH_CI") == "1" else "default"


settings.load_profile(_profile())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, a test skipped for want of something CI must have (``needs: …``) has failed."""
    report = yield
    if os.environ.get("YARDWATCH_CI") == "1" and report.skipped:
        reason = _reason(report.longrepr)
        if reason.startswith("needs:"):
            report.outcome = "failed"
            report.longrepr = f"skipped in CI, where it must run: {reason}"
    return report


def _reason(longrepr: Any) -> str:
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return str(text).removeprefix("Skipped: ")
